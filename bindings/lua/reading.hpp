// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <handle.hpp>
#include <lua.hpp>

// Reads packets and batches.
namespace binding::lua {

using Pushed = int; // the number of values that a function pushed

// Waits up to `seconds` (less than 0: no limit), and pushes the next packet or batch. Pushes nil
// after a timeout or a wake-up, or at the end of the capture. If the system fails, pushes nil and
// an error object.
Pushed push_next(lua_State* L, Handle& handle, double seconds);
Pushed push_next_batch(lua_State* L, Handle& handle, double seconds);

// Pushes the function that a `for` calls for each packet or batch. Each call waits up to `seconds`.
// The function keeps the handle's object, which must be at the bottom of the stack. If the capture
// is closed, the loop ends. A failure is raised.
Pushed push_loop(lua_State* L, Handle& handle, double seconds);
Pushed push_batch_loop(lua_State* L, Handle& handle, double seconds);

} // namespace binding::lua
