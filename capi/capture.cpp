// SPDX-License-Identifier: GPL-2.0-or-later
#include "handle.hpp"

using nflog::barrier;
using nflog::Capture;
using nflog::Error;
using nflog::guard;
using nflog::require;

namespace {

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
    if (ret == nullptr)
        return -EINVAL;
    try {
        *ret = new nflogcap;
        return 0;
    } catch (const Error& failure) {
        return -failure.code();
    } catch (...) {
        return -ENOMEM;
    }
}

int nflogcap_open(nflogcap** ret, const uint16_t* groups, size_t n_groups)
{
    if (ret == nullptr || (groups == nullptr && n_groups > 0))
        return -EINVAL;
    nflogcap* handle = nullptr;
    if (const int code = nflogcap_new(&handle); code < 0)
        return code;
    const int code = guard(handle, [&](Capture& capture) {
        for (size_t i = 0; i < n_groups; ++i)
            capture.add_group(groups[i]);
        capture.start();
        return 0;
    });
    if (code < 0)
        nflogcap_close(handle);
    else
        *ret = handle;
    return code;
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

const nflogcap_stats* nflogcap_get_stats(nflogcap* handle)
{
    return barrier<const nflogcap_stats*>(
        nullptr, [&] { return handle == nullptr ? nullptr : &handle->capture.stats(); });
}

const nflogcap_stats* nflogcap_get_group_stats(nflogcap* handle, uint16_t group)
{
    return barrier<const nflogcap_stats*>(
        nullptr, [&] { return handle == nullptr ? nullptr : handle->capture.group_stats(group); });
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
