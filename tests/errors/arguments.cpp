// SPDX-License-Identifier: GPL-2.0-or-later
// Arguments that no function takes.
#include "provocations.hpp"

#include "calls.hpp"

using support::Handle;

namespace {

Failures no_handle()
{
    Failures all = all_settings(nullptr);
    all.push_back(CALL(nflogcap_set_filter, nullptr, "udp"));
    all.push_back(CALL(nflogcap_start, nullptr));
    all.push_back(CALL(nflogcap_tap_group, nullptr));
    all.push_back(CALL(nflogcap_fd, nullptr));
    all.push_back(CALL(nflogcap_next, nullptr, &packet, 0));
    all.push_back(CALL(nflogcap_next_batch, nullptr, &packet, 1, 0));
    all.push_back(CALL(nflogcap_wakeup, nullptr));
    all.push_back(CALL(nflogcap_stop, nullptr));
    return all;
}

Failures no_result()
{
    nflogcap* made = nullptr;
    return {{"nflogcap_new", nflogcap_new(nullptr), ""},
            {"nflogcap_open", nflogcap_open(nullptr, &group, 1), ""},
            {"nflogcap_open", nflogcap_open(&made, nullptr, 1), ""}};
}

Failures no_packet_result()
{
    const Handle handle = capture();
    return {CALL(nflogcap_next, handle.get(), nullptr, 0),
            CALL(nflogcap_next_batch, handle.get(), nullptr, 1, 0),
            CALL(nflogcap_set_option, handle.get(), nullptr, "1")};
}

Failures frame()
{
    std::uint8_t byte = 0;
    const nflogcap_packet none{};
    return {{"nflogcap_packet_frame", nflogcap_packet_frame(nullptr, &byte, 1), ""},
            {"nflogcap_packet_frame", nflogcap_packet_frame(&none, nullptr, 1), ""}};
}

} // namespace

std::vector<Provocation> provocations_of_arguments()
{
    return {
        {"no-handle", kernel, no_handle},
        {"no-result", kernel, no_result},
        {"no-packet-result", kernel, no_packet_result},
        {"timeout", kernel, [] { return next_and_next_batch(capture(), -2); }},
        {"capacity", kernel,
         [] {
             const Handle handle = capture();
             return Failures{CALL(nflogcap_next_batch, handle.get(), &packet, 0, 0)};
         }},
        {"frame", kernel, frame},
    };
}
