// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of creating captures and of settings.
#include "provocations.hpp"

#include "calls.hpp"
#include "network.hpp"
#include "savefile.hpp"
#include "scarcity.hpp"

#include <array>
#include <functional>
#include <string>

using support::Handle;
using support::Namespace;

namespace {

Failures new_without_descriptor()
{
    const support::NoDescriptors none;
    nflogcap* made = nullptr;
    return {{"nflogcap_new", nflogcap_new(&made), ""}};
}

Failures open_without_descriptor()
{
    const support::NoDescriptors none;
    nflogcap* made = nullptr;
    return {CALL_OPEN(nflogcap_open, &made, &group, 1)};
}

Failures new_without_memory()
{
    int code = 0;
    {
        const support::NoMemory none;
        nflogcap* made = nullptr;
        code = nflogcap_new(&made);
    }
    return {{"nflogcap_new", code, ""}};
}

Failures without_memory()
{
    const Namespace ns;
    const Handle handle = capture();
    const std::string long_path(1000, '/');
    Failures all;
    // The error text is read after the call, when memory is available again.
    const auto call = [&](const char* function, const std::function<int()>& body) {
        int code = 0;
        {
            const support::NoMemory none;
            code = body();
        }
        all.push_back(failure(function, code, handle.get()));
    };
    call("nflogcap_add_group", [&] { return nflogcap_add_group(handle.get(), 6); });
    call("nflogcap_add_tap", [&] { return nflogcap_add_tap(handle.get(), "", long_path.c_str()); });
    call("nflogcap_set_netns", [&] { return nflogcap_set_netns(handle.get(), long_path.c_str()); });
    call("nflogcap_set_filter", [&] { return nflogcap_set_filter(handle.get(), "udp"); });
    call("nflogcap_set_savefile",
         [&] { return nflogcap_set_savefile(handle.get(), long_path.c_str()); });
    call("nflogcap_set_option",
         [&] { return nflogcap_set_option(handle.get(), "netns", long_path.c_str()); });
    nflogcap_set_savefile(handle.get(), nullptr);
    call("nflogcap_start", [&] { return nflogcap_start(handle.get()); });
    const int descriptor = STDERR_FILENO;
    call("nflogcap_adopt", [&] { return nflogcap_adopt(handle.get(), &descriptor, 1); });
    call("nflogcap_next_batch", [&] { return nflogcap_next_batch(handle.get(), &packet, 1, 0); });
    support::start(handle);
    call("nflogcap_descriptors", [&] { return nflogcap_descriptors(handle.get(), nullptr, 0); });
    const support::Dump dump = support::dump_to("/dev/null");
    const nflogcap_packet none{};
    nflogcap_dump_packet(dump.get(), &none); // the dump allocates its buffer at the first packet
    int code = 0;
    {
        const support::NoMemory none_left;
        code = nflogcap_dump_packet(dump.get(), &none);
    }
    all.push_back({"nflogcap_dump_packet", code, nflogcap_dump_error(dump.get())});

    // The names are short, so that they need no allocation.
    const auto open = [&](const char* function, const auto& body) {
        std::array<char, NFLOGCAP_ERROR_SIZE> error{};
        {
            const support::NoMemory none_left;
            code = body(error.data(), error.size());
        }
        all.push_back({function, code, error.data()});
    };
    nflogcap* made = nullptr;
    open("nflogcap_open", [&](char* error, std::size_t capacity) {
        return nflogcap_open(&made, &group, 1, error, capacity);
    });
    nflogcap_dump* made_dump = nullptr;
    open("nflogcap_dump_open", [&](char* error, std::size_t capacity) {
        return nflogcap_dump_open(&made_dump, "/dev/null", nullptr, 0, error, capacity);
    });
    nflogcap_filter* filter = nullptr;
    open("nflogcap_filter_new", [&](char* error, std::size_t capacity) {
        return nflogcap_filter_new(&filter, "udp", error, capacity);
    });
    open("nflogcap_find_field", [&](char* error, std::size_t capacity) {
        return nflogcap_find_field("payloda", error, capacity);
    });
    return all;
}

Failures set_after_the_start()
{
    const Namespace ns;
    const Handle handle = support::started({group});
    return all_settings(handle.get());
}

Failures out_of_range()
{
    const Handle handle = capture();
    return {CALL(nflogcap_set_snaplen, handle.get(), 65532),
            CALL(nflogcap_set_queue_threshold, handle.get(), 0),
            CALL(nflogcap_set_flush_timeout, handle.get(), 3'600'001),
            CALL(nflogcap_set_batch_size, handle.get(), 131'073),
            CALL(nflogcap_set_socket_buffer, handle.get(), 4095),
            CALL(nflogcap_set_option, handle.get(), "snaplen", "-1"),
            CALL(nflogcap_set_option, handle.get(), "groups", "5,99999999999999999999999")};
}

Failures wrong_filter()
{
    nflogcap_filter* filter = nullptr;
    const Handle handle = capture();
    return {CALL(nflogcap_set_filter, handle.get(), "udp prt 53"),
            CALL(nflogcap_set_filter, handle.get(), "tcp and udp"),
            CALL_OPEN(nflogcap_filter_new, &filter, "udp prt 53")};
}

Failures filter_by_direction()
{
    nflogcap_filter* filter = nullptr;
    const Handle handle = capture();
    return {CALL(nflogcap_set_filter, handle.get(), "inbound and udp"),
            CALL(nflogcap_set_filter, handle.get(), "outbound"),
            CALL_OPEN(nflogcap_filter_new, &filter, "outbound")};
}

Failures group_twice()
{
    const Handle handle = capture();
    return {CALL(nflogcap_add_group, handle.get(), group)};
}

} // namespace

std::vector<Provocation> provocations_of_setting_up()
{
    return {
        {"new-descriptor", kernel, new_without_descriptor},
        {"open-descriptor", kernel, open_without_descriptor},
        {"new-memory", kernel, new_without_memory},
        {"memory", kernel, without_memory},
        {"started", kernel, set_after_the_start},
        {"range", kernel, out_of_range},
        {"delivery", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_delivery, handle.get(), 3),
                             CALL(nflogcap_set_option, handle.get(), "delivery", "3")};
         }},
        {"path-empty", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_savefile, handle.get(), ""),
                             CALL(nflogcap_set_netns, handle.get(), ""),
                             CALL(nflogcap_set_option, handle.get(), "netns", "")};
         }},
        {"kind", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_option, handle.get(), "snaplen", "9x"),
                             CALL(nflogcap_set_option, handle.get(), "groups", "5,x"),
                             CALL(nflogcap_set_option, handle.get(), "delivery", "fast"),
                             CALL(nflogcap_set_option, handle.get(), "conntrack", "perhaps")};
         }},
        {"option-unknown", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_option, handle.get(), "snaplength", "1")};
         }},
        {"option-no-default", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_set_option, handle.get(), "groups", nullptr),
                             CALL(nflogcap_set_option, handle.get(), "tap", nullptr)};
         }},
        {"filter", kernel, wrong_filter},
        {"filter-direction", kernel, filter_by_direction},
        {"group-twice", kernel, group_twice},
    };
}
