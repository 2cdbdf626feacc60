// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch_type.hpp"

#include "conversions.hpp"
#include "errors.hpp"
#include "packet_type.hpp"
#include "types.hpp"
#include "versions.hpp"

#include <cmath>
#include <cstddef>

namespace binding::lua {

namespace {

constexpr auto batch_type = "nflogcap.Batch";

thread_local std::size_t unseen = 0; // bytes that the garbage collector does not know of yet

Batch& self(lua_State* L)
{
    if (const void* userdata = userdata_of(L, 1, batch_type))
        return **static_cast<Batch* const*>(userdata);
    refuse(L, "a method of a batch is called with a colon: batch:payloads()");
}

template <typename Push>
int push_list(lua_State* L, Batch& batch, Push push)
{
    lua_createtable(L, static_cast<int>(batch.size()), 0);
    for (int i = 0; Packet & packet : batch.packets()) {
        push(packet);
        lua_rawseti(L, -2, ++i);
    }
    return 1;
}

int payloads(lua_State* L)
{
    return push_list(L, self(L), [L](const Packet& packet) {
        lua_pushlstring(L, reinterpret_cast<const char*>(packet.view.payload),
                        packet.view.payload_length);
    });
}

int column(lua_State* L)
{
    Batch& batch = self(L);
    Failure failure;
    const Field* const field = find_field(text_of(L, 2), failure);
    if (field == nullptr)
        raise(L, failure);
    return push_list(L, batch, [&](Packet& packet) {
        push_field(L, packet, *field);
        if (field->is_optional() && lua_isnil(L, -1)) { // a list cannot contain nil
            lua_pop(L, 1);
            lua_pushboolean(L, 0);
        }
    });
}

// The __index of batches. Its upvalues are the methods and the type of packets.
int index(lua_State* L)
{
    if (lua_type(L, 2) != LUA_TNUMBER) {
        lua_pushvalue(L, 2);
        lua_rawget(L, lua_upvalueindex(1));
        return 1;
    }
    Batch& batch = **static_cast<Batch* const*>(lua_touserdata(L, 1));
    const lua_Number at = lua_tonumber(L, 2);
    if (!(at >= 1 && at <= static_cast<lua_Number>(batch.size())) || at != std::floor(at))
        return 0;
    const Packet& packet = batch.packets()[static_cast<std::size_t>(at) - 1];
    push_kept_of(L, 1);
    push_packet(L, packet.view, *packet.interfaces, lua_upvalueindex(2), lua_gettop(L));
    return 1;
}

int length(lua_State* L)
{
    push_integer(L, self(L).size());
    return 1;
}

int tostring(lua_State* L)
{
    lua_pushfstring(L, "<nflogcap.Batch: %d packets>", static_cast<int>(self(L).size()));
    return 1;
}

int release(lua_State* L)
{
    if (Batch* const batch = *static_cast<Batch**>(lua_touserdata(L, 1)))
        Batch::release(batch);
    return 0;
}

} // namespace

void define_batch(lua_State* L)
{
    push_new_type(L, batch_type);
    lua_newtable(L);
    set_function(L, "payloads", payloads);
    set_function(L, "column", column);
    push_packet_type(L);
    lua_pushcclosure(L, index, 2);
    lua_setfield(L, -2, "__index");
    set_function(L, "__len", length);
    set_function(L, "__tostring", tostring);
    set_function(L, "__gc", release);
    lua_pop(L, 1);
}

Batch*& push_batch(lua_State* L)
{
    constexpr std::size_t kilobyte = 1024;
    constexpr std::size_t portion = 1024 * kilobyte;
    if (unseen >= portion) {
        lua_gc(L, LUA_GCSTEP, static_cast<int>(unseen / kilobyte));
        unseen = 0;
    }
    auto** const batch = static_cast<Batch**>(push_userdata(L, sizeof(void*)));
    *batch = nullptr;
    luaL_getmetatable(L, batch_type);
    lua_setmetatable(L, -2);
    return *batch;
}

void account(const Batch& batch) noexcept
{
    unseen += batch.bytes();
}

} // namespace binding::lua
