// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <handle.hpp>
#include <lua.hpp>

namespace binding::lua {

// The next packet within that many seconds, for ever if less than 0; NULL where there is none:
// none came in time, woken, or ended. What fails is raised, and a debug hook that a signal handler
// set (as the stand-alone interpreter's does on Ctrl-C) may raise too.
Packet* await_packet(lua_State* L, Handle& handle, double seconds);

// Lets the garbage collector know of memory that it cannot see.
void account(lua_State* L, std::size_t bytes);

void close(Handle& handle);

} // namespace binding::lua
