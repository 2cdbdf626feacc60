// SPDX-License-Identifier: GPL-2.0-or-later
#include "counters.hpp"
#include "handle.hpp"
#include "sized_struct.hpp"

#include "options.hpp"
#include "packet_filter.hpp"
#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

using nflog::barrier;
using nflog::CancellationOff;
using nflog::Capture;
using nflog::copy_sized;
using nflog::Error;
using nflog::guard;
using nflog::guard_cancellable;
using nflog::NoWords;
using nflog::Option;
using nflog::Outcome;
using nflog::report;
using nflog::require;

namespace {

constexpr std::size_t first_stats_size = 104; // in 1.0

void require_timeout(int timeout_ms)
{
    if (timeout_ms < -1)
        throw Error(EINVAL, "invalid timeout of " + std::to_string(timeout_ms) +
                                " milliseconds: it must be -1 (for ever), 0 (do not wait) or more");
}

int code_of(Outcome outcome, std::size_t count) noexcept
{
    switch (outcome) {
    case Outcome::packet:
        return static_cast<int>(count);
    case Outcome::timeout:
        return 0;
    case Outcome::woken:
        return -ECANCELED;
    case Outcome::ended:
        return -ENODATA;
    case Outcome::interrupted:
        return -EINTR;
    }
    return -EIO; // for compilers that do not see that all values are handled
}

// A monitor may call this while another thread uses the handle, so it does not change the error
// text.
template <typename Read>
int guard_monitor(nflogcap* handle, nflogcap_stats* ret, std::size_t size, Read read) noexcept
{
    if (handle == nullptr || ret == nullptr)
        return -EINVAL;
    const CancellationOff no_cancellation;
    NoWords words;
    return report(words, [&] {
        const std::optional<nflogcap_stats> stats = read(handle->subject());
        return stats ? copy_sized(*stats, ret, size, first_stats_size) : -ENOENT;
    });
}

// Copies the first `capacity` values, and returns how many there are.
template <typename Value>
int copy_first(const std::vector<Value>& values, Value* ret, std::size_t capacity)
{
    if (capacity > 0)
        require(ret, "ret");
    std::copy_n(values.begin(), std::min(capacity, values.size()), ret);
    return static_cast<int>(values.size());
}

int set_number(nflogcap* handle, Option option, std::int64_t value)
{
    return guard(handle, [&](Capture& capture) {
        return capture.settings(option).set_number(option, value), 0;
    });
}

int set_text(nflogcap* handle, Option option, const char* text)
{
    return guard(handle, [&](Capture& capture) {
        return capture.settings(option).set_text(option, text), 0;
    });
}

} // namespace

struct nflogcap_filter {
    std::unique_ptr<nflog::PacketFilter> compiled; // nullptr: matches all packets
};

extern "C" {

const nflogcap_option* nflogcap_option_at(size_t index)
{
    const auto options = nflog::options();
    return index < options.size() ? &options[index] : nullptr;
}

const nflogcap_counter* nflogcap_counter_at(size_t index)
{
    const auto counters = nflog::counters();
    return index < counters.size() ? &counters[index] : nullptr;
}

int nflogcap_new(nflogcap** ret)
{
    return guard({nullptr, 0}, [&] {
        require(ret, "ret");
        *ret = new nflogcap;
        return 0;
    });
}

int nflogcap_open(nflogcap** ret, const uint16_t* groups, size_t group_count, char* error,
                  size_t capacity)
{
    return guard({error, capacity}, [&] {
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

int nflogcap_remove_group(nflogcap* handle, uint16_t group)
{
    return guard(handle, [&](Capture& capture) { return capture.remove_group(group), 0; });
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
    return guard(handle, [&](Capture& capture) {
        return capture.use_filter(nflog::compiled_filter(expression)), 0;
    });
}

int nflogcap_filter_new(nflogcap_filter** ret, const char* expression, char* error, size_t capacity)
{
    return guard({error, capacity}, [&] {
        require(ret, "ret");
        *ret = new nflogcap_filter{nflog::compiled_filter(expression)};
        return 0;
    });
}

int nflogcap_use_filter(nflogcap* handle, nflogcap_filter* filter)
{
    return guard(handle, [&](Capture& capture) {
        require(filter, "filter");
        capture.use_filter(std::move(filter->compiled));
        delete filter;
        return 0;
    });
}

void nflogcap_filter_free(nflogcap_filter* filter)
{
    delete filter;
}

int nflogcap_set_savefile(nflogcap* handle, const char* path)
{
    return set_text(handle, Option::savefile, path);
}

int nflogcap_add_tap(nflogcap* handle, const char* hook, const char* match)
{
    return guard(handle, [&](Capture& capture) { return capture.add_tap(hook, match), 0; });
}

int nflogcap_remove_tap(nflogcap* handle, const char* hook, const char* match)
{
    return guard(handle, [&](Capture& capture) { return capture.remove_tap(hook, match), 0; });
}

int nflogcap_remove_taps(nflogcap* handle)
{
    return guard(handle, [](Capture& capture) { return capture.remove_taps(), 0; });
}

int nflogcap_groups(nflogcap* handle, uint16_t* ret, size_t capacity)
{
    return guard(handle,
                 [&](Capture& capture) { return copy_first(capture.groups(), ret, capacity); });
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
    if (handle != nullptr && ret != nullptr && timeout_ms >= -1 && handle->capture.take(*ret))
        [[likely]]
        return 1;
    return guard_cancellable(handle, [&](Capture& capture) {
        require(ret, "ret");
        require_timeout(timeout_ms);
        return code_of(capture.next(*ret, timeout_ms), 1);
    });
}

int nflogcap_next_batch(nflogcap* handle, const nflogcap_packet** ret, size_t capacity,
                        int timeout_ms)
{
    return guard_cancellable(handle, [&](Capture& capture) {
        require(ret, "ret");
        require_timeout(timeout_ms);
        if (capacity == 0)
            throw Error(EINVAL, "a batch of capacity 0 has room for no packet");
        std::size_t count = 0;
        const Outcome outcome = capture.next_batch({ret, capacity}, timeout_ms, count);
        return code_of(outcome, count);
    });
}

int nflogcap_wakeup(nflogcap* handle)
{
    if (handle == nullptr)
        return -EINVAL;
    return handle->capture.wakeup() ? 0 : -ECHILD;
}

int nflogcap_stop(nflogcap* handle)
{
    if (handle == nullptr)
        return -EINVAL;
    return handle->capture.stop() ? 0 : -ECHILD;
}

int nflogcap_descriptors(nflogcap* handle, int* ret, size_t capacity)
{
    return guard(
        handle, [&](Capture& capture) { return copy_first(capture.descriptors(), ret, capacity); });
}

int nflogcap_hand_over(nflogcap* handle)
{
    if (handle == nullptr)
        return -EINVAL;
    return handle->capture.hand_over() ? 0 : -ECHILD;
}

int nflogcap_adopt(nflogcap* handle, const int* descriptors, size_t count)
{
    return guard(handle, [&](Capture& capture) {
        if (count > 0)
            require(descriptors, "descriptors");
        return capture.adopt({descriptors, count}), 0;
    });
}

int nflogcap_expect(nflogcap* handle, uint16_t group, uint32_t seq)
{
    return guard(handle, [&](Capture& capture) { return capture.expect(group, seq), 0; });
}

int nflogcap_expected(nflogcap* handle, uint16_t group, uint32_t* ret)
{
    return guard(handle, [&](Capture& capture) {
        require(ret, "ret");
        return *ret = capture.expected(group), 0;
    });
}

int nflogcap_take_over(nflogcap* handle)
{
    if (handle == nullptr)
        return -EINVAL;
    const CancellationOff no_cancellation;
    return report(*handle, [&] { return handle->capture.take_over(), 0; });
}

int nflogcap_get_stats(nflogcap* handle, nflogcap_stats* ret, size_t size)
{
    return guard_monitor(handle, ret, size,
                         [](Capture& capture) { return std::optional(capture.stats()); });
}

int nflogcap_get_group_stats(nflogcap* handle, uint16_t group, nflogcap_stats* ret, size_t size)
{
    return guard_monitor(handle, ret, size,
                         [&](Capture& capture) { return capture.group_stats(group); });
}

const char* nflogcap_interface_name(nflogcap* handle, uint32_t index)
{
    return barrier<const char*>(nullptr, [&] {
        return handle == nullptr ? nullptr : handle->capture.interface_name(index);
    });
}

const char* nflogcap_host_name(nflogcap* handle)
{
    return handle == nullptr ? nullptr : handle->capture.host_name();
}

const char* nflogcap_error(const nflogcap* handle)
{
    return handle == nullptr ? "" : handle->error.c_str();
}

void nflogcap_close(nflogcap* handle)
{
    const CancellationOff no_cancellation;
    delete handle;
}

} // extern "C"
