// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "record_framing.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace nflog {

// Makes messages of the records of a plain pcap file of LINKTYPE_NFLOG, without a copy: the netlink
// header of a message has the size of the record's header, and takes its place.
class PlainRecords {
public:
    // `snaplen`: the longest record of the file.
    PlainRecords(const RecordFraming& framing, std::size_t snaplen) noexcept;

    struct Messages {
        std::size_t bytes = 0;
        std::size_t count = 0;
    };

    // Makes messages of the first records in `bytes`: of those that are of one group, whole, and
    // plain. A record is not plain if it is too short for a message, longer than the snaplen, of a
    // length that is not aligned, or of an invalid time: then it is left to libpcap.
    [[nodiscard]] Messages make_messages(std::span<std::byte> bytes) const noexcept;

private:
    [[nodiscard]] bool is_plain(const PcapRecordHeader& record) const noexcept;
    [[nodiscard]] std::uint64_t stamp_ns(const PcapRecordHeader& record) const noexcept;

    std::size_t max_captured_;
    std::uint64_t fraction_ns_;
};

} // namespace nflog
