// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "record_framing.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace nflog {

// Converts the records of a plain pcap file of LINKTYPE_NFLOG to messages without copying. The
// netlink header of a message replaces the header of its record, because both have the same size.
class PlainRecords {
public:
    // `snaplen`: the maximum length of a record in the file.
    PlainRecords(const RecordFraming& framing, std::size_t snaplen) noexcept;

    struct Messages {
        std::size_t bytes = 0;
        std::size_t count = 0;
    };

    // Converts the first records in `bytes` that belong to one group, are complete and are plain. A
    // record is not plain if it is too short for a message, if it is longer than the snaplen, if
    // its length is not aligned, or if its time is invalid. libpcap must read such a record.
    [[nodiscard]] Messages make_messages(std::span<std::byte> bytes) const noexcept;

private:
    [[nodiscard]] bool is_plain(const PcapRecordHeader& record) const noexcept;
    [[nodiscard]] std::uint64_t stamp_ns(const PcapRecordHeader& record) const noexcept;

    std::size_t max_captured_;
    std::uint64_t fraction_ns_;
};

} // namespace nflog
