// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// Raises an error object: a table of `message` and `errno` whose tostring is the message. Leaves by
// longjmp, as all that raises in Lua: no frame that calls it may need a destructor.
[[noreturn]] void raise(lua_State* L, const Failure& failure);

// Pushes nil and an error object for a failure of the system, and returns how many values these
// are. Raises what the program did wrong: a wrong argument, or the use of what is closed or belongs
// to another process.
int fail(lua_State* L, const Failure& failure);

// Raises what an option or an argument is refused with.
[[noreturn]] void refuse(lua_State* L, const char* words);

// The integer at the index, clamped to what a long long holds. Raises what is none.
long long to_integer(lua_State* L, int index, const char* name);

} // namespace binding::lua
