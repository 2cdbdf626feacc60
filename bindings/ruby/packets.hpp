// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>
#include <handle.hpp>

#include <ruby.h>

namespace binding::ruby {

// Makes the class hold packets and gives it their fields. Called once.
void define_packet(VALUE klass);

void define_constants(VALUE module);

// The values of the counters, in their order.
VALUE converted(const nflogcap_stats& stats);

// TypeError for what is not a packet.
Packet* packet_of(VALUE self);

// The next packet without waiting, nil where there is none, false where woken, 0 if other fibers
// are to run first. EOFError after the end, other errors as they are.
VALUE take(Handle& handle);

// Yields packets as long as there are some, and returns nil where there is none now, false where
// woken, true where the capture has ended or was closed by the block, 0 if other
// fibers are to run first.
VALUE each_ready(Handle& handle);

} // namespace binding::ruby
