// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>
#include <lua.hpp>

// Reading packets and batches.
namespace binding::lua {

using Pushed = int; // number of values that a function pushed

// Waits up to `seconds` (less than 0: no limit) and pushes the next packet or batch. Pushes nil
// after a timeout, a wake-up and the end of the capture. Pushes nil and an error object if the
// system fails.
Pushed push_next(lua_State* L, Handle& handle, double seconds);
Pushed push_next_batch(lua_State* L, Handle& handle, double seconds);

// Pushes the function that a `for` calls for each packet or batch; each call waits up to that many
// seconds. It keeps the handle's object, which is at the bottom of the stack. A close ends the
// loop, and a failure is raised.
Pushed push_loop(lua_State* L, Handle& handle, double seconds);
Pushed push_batch_loop(lua_State* L, Handle& handle, double seconds);

} // namespace binding::lua
