// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <lua.hpp>

// Functions that have other names in other versions of Lua.
namespace binding::lua {

// Pushes a userdata, and returns its memory.
inline void* push_userdata(lua_State* L, std::size_t size)
{
#if LUA_VERSION_NUM >= 504
    return lua_newuserdatauv(L, size, 1);
#else
    return lua_newuserdata(L, size);
#endif
}

// Pops a table, and makes the userdata at the index keep it alive.
inline void set_kept(lua_State* L, int index)
{
#if LUA_VERSION_NUM >= 504
    lua_setiuservalue(L, index, 1);
#elif LUA_VERSION_NUM >= 502
    lua_setuservalue(L, index);
#else
    lua_setfenv(L, index);
#endif
}

// Pushes the table that set_kept() stored.
inline void push_kept_of(lua_State* L, int index)
{
#if LUA_VERSION_NUM >= 504
    lua_getiuservalue(L, index, 1);
#elif LUA_VERSION_NUM >= 502
    lua_getuservalue(L, index);
#else
    lua_getfenv(L, index);
#endif
}

// Sets a function in the table on top of the stack.
inline void set_function(lua_State* L, const char* name, lua_CFunction function)
{
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

} // namespace binding::lua
