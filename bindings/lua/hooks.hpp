// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// Runs the debug hook, if there is one: a signal's handler sets it, for the next Lua code that
// runs, and it may raise, as the stand-alone interpreter's does on Ctrl-C.
inline void run_hooks(lua_State* L)
{
    if (lua_gethook(L) == nullptr)
        return;
    if (luaL_loadstring(L, "return") != 0)
        lua_error(L);
    lua_call(L, 0, 0);
}

// Calls what may wait, again where a signal ended the wait, unless a hook raises.
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
