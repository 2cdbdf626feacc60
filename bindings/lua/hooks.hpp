// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// Runs the debug hook, if one is set. A signal's handler sets it, to run before the next Lua code.
// It may raise an error, as that of the standalone interpreter does on Ctrl-C.
inline void run_hooks(lua_State* L)
{
    if (lua_gethook(L) == nullptr)
        return;
    if (luaL_loadstring(L, "return") != 0)
        lua_error(L);
    lua_call(L, 0, 0);
}

// Calls a function that may wait, and calls it again after each signal, unless a hook raises an
// error.
template <typename Call>
void repeated(lua_State* L, Failure& failure, Call call)
{
    do {
        failure.code = 0;
        call();
        if (failure.code == -EINTR)
            run_hooks(L);
    } while (failure.code == -EINTR);
}

} // namespace binding::lua
