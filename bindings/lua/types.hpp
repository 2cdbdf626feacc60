// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>

// Types of userdata: each has a metatable in the registry, by its name.
namespace binding::lua {

// Creates a type and pushes its metatable, which Lua code cannot reach: getmetatable() returns the
// type's name.
void push_new_type(lua_State* L, const char* type);

// The userdata at the index; NULL if it is not of the type.
void* userdata_of(lua_State* L, int index, const char* type);

} // namespace binding::lua
