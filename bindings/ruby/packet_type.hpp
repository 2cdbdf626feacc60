// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>
#include <packet.hpp>

#include <ruby.h>

namespace binding::ruby {

// Makes Nflogcap::Packet hold packets and gives it their fields. Called once.
void define_packet();

void define_constants();

// The values of the counters, in their order.
VALUE converted(const nflogcap_stats& stats);

// The packet as an object of the class, which owns it; nil for NULL.
VALUE wrapped(Packet* packet);

// TypeError for what is not a packet.
Packet* packet_of(VALUE value);

} // namespace binding::ruby
