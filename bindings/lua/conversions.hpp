// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <fields.hpp>
#include <lua.hpp>

// Pushes values of the library onto Lua's stack.
namespace binding::lua {

// In Lua 5.1 and LuaJIT, the pushed integer is a double.
void push_integer(lua_State* L, unsigned long long value);

// Pushes a table of the integers.
void push_list(lua_State* L, const List& list);

void push_field(lua_State* L, Packet& packet, const Field& field);

// Pushes a table of the counters by their names.
void push_stats(lua_State* L, const nflogcap_stats& stats);

// Pushes a table of the constants by their names.
void push_constants(lua_State* L);

// Pushes nil if the data is NULL.
void push_bytes(lua_State* L, const Bytes& bytes);

// Returns the string at the index. For a value of another type, returns the name of that type.
Bytes text_of(lua_State* L, int index);

} // namespace binding::lua
