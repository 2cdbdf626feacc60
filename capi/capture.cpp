// SPDX-License-Identifier: GPL-2.0-or-later
#include "counters.hpp"
#include "handle.hpp"
#include "options.hpp"

using nflog::barrier;
using nflog::Capture;
using nflog::Error;
using nflog::guard;
using nflog::Option;
using nflog::require;

namespace {

void require_timeout(int timeout_ms)
{
    if (timeout_ms < -1)
        throw Error(EINVAL, "a timeout of " + std::to_string(timeout_ms) +
                                " milliseconds: it is -1 (for ever), 0 (do not wait) or more");
}

int set_number(nflogcap* handle, Option option, std::int64_t value)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_number(option, value), 0; });
}

int set_text(nflogcap* handle, Option option, const char* text)
{
    return guard(handle,
                 [&](Capture& capture) { return capture.settings().set_text(option, text), 0; });
}

} // namespace

extern "C" {

const nflogcap_option* nflogcap_option_at(size_t index)
{
    return nflog::option_at(index);
}

const nflogcap_counter* nflogcap_counter_at(size_t index)
{
    return nflog::counter_at(index);
}

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

int nflogcap_set_option(nflogcap* handle, const char* name, const char* value)
{
    return guard(handle, [&](Capture& capture) {
        require(name, "name");
        return set_option(capture, name, value), 0;
    });
}

int nflogcap_set_snaplen(nflogcap* handle, uint32_t bytes)
{
    return set_number(handle, Option::snaplen, bytes);
}

int nflogcap_set_delivery(nflogcap* handle, int delivery)
{
    return set_number(handle, Option::delivery, delivery);
}

int nflogcap_set_queue_threshold(nflogcap* handle, uint32_t packets)
{
    return set_number(handle, Option::queue_threshold, packets);
}

int nflogcap_set_flush_timeout(nflogcap* handle, uint32_t milliseconds)
{
    return set_number(handle, Option::flush_timeout, milliseconds);
}

int nflogcap_set_batch_size(nflogcap* handle, uint32_t bytes)
{
    return set_number(handle, Option::batch_size, bytes);
}

int nflogcap_set_socket_buffer(nflogcap* handle, uint32_t bytes)
{
    return set_number(handle, Option::socket_buffer, bytes);
}

int nflogcap_set_conntrack(nflogcap* handle, int enabled)
{
    return set_number(handle, Option::conntrack, enabled != 0 ? 1 : 0);
}

int nflogcap_set_netns(nflogcap* handle, const char* path)
{
    return set_text(handle, Option::netns, path);
}

int nflogcap_set_filter(nflogcap* handle, const char* expression)
{
    return guard(handle, [&](Capture& capture) { return capture.set_filter(expression), 0; });
}

int nflogcap_set_savefile(nflogcap* handle, const char* path)
{
    return set_text(handle, Option::savefile, path);
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
