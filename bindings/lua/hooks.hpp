// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// Runs the debug hook, if one is set. A signal handler sets this hook, so that it runs before the
// next Lua code. The hook may raise an error: that of the standalone interpreter does so on Ctrl-C.
inline void run_hooks(lua_State* L)
{
    if (lua_gethook(L) == nullptr)
        return;
    if (luaL_loadstring(L, "return") != 0)
        lua_error(L);
    lua_call(L, 0, 0);
}

// Calls a function that may wait. After each signal it runs the hook, and calls the function again
// unless the hook raises an error.
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
