// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>

#include <ruby.h>

// Reading packets and batches without waiting.
namespace binding::ruby {

// Returns the next packet or batch; nil if nothing is there now; false if woken; 0 if other fibers
// must run first. Raises EOFError after the end, and the error of a failure.
VALUE take(Handle& handle);
VALUE take_batch(Handle& handle);

// Yields all packets or batches that are there. Then returns nil if the capture goes on; false if
// woken; true if the capture has ended or the block closed it; 0 if other fibers must run first.
VALUE each_ready(Handle& handle);
VALUE each_ready_batch(Handle& handle);

} // namespace binding::ruby
