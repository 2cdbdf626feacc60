// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>
#include <lua.hpp>

// Batches in Lua: a userdata that holds a Batch. The garbage collector learns the size of its
// memory.
namespace binding::lua {

void define_batch(lua_State* L);

// Pushes an empty batch, which the caller fills.
Batch*& push_batch(lua_State* L);

// Reports the batch's memory to the garbage collector when the next batch is pushed. Reporting it
// at once would be too early: a loop still refers to this batch and to the one before it, and a
// collection in generational mode does not soon look again at objects that it has found in use
// twice.
void account(const Batch& batch) noexcept;

} // namespace binding::lua
