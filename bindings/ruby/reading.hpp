// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>

#include <ruby.h>

// Reading packets and batches without waiting.
namespace binding::ruby {

// Returns the next packet or batch; nil if there is none now; false if woken; 0 if other fibers
// must run first. Raises EOFError after the end, and the error of a failure.
VALUE take(Handle& handle);
VALUE take_batch(Handle& handle);

// Yields packets or batches as long as there are some. Then returns nil if there is none now; false
// if woken; true if the capture has ended or the block closed it; 0 if other fibers must run first.
VALUE each_ready(Handle& handle);
VALUE each_ready_batch(Handle& handle);

} // namespace binding::ruby
