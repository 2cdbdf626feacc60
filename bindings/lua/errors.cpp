// SPDX-License-Identifier: GPL-2.0-or-later
#include "errors.hpp"

#include "versions.hpp"

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace binding::lua {

namespace {

int tostring(lua_State* L)
{
    lua_getfield(L, 1, "message");
    return 1;
}

// The operator .. of errors; either operand may be the error.
int concat(lua_State* L)
{
    for (int i = 1; i <= 2; ++i) {
        if (luaL_callmeta(L, i, "__tostring") != 0)
            lua_replace(L, i);
    }
    lua_concat(L, 2);
    return 1;
}

void push_error(lua_State* L, const Failure& failure)
{
    lua_newtable(L);
    lua_pushstring(L, failure.words);
    lua_setfield(L, -2, "message");
    lua_pushinteger(L, -failure.code);
    lua_setfield(L, -2, "errno");
    if (luaL_newmetatable(L, "nflogcap.Error") != 0) {
        set_function(L, "__tostring", tostring);
        set_function(L, "__concat", concat);
        lua_pushstring(L, "nflogcap.Error");
        lua_setfield(L, -2, "__name");
    }
    lua_setmetatable(L, -2);
}

} // namespace

void raise(lua_State* L, const Failure& failure)
{
    push_error(L, failure);
    lua_error(L);
    std::abort(); // never reached: Lua does not declare that lua_error() does not return
}

int fail(lua_State* L, const Failure& failure)
{
    switch (-failure.code) {
    case EINVAL:
    case ERANGE:
    case EEXIST:
    case EBADF:
    case ECHILD:
        raise(L, failure);
    default:
        lua_pushnil(L);
        push_error(L, failure);
        return 2;
    }
}

void refuse(lua_State* L, const char* words)
{
    Failure failure;
    failure.set(-EINVAL, words);
    raise(L, failure);
}

long long to_integer(lua_State* L, int index, const char* name)
{
    using Limits = std::numeric_limits<long long>;
#if LUA_VERSION_NUM >= 503
    if (lua_isinteger(L, index) != 0)
        return lua_tointeger(L, index);
#endif
    const bool is_number = lua_type(L, index) == LUA_TNUMBER;
    const double number = is_number ? lua_tonumber(L, index) : 0;
    if (is_number && number == std::floor(number)) {
        constexpr double beyond = 9223372036854775808.0; // 2^63
        return number >= beyond    ? Limits::max()
               : number <= -beyond ? Limits::min()
                                   : static_cast<long long>(number);
    }
    lua_pushfstring(L, "%s must be an integer, not a %s", name,
                    is_number ? "fraction" : luaL_typename(L, index));
    refuse(L, lua_tostring(L, -1));
}

} // namespace binding::lua
