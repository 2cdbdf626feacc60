// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>

#include <ruby.h>

// How packets and batches are read, each without waiting.
namespace binding::ruby {

// The next one, nil where there is none, false where woken, 0 if other fibers are to run first.
// EOFError after the end, other errors as they are.
VALUE take(Handle& handle);
VALUE take_batch(Handle& handle);

// Yields packets or batches as long as there are some, and returns nil where there is none now,
// false where woken, true where the capture has ended or was closed by the block, 0 if other fibers
// are to run first.
VALUE each_ready(Handle& handle);
VALUE each_ready_batch(Handle& handle);

} // namespace binding::ruby
