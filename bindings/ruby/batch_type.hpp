// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>

#include <ruby.h>

namespace binding::ruby {

// Defines Nflogcap::Batch. Call this once.
void define_batch();

// Returns an object of the class, which owns the batch.
VALUE wrapped(Batch* batch);

} // namespace binding::ruby
