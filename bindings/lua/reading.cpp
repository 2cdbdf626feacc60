// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading.hpp"

#include "batch_type.hpp"
#include "errors.hpp"
#include "hooks.hpp"
#include "packet_type.hpp"
#include "versions.hpp"

#include <waiting.hpp>

namespace binding::lua {

namespace {

template <typename Take>
Outcome await(lua_State* L, Handle& handle, double seconds, Failure& failure, Take take)
{
    return binding::await(handle, seconds, failure, take,
                          [L](int fd, const timespec* timeout, Failure& why) {
                              const Polled polled = poll_readable(fd, timeout, why);
                              // Runs hooks here too: rejected packets may end each wait before a
                              // signal interrupts one.
                              if (polled == Polled::look_again)
                                  run_hooks(L);
                              return polled;
                          });
}

// Completes the batch, a userdata on top of the stack, or replaces it by nil.
int finish_batch(lua_State* L, Outcome outcome, Handle& handle, const Batch* batch)
{
    if (outcome == Outcome::arrived) {
        push_kept(L, handle.interfaces()); // the batch's packets need the interfaces
        set_kept(L, -2);
        account(*batch);
    } else {
        lua_pushnil(L);
    }
    return 1;
}

// Indexes of the upvalues of loops.
enum { object = 1, pointer, timeout, type, kept };

Handle& handle_of_loop(lua_State* L)
{
    return *static_cast<Handle*>(lua_touserdata(L, lua_upvalueindex(pointer)));
}

int next_of_loop(lua_State* L)
{
    Handle& handle = handle_of_loop(L);
    const nflogcap_packet* packet = nullptr;
    Failure failure;
    const Outcome outcome = await(L, handle, lua_tonumber(L, lua_upvalueindex(timeout)), failure,
                                  [&] { return of_loop(handle.take(packet)); });
    if (outcome == Outcome::failed)
        raise(L, failure);
    if (outcome == Outcome::arrived)
        push_packet(L, *packet, handle.interfaces(), lua_upvalueindex(type),
                    lua_upvalueindex(kept));
    else
        lua_pushnil(L);
    return 1;
}

int next_of_batch_loop(lua_State* L)
{
    Handle& handle = handle_of_loop(L);
    Batch*& batch = push_batch(L);
    Failure failure;
    const Outcome outcome = await(L, handle, lua_tonumber(L, lua_upvalueindex(timeout)), failure,
                                  [&] { return of_loop(handle.take(batch)); });
    if (outcome == Outcome::failed)
        raise(L, failure);
    return finish_batch(L, outcome, handle, batch);
}

} // namespace

Pushed push_next(lua_State* L, Handle& handle, double seconds)
{
    const nflogcap_packet* packet = nullptr;
    Failure failure;
    const Outcome outcome = await(L, handle, seconds, failure, [&] { return handle.take(packet); });
    if (outcome == Outcome::failed)
        return fail(L, failure);
    if (outcome == Outcome::arrived)
        push_packet(L, *packet, handle.interfaces());
    else
        lua_pushnil(L);
    return 1;
}

Pushed push_next_batch(lua_State* L, Handle& handle, double seconds)
{
    Batch*& batch = push_batch(L);
    Failure failure;
    const Outcome outcome = await(L, handle, seconds, failure, [&] { return handle.take(batch); });
    if (outcome == Outcome::failed)
        return fail(L, failure);
    return finish_batch(L, outcome, handle, batch);
}

Pushed push_loop(lua_State* L, Handle& handle, double seconds)
{
    lua_pushvalue(L, 1);
    lua_pushlightuserdata(L, &handle);
    lua_pushnumber(L, seconds);
    push_packet_type(L);
    push_kept(L, handle.interfaces());
    lua_pushcclosure(L, next_of_loop, kept);
    return 1;
}

Pushed push_batch_loop(lua_State* L, Handle& handle, double seconds)
{
    lua_pushvalue(L, 1);
    lua_pushlightuserdata(L, &handle);
    lua_pushnumber(L, seconds);
    lua_pushcclosure(L, next_of_batch_loop, timeout);
    return 1;
}

} // namespace binding::lua
