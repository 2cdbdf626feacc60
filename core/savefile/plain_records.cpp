// SPDX-License-Identifier: GPL-2.0-or-later
#include "plain_records.hpp"

#include "savefile_record.hpp"

#include <algorithm>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace nflog {

static_assert(sizeof(PcapRecordHeader) == NLMSG_HDRLEN);

namespace {

constexpr std::uint64_t ns_per_microsecond = 1000;

} // namespace

PlainRecords::PlainRecords(const RecordFraming& framing, std::size_t snaplen) noexcept
    : max_captured_(std::min(snaplen, max_record_bytes)),
      fraction_ns_(framing.is_in_nanoseconds() ? 1 : ns_per_microsecond)
{
}

PlainRecords::Messages PlainRecords::make_messages(std::span<std::byte> bytes) const noexcept
{
    Messages made;
    std::uint16_t group = 0;
    while (bytes.size() - made.bytes >= sizeof(PcapRecordHeader) + sizeof(nfgenmsg)) {
        const std::span<std::byte> rest = bytes.subspan(made.bytes);
        PcapRecordHeader record;
        std::memcpy(&record, rest.data(), sizeof record);
        if (!is_plain(record) || record.captured > rest.size() - sizeof record)
            break;
        const std::span<std::byte> packet = rest.subspan(sizeof record, record.captured);
        nfgenmsg message;
        std::memcpy(&message, packet.data(), sizeof message);
        if (made.count > 0 && message.res_id != group)
            break;
        group = message.res_id;
        const std::size_t length = sizeof record + record.captured;
        const nlmsghdr header = header_of_message(length, stamp_ns(record));
        std::memcpy(rest.data(), &header, sizeof header);
        if (record.captured < record.length)
            repair_cut(packet.subspan(sizeof message));
        made.bytes += length;
        ++made.count;
    }
    return made;
}

bool PlainRecords::is_plain(const PcapRecordHeader& record) const noexcept
{
    return record.captured > sizeof(nfgenmsg) && record.captured <= max_captured_ &&
           record.captured % NLMSG_ALIGNTO == 0 && record.fraction <= INT32_MAX;
}

std::uint64_t PlainRecords::stamp_ns(const PcapRecordHeader& record) const noexcept
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    return record.seconds * ns_per_second + record.fraction * fraction_ns_;
}

} // namespace nflog
