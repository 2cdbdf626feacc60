// SPDX-License-Identifier: GPL-2.0-or-later
#include "handle.hpp"
#include "sized_struct.hpp"

#include <memory>

using nflog::barrier;
using nflog::Capture;
using nflog::copy_sized;
using nflog::Error;
using nflog::guard;
using nflog::require;

namespace {

constexpr std::size_t first_stats_size = 104; // of 1.0

void require_timeout(int timeout_ms)
{
    if (timeout_ms < -1)
        throw Error(EINVAL, "a timeout of " + std::to_string(timeout_ms) +
                                " milliseconds: it is -1 (for ever), 0 (do not wait) or more");
}

} // namespace

extern "C" {

int nflogcap_new(nflogcap** ret)
{
    return guard(nullptr, 0, [&] {
        require(ret, "ret");
        *ret = new nflogcap;
        return 0;
    });
}

int nflogcap_open(nflogcap** ret, const uint16_t* groups, size_t group_count, char* error,
                  size_t capacity)
{
    return guard(error, capacity, [&] {
        require(ret, "ret");
        if (group_count > 0)
            require(groups, "groups");
        auto handle = std::make_unique<nflogcap>();
        for (size_t i = 0; i < group_count; ++i)
            handle->capture.add_group(groups[i]);
        handle->capture.start();
        *ret = handle.release();
        return 0;
    });
}

int nflogcap_add_group(nflogcap* handle, uint16_t group)
{
    return guard(handle, [&](Capture& capture) { return capture.add_group(group), 0; });
}

int nflogcap_set_snaplen(nflogcap* handle, uint32_t bytes)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_snaplen(bytes), 0; });
}

int nflogcap_set_delivery(nflogcap* handle, int delivery)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_delivery(delivery), 0; });
}

int nflogcap_set_queue_threshold(nflogcap* handle, uint32_t packets)
{
    return guard(handle, [&](Capture& capture) {
        return capture.settings().set_queue_threshold(packets), 0;
    });
}

int nflogcap_set_flush_timeout(nflogcap* handle, uint32_t milliseconds)
{
    return guard(handle, [&](Capture& capture) {
        return capture.settings().set_flush_timeout(milliseconds), 0;
    });
}

int nflogcap_set_batch_size(nflogcap* handle, uint32_t bytes)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_batch_size(bytes), 0; });
}

int nflogcap_set_socket_buffer(nflogcap* handle, uint32_t bytes)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_socket_buffer(bytes), 0; });
}

int nflogcap_set_conntrack(nflogcap* handle, int enabled)
{
    return guard(handle, [&](Capture& capture) {
        return capture.settings().set_conntrack(enabled != 0), 0;
    });
}

int nflogcap_set_netns(nflogcap* handle, const char* path)
{
    return guard(handle, [&](Capture& capture) { return capture.settings().set_netns(path), 0; });
}

int nflogcap_set_filter(nflogcap* handle, const char* expression)
{
    return guard(handle, [&](Capture& capture) { return capture.set_filter(expression), 0; });
}

int nflogcap_set_savefile(nflogcap* handle, const char* path)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_savefile(path), 0; });
}

int nflogcap_add_tap(nflogcap* handle, const char* hook, const char* match)
{
    return guard(handle, [&](Capture& capture) { return capture.add_tap(hook, match), 0; });
}

int nflogcap_start(nflogcap* handle)
{
    return guard(handle, [](Capture& capture) { return capture.start(), 0; });
}

int nflogcap_tap_group(nflogcap* handle)
{
    return guard(handle, [](Capture& capture) { return capture.tap_group(); });
}

int nflogcap_fd(nflogcap* handle)
{
    return guard(handle, [](Capture& capture) { return capture.fd(); });
}

int nflogcap_next(nflogcap* handle, const nflogcap_packet** ret, int timeout_ms)
{
    return guard(handle, [&](Capture& capture) {
        require(ret, "ret");
        require_timeout(timeout_ms);
        return capture.next(*ret, timeout_ms);
    });
}

int nflogcap_next_batch(nflogcap* handle, const nflogcap_packet** ret, size_t capacity,
                        int timeout_ms)
{
    return guard(handle, [&](Capture& capture) {
        require(ret, "ret");
        require_timeout(timeout_ms);
        if (capacity == 0)
            throw Error(EINVAL, "a batch of capacity 0 has room for no packet");
        return capture.next_batch({ret, capacity}, timeout_ms);
    });
}

int nflogcap_wakeup(nflogcap* handle)
{
    return guard(handle, [](Capture& capture) { return capture.wakeup(), 0; });
}

int nflogcap_stop(nflogcap* handle)
{
    return guard(handle, [](Capture& capture) { return capture.stop(), 0; });
}

int nflogcap_get_stats(nflogcap* handle, nflogcap_stats* ret, size_t size)
{
    return guard(handle, [&](Capture& capture) {
        require(ret, "ret");
        return copy_sized(capture.stats(), ret, size, first_stats_size), 0;
    });
}

int nflogcap_get_group_stats(nflogcap* handle, uint16_t group, nflogcap_stats* ret, size_t size)
{
    return guard(handle, [&](Capture& capture) {
        require(ret, "ret");
        const nflogcap_stats* stats = capture.group_stats(group);
        if (stats == nullptr)
            throw Error(ENOENT, "cannot get the counters of group " + std::to_string(group) +
                                    ": this handle does not capture it");
        return copy_sized(*stats, ret, size, first_stats_size), 0;
    });
}

const char* nflogcap_interface_name(nflogcap* handle, uint32_t index)
{
    return barrier<const char*>(nullptr, [&] {
        return handle == nullptr ? nullptr : handle->capture.interface_name(index);
    });
}

const char* nflogcap_error(const nflogcap* handle)
{
    return handle == nullptr ? "" : handle->error.c_str();
}

void nflogcap_close(nflogcap* handle)
{
    delete handle;
}

} // extern "C"
