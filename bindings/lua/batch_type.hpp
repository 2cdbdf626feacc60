// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <batch.hpp>
#include <lua.hpp>

// Batches in Lua. A batch is a userdata that owns a Batch. Its memory is reported to the garbage
// collector.
namespace binding::lua {

void define_batch(lua_State* L);

// Pushes an empty batch, and returns the pointer that the caller must set.
Batch*& push_batch(lua_State* L);

// Notes the batch's memory. The garbage collector learns of it when the next batch is pushed. Now
// would be too early: a loop still refers to this batch and the one before. In generational mode, a
// collection that finds an object in use twice does not check it again soon.
void account(const Batch& batch) noexcept;

} // namespace binding::lua
