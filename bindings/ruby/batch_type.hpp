// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>

#include <ruby.h>

namespace binding::ruby {

// Defines Nflogcap::Batch. Called once.
void define_batch();

// An object of the class that owns the batch.
VALUE wrapped(Batch* batch);

} // namespace binding::ruby
