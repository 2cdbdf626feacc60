// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <packet.hpp>

// Packets in Lua: a userdata contains the packet itself, so that the garbage collector knows its
// size and needs no finalizer. A table that lives as long as the userdata keeps the interfaces of
// its capture, to which the packet refers.
namespace binding::lua {

void define_packet(lua_State* L);

// Pushes the two values that push_packet() needs for every packet of a capture: the type of
// packets, and the object that keeps the interfaces.
void push_packet_type(lua_State* L);
void push_kept(lua_State* L, Interfaces& interfaces);

// Pushes a copy of the packet. The indices are the positions of these two values.
void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces, int type,
                 int kept);
void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces);

// The packet at the index; NULL for any other value.
Packet* packet_at(lua_State* L, int index);

} // namespace binding::lua
