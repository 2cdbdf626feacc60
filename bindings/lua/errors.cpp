// SPDX-License-Identifier: GPL-2.0-or-later
#include "errors.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <limits>

namespace binding::lua {

namespace {

int tostring(lua_State* L)
{
    lua_getfield(L, 1, "message");
    return 1;
}

} // namespace

void push_error(lua_State* L, const Failure& failure)
{
    lua_newtable(L);
    lua_pushstring(L, failure.words);
    lua_setfield(L, -2, "message");
    lua_pushinteger(L, -failure.code);
    lua_setfield(L, -2, "errno");
    if (luaL_newmetatable(L, "nflogcap.Error") != 0) {
        lua_pushcfunction(L, tostring);
        lua_setfield(L, -2, "__tostring");
        lua_pushstring(L, "nflogcap.Error");
        lua_setfield(L, -2, "__name");
    }
    lua_setmetatable(L, -2);
}

bool to_integer(lua_State* L, int index, const char* name, long long& value)
{
    using Limits = std::numeric_limits<long long>;
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(L, index) != 0) {
        value = lua_tointeger(L, index);
        return true;
    }
#endif
    if (lua_type(L, index) == LUA_TNUMBER) {
        const double number = lua_tonumber(L, index);
        if (number == std::floor(number)) {
            constexpr double beyond = 9223372036854775808.0; // 2^63
            value = number >= beyond    ? Limits::max()
                    : number <= -beyond ? Limits::min()
                                        : static_cast<long long>(number);
            return true;
        }
    }
    Failure failure;
    failure.code = -EINVAL;
    static_cast<void>(
        std::snprintf(failure.words, sizeof failure.words, "%s is an integer, not a %s%s", name,
                      lua_type(L, index) == LUA_TNUMBER ? "fraction" : "",
                      lua_type(L, index) == LUA_TNUMBER ? "" : luaL_typename(L, index)));
    push_error(L, failure);
    return false;
}

} // namespace binding::lua
