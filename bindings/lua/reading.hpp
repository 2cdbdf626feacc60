// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>
#include <lua.hpp>

// How packets and batches are read.
namespace binding::lua {

using Pushed = int; // how many values a function pushed

// What arrives within that many seconds, for ever if less than 0; nil where nothing does: none came
// in time, woken, or ended. nil and an error object if the system fails.
Pushed push_next(lua_State* L, Handle& handle, double seconds);
Pushed push_next_batch(lua_State* L, Handle& handle, double seconds);

// The function that a `for` calls for each packet or batch, to wait as long for each. It keeps the
// handle's object, which is at the bottom of the stack. A close ends the loop, and what fails is
// raised.
Pushed push_loop(lua_State* L, Handle& handle, double seconds);
Pushed push_batch_loop(lua_State* L, Handle& handle, double seconds);

} // namespace binding::lua
