// SPDX-License-Identifier: GPL-2.0-or-later
// Provokes the errors of arguments that are never valid.
#include "provocations.hpp"
#include "scarcity.hpp"

#include "calls.hpp"
#include "savefile.hpp"

using support::Handle;

namespace {

Failures no_handle()
{
    Failures all = all_settings(nullptr);
    all.push_back(CALL(nflogcap_add_group, nullptr, group));
    all.push_back(CALL(nflogcap_remove_group, nullptr, group));
    all.push_back(CALL(nflogcap_add_tap, nullptr, "output", "udp"));
    all.push_back(CALL(nflogcap_remove_tap, nullptr, "output", "udp"));
    all.push_back(CALL(nflogcap_set_filter, nullptr, "udp"));
    all.push_back(CALL(nflogcap_use_filter, nullptr, nullptr));
    all.push_back(CALL(nflogcap_start, nullptr));
    all.push_back(CALL(nflogcap_tap_group, nullptr));
    all.push_back(CALL(nflogcap_fd, nullptr));
    all.push_back(CALL(nflogcap_next, nullptr, &packet, 0));
    all.push_back(CALL(nflogcap_next_batch, nullptr, &packet, 1, 0));
    all.push_back(CALL(nflogcap_wakeup, nullptr));
    all.push_back(CALL(nflogcap_stop, nullptr));
    all.push_back(CALL(nflogcap_remove_taps, nullptr));
    all.push_back(CALL(nflogcap_groups, nullptr, nullptr, 0));
    all.push_back(CALL(nflogcap_descriptors, nullptr, nullptr, 0));
    all.push_back(CALL(nflogcap_hand_over, nullptr));
    all.push_back(CALL(nflogcap_adopt, nullptr, nullptr, 0));
    all.push_back(CALL(nflogcap_expect, nullptr, group, 0));
    all.push_back(CALL(nflogcap_expected, nullptr, group, nullptr));
    nflogcap_stats stats{};
    all.push_back(CALL(nflogcap_get_stats, nullptr, &stats, sizeof stats));
    all.push_back(CALL(nflogcap_get_group_stats, nullptr, group, &stats, sizeof stats));
    return all;
}

Failures no_result()
{
    return {{"nflogcap_new", nflogcap_new(nullptr), ""}};
}

Failures no_buffer()
{
    nflogcap* made = nullptr;
    nflogcap_dump* made_dump = nullptr;
    nflogcap_filter* filter = nullptr;
    return {{"nflogcap_open", nflogcap_open(&made, &group, 1, nullptr, 1), ""},
            {"nflogcap_dump_open",
             nflogcap_dump_open(&made_dump, "/dev/null", nullptr, 0, nullptr, 1), ""},
            {"nflogcap_filter_new", nflogcap_filter_new(&filter, "udp", nullptr, 1), ""},
            {"nflogcap_find_field", nflogcap_find_field("payload", nullptr, 1), ""},
            {"nflogcap_find_link_type", nflogcap_find_link_type("raw", nullptr, 1), ""}};
}

Failures no_argument()
{
    const Handle handle = capture();
    const support::Dump dump = support::dump_to("/dev/null");
    nflogcap* made = nullptr;
    nflogcap_dump* made_dump = nullptr;
    const int dumped = nflogcap_dump_packet(dump.get(), nullptr);
    return {CALL_OPEN(nflogcap_open, nullptr, &group, 1),
            CALL(nflogcap_groups, handle.get(), nullptr, 1),
            CALL(nflogcap_adopt, handle.get(), nullptr, 1),
            CALL(nflogcap_expected, handle.get(), group, nullptr),
            CALL_OPEN(nflogcap_open, &made, nullptr, 1),
            CALL_OPEN(nflogcap_filter_new, nullptr, "udp"),
            CALL(nflogcap_use_filter, handle.get(), nullptr),
            CALL(nflogcap_next, handle.get(), nullptr, 0),
            CALL(nflogcap_next_batch, handle.get(), nullptr, 1, 0),
            CALL(nflogcap_set_option, handle.get(), nullptr, "1"),
            CALL_OPEN(nflogcap_find_field, nullptr),
            CALL_OPEN(nflogcap_find_link_type, nullptr),
            CALL_OPEN(nflogcap_dump_open, nullptr, "/dev/null", nullptr, 0),
            CALL_OPEN(nflogcap_dump_open, &made_dump, nullptr, nullptr, 0),
            {"nflogcap_dump_packet", dumped, nflogcap_dump_error(dump.get())}};
}

// One byte less than the sizes of the structs in release 1.0.
constexpr std::size_t too_small_stats = 103;
constexpr std::size_t too_small_dissection = 95;

Failures small_size()
{
    const Handle handle = capture();
    nflogcap_stats stats{};
    return {CALL(nflogcap_get_stats, handle.get(), nullptr, sizeof stats),
            CALL(nflogcap_get_group_stats, handle.get(), group, nullptr, sizeof stats),
            CALL(nflogcap_get_stats, handle.get(), &stats, too_small_stats),
            CALL(nflogcap_get_group_stats, handle.get(), group, &stats, 0)};
}

Failure parse_failure(nflogcap_packet** ret, const char* record, std::size_t length)
{
    return {"nflogcap_packet_parse", nflogcap_packet_parse(ret, record, length, 1), ""};
}

Failure format_failure(const nflogcap_packet* of, int format, char* buffer, std::size_t capacity)
{
    return {"nflogcap_packet_format",
            nflogcap_packet_format(of, format, nullptr, nullptr, nullptr, buffer, capacity), ""};
}

Failures frame()
{
    std::uint8_t byte = 0;
    const nflogcap_packet none{};
    return {{"nflogcap_packet_frame", nflogcap_packet_frame(nullptr, &byte, 1), ""},
            {"nflogcap_packet_frame", nflogcap_packet_frame(&none, nullptr, 1), ""},
            format_failure(nullptr, NFLOGCAP_LINE, nullptr, 0),
            format_failure(&none, NFLOGCAP_LINE, nullptr, 1)};
}

Failures dissect()
{
    const nflogcap_packet none{};
    nflogcap_dissection ret{};
    const auto failure = [](const nflogcap_packet* from, nflogcap_dissection* to,
                            std::size_t size) {
        return Failure{"nflogcap_dissect", nflogcap_dissect(from, to, size), ""};
    };
    return {failure(nullptr, &ret, sizeof ret), failure(&none, nullptr, sizeof ret),
            failure(&none, &ret, too_small_dissection)};
}

Failures conntrack()
{
    const nflogcap_packet none{};
    nflogcap_conntrack ret{};
    const auto failure = [](const nflogcap_packet* from, nflogcap_conntrack* to, std::size_t size) {
        return Failure{"nflogcap_packet_conntrack", nflogcap_packet_conntrack(from, to, size), ""};
    };
    return {failure(nullptr, &ret, sizeof ret), failure(&none, nullptr, sizeof ret),
            failure(&none, &ret, sizeof ret - 1)};
}

} // namespace

std::vector<Provocation> provocations_of_arguments()
{
    return {
        {"no-handle", kernel, no_handle},
        {"no-result", kernel, no_result},
        {"no-buffer", kernel, no_buffer},
        {"no-argument", kernel, no_argument},
        {"size", kernel, small_size},
        {"no-such-group", kernel,
         [] {
             const Handle handle = capture();
             nflogcap_stats stats{};
             return Failures{CALL(nflogcap_get_group_stats, handle.get(), 6, &stats, sizeof stats)};
         }},
        {"timeout", kernel, [] { return next_and_next_batch(capture(), -2); }},
        {"capacity", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_next_batch, handle.get(), &packet, 0, 0)};
         }},
        {"frame", kernel, frame},
        {"format", kernel,
         [] {
             const nflogcap_packet none{};
             return Failures{format_failure(&none, NFLOGCAP_COLORED_LINE + 1, nullptr, 0)};
         }},
        {"dissect", kernel, dissect},
        {"conntrack", kernel, conntrack},
        {"parse-null", kernel,
         [] {
             nflogcap_packet* made = nullptr;
             return Failures{parse_failure(nullptr, "record", 6), parse_failure(&made, nullptr, 0)};
         }},
        {"parse-record", kernel,
         [] {
             nflogcap_packet* made = nullptr;
             return Failures{parse_failure(&made, "", 0), parse_failure(&made, "\2\0\0\5", 4),
                             parse_failure(&made, "\2\0\0\5\x20\0\1\0", 8)};
         }},
        {"parse-memory", kernel,
         [] {
             nflogcap_packet* made = nullptr;
             int code = 0;
             {
                 const support::NoMemory none;
                 code = nflogcap_packet_parse(&made, "\2\0\0\5\x8\0\5\0\0\0\0\1", 12, 1);
             }
             return Failures{{"nflogcap_packet_parse", code, ""}};
         }},
        {"parse-long", kernel,
         [] {
             nflogcap_packet* made = nullptr;
             const std::string record(262145, '\0');
             return Failures{parse_failure(&made, record.data(), record.size())};
         }},
        {"field-unknown", kernel,
         [] { return Failures{CALL_OPEN(nflogcap_find_field, "payloda")}; }},
    };
}
