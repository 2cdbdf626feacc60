// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>
#include <packet.hpp>

#include <ruby.h>

namespace binding::ruby {

// Defines Nflogcap::Packet with its fields. Call this once.
void define_packet();

void define_constants();

// Returns the values of the counters in the library's order.
VALUE converted(const nflogcap_stats& stats);

// Returns an object of the class, which owns the packet; nil for NULL.
VALUE wrapped(Packet* packet);

// Raises TypeError if the value is not a packet.
Packet* packet_of(VALUE value);

} // namespace binding::ruby
