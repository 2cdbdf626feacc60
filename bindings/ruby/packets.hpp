// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>

#include <ruby.h>

namespace binding::ruby {

// Makes the class hold packets; to be called once.
void define_packet(VALUE klass);

// TypeError for what is no packet.
Packet* packet_of(VALUE self);

// The next packet without waiting, nil where there is none, false where woken. EOFError after the
// end, other errors as they are.
VALUE take(Handle& handle);

// Yields packets as long as there are some, and returns nil where there is none now, false where
// woken, true where the capture has ended.
VALUE each_ready(Handle& handle);

} // namespace binding::ruby
