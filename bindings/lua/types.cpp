// SPDX-License-Identifier: GPL-2.0-or-later
#include "types.hpp"

namespace binding::lua {

void push_new_type(lua_State* L, const char* type)
{
    luaL_newmetatable(L, type);
    lua_pushstring(L, type);
    lua_setfield(L, -2, "__metatable"); // hides the metatable, and so __gc, from Lua code
}

void* userdata_of(lua_State* L, int index, const char* type)
{
    if (lua_type(L, index) != LUA_TUSERDATA || lua_getmetatable(L, index) == 0)
        return nullptr;
    luaL_getmetatable(L, type);
    const bool is_of_type = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return is_of_type ? lua_touserdata(L, index) : nullptr;
}

} // namespace binding::lua
