// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>

#include <ruby.h>

// Reads packets and batches without waiting.
namespace binding::ruby {

// Returns the next packet or batch; nil if no packet is available now; false if the capture was
// woken; 0 if other fibers must run first. Raises EOFError after the end, and an error if the
// system fails.
VALUE take(Handle& handle);
VALUE take_batch(Handle& handle);

// Yields all available packets or batches. Then returns nil if the capture continues; false if it
// was woken; true if it has ended or the block closed it; 0 if other fibers must run first.
VALUE each_ready(Handle& handle);
VALUE each_ready_batch(Handle& handle);

} // namespace binding::ruby
