// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cerrno>
#include <cstddef>
#include <handle.hpp>
#include <lua.hpp>

namespace binding::lua {

// The next packet within that many seconds, for ever if less than 0; NULL where there is none:
// none came in time, woken, or ended. What fails is raised, and so may run_hooks().
Packet* await_packet(lua_State* L, Handle& handle, double seconds);
// The same for a loop, which a close ends.
Packet* await_packet_of_loop(lua_State* L, Handle& handle);

// Runs the debug hook, if there is one: a signal's handler sets it, for the next Lua code that
// runs, and it may raise, as the stand-alone interpreter's does on Ctrl-C.
void run_hooks(lua_State* L);

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

// Lets the garbage collector know of memory that it cannot see.
void account(lua_State* L, std::size_t bytes);

} // namespace binding::lua
