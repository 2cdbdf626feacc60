// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// Raises an error object: a table of `message` and `errno`; its tostring is the message. Leaves by
// longjmp, like every error in Lua: no frame that calls it may need a destructor.
[[noreturn]] void raise(lua_State* L, const Failure& failure);

// Pushes nil and an error object for a failure of the system, and returns the number of values.
// Raises errors of the program: an invalid argument, or the use of an object that is closed or
// belongs to another process.
int fail(lua_State* L, const Failure& failure);

// Raises an error for an invalid option or argument.
[[noreturn]] void refuse(lua_State* L, const char* words);

// The integer at the index, clamped to the range of long long. Raises an error if it is not an
// integer.
long long to_integer(lua_State* L, int index, const char* name);

} // namespace binding::lua
