// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>

#include <ruby.h>

namespace binding::ruby {

// Defines Nflogcap::Batch. Called once.
void define_batch();

// The batch as an object of the class, which owns it.
VALUE wrapped(Batch* batch);

} // namespace binding::ruby
