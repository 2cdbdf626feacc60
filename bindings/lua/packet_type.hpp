// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <packet.hpp>

// Packets in Lua. A userdata contains the packet itself, so that the garbage collector knows its
// size, and needs no finalizer. A table that lives as long as the userdata keeps the interfaces of
// the capture alive, because the packet refers to them.
namespace binding::lua {

void define_packet(lua_State* L);

// Pushes the two values that push_packet() needs for each packet of a capture: the type of packets,
// and the object that keeps the interfaces alive.
void push_packet_type(lua_State* L);
void push_kept(lua_State* L, Interfaces& interfaces);

// Pushes a copy of the packet. `type` and the last argument are the stack positions of these two
// values.
void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces, int type,
                 int kept);
void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces);

// Returns the packet at the index, or NULL for any other value.
Packet* packet_at(lua_State* L, int index);

} // namespace binding::lua
