// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>
#include <lua.hpp>

// Batches in Lua: a userdata that holds a Batch, whose memory the garbage collector is told of.
namespace binding::lua {

void define_batch(lua_State* L);

// Pushes a batch that is to be filled.
Batch*& push_batch(lua_State* L);

// Lets the garbage collector know of its memory, when the next one is pushed. Now would be too
// early: a loop refers to this batch and to the one before it, and what a collection in
// generational mode finds in use twice is not looked at again for long.
void account(const Batch& batch) noexcept;

} // namespace binding::lua
