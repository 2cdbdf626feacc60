// SPDX-License-Identifier: GPL-2.0-or-later
#include "packets.hpp"

#include "errors.hpp"

#include <waiting.hpp>

namespace binding::lua {

void run_hooks(lua_State* L)
{
    if (lua_gethook(L) == nullptr)
        return;
    if (luaL_loadstring(L, "return") != 0)
        lua_error(L);
    lua_call(L, 0, 0);
}

namespace {

template <typename Take>
Packet* await_packet(lua_State* L, Handle& handle, double seconds, Take take)
{
    Packet* packet = nullptr;
    Failure failure;
    const Outcome outcome = await(
        handle, seconds, failure, [&] { return take(packet); },
        [L](int fd, const timespec* timeout, Failure& why) {
            const Polled polled = poll_readable(fd, timeout, why);
            // Packets that the filter rejects may end each wait before a signal interrupts one.
            if (polled == Polled::look_again)
                run_hooks(L);
            return polled;
        });
    if (outcome == Outcome::failed)
        raise(L, failure);
    return packet;
}

} // namespace

Packet* await_packet(lua_State* L, Handle& handle, double seconds)
{
    return await_packet(L, handle, seconds, [&](Packet*& packet) { return handle.take(packet); });
}

Packet* await_packet_of_loop(lua_State* L, Handle& handle)
{
    return await_packet(L, handle, -1,
                        [&](Packet*& packet) { return of_loop(handle.take(packet)); });
}

void account(lua_State* L, std::size_t bytes)
{
    constexpr std::size_t kilobyte = 1024;
    constexpr std::size_t portion = 64 * kilobyte;
    static thread_local std::size_t unseen = 0;
    unseen += bytes;
    if (unseen < portion)
        return;
    lua_gc(L, LUA_GCSTEP, static_cast<int>(unseen / kilobyte));
    unseen = 0;
}

} // namespace binding::lua
