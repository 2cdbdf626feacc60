// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>
#include <lua.hpp>

// Values of the library on Lua's stack.
namespace binding::lua {

// In Lua 5.1 and LuaJIT integers are doubles.
void push_integer(lua_State* L, unsigned long long value);

// A table of the integers.
void push_list(lua_State* L, const List& list);

void push_field(lua_State* L, Packet& packet, const Field& field);

// A table of the counters by their names.
void push_stats(lua_State* L, const nflogcap_stats& stats);

// A table of the constants by their names.
void push_constants(lua_State* L);

// nil if data is NULL.
void push_bytes(lua_State* L, const Bytes& bytes);

// The string at the index; for a value of another type, the name of that type.
Bytes text_of(lua_State* L, int index);

} // namespace binding::lua
