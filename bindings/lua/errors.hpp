// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// Raises an error object. It is a table with `message` and `errno`, and tostring returns the
// message. Lua raises errors by longjmp: functions that call this must have no destructors to run.
[[noreturn]] void raise(lua_State* L, const Failure& failure);

// Returns a failure of the system to the program: pushes nil and an error object, and returns the
// number of values. But an error of the program is raised: an invalid argument, or the use of an
// object that is closed or belongs to another process.
int fail(lua_State* L, const Failure& failure);

// Raises an error for an invalid option or argument.
[[noreturn]] void refuse(lua_State* L, const char* words);

// Returns the integer at the index. If it is outside the range of long long, returns the nearest
// end of the range. Raises an error if the value is not an integer.
long long to_integer(lua_State* L, int index, const char* name);

} // namespace binding::lua
