// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"
#include "catch.hpp"
#include "message_builder.hpp"
#include "savefile.hpp"

#include <cstdint>
#include <initializer_list>
#include <poll.h>

// A capture that has started to read this savefile.
inline support::Handle reading(const support::TemporaryFile& file,
                               std::initializer_list<std::uint16_t> groups = {})
{
    support::Handle capture = support::reader_of(file.path(), groups);
    support::start(capture);
    return capture;
}

inline const nflogcap_packet* next(const support::Handle& capture)
{
    constexpr int timeout_ms = 10'000; // 0 can end the call before it reaches the packet
    const nflogcap_packet* packet = nullptr;
    const int outcome = nflogcap_next(capture.get(), &packet, timeout_ms);
    INFO(nflogcap_error(capture.get()));
    REQUIRE(outcome == 1);
    return packet;
}

inline int outcome_of_next(const support::Handle& capture, int timeout_ms = 0)
{
    const nflogcap_packet* packet = nullptr;
    return nflogcap_next(capture.get(), &packet, timeout_ms);
}

inline support::FileBytes three_packets()
{
    support::PcapFile file(support::linktype_nflog);
    for (std::uint32_t seq = 0; seq < 3; ++seq)
        file.add(synthetic::numbered(seq).body());
    return file.bytes();
}

inline bool is_readable(const support::Handle& capture)
{
    pollfd waiting = {nflogcap_fd(capture.get()), POLLIN, 0};
    return poll(&waiting, 1, 0) == 1;
}
