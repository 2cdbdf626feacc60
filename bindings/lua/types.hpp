// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>

// Types of userdata. The registry has a metatable for each, under the type's name.
namespace binding::lua {

// Creates a type, and pushes its metatable. Lua code cannot reach the metatable: getmetatable()
// returns the type's name.
void push_new_type(lua_State* L, const char* type);

// Returns the userdata at the index, or NULL if it is not of the type.
void* userdata_of(lua_State* L, int index, const char* type);

} // namespace binding::lua
