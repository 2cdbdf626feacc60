// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <lua.hpp>
#include <values.hpp>

namespace binding::lua {

// An error object: a table of `message` and `errno` whose tostring is the message.
void push_error(lua_State* L, const Failure& failure);

// The integer at the index, clamped to what a long long holds. Where it is none: false, with an
// error pushed.
bool to_integer(lua_State* L, int index, const char* name, long long& value);

} // namespace binding::lua
