// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <packet.hpp>

// Packets in Lua: a userdata holds the packet itself, so that the garbage collector knows its size
// and has nothing to call. What the packet refers to, the interfaces of its capture, is kept by a
// table that Lua keeps as long as the userdata.
namespace binding::lua {

void define_packet(lua_State* L);

// Pushes what push_packet() needs at every packet of a capture: the type, and what keeps the
// interfaces.
void push_packet_type(lua_State* L);
void push_kept(lua_State* L, Interfaces& interfaces);

// Pushes a copy of the packet. The indices are where the type and what is kept are.
void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces, int type,
                 int kept);
void push_packet(lua_State* L, const nflogcap_packet& packet, Interfaces& interfaces);

// The packet at the index; NULL for any other value.
Packet* packet_at(lua_State* L, int index);

} // namespace binding::lua
