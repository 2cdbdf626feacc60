// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcap_format.hpp"

#include "record_framing.hpp"
#include "savefile_record.hpp"

#include <pcap/pcap.h>

namespace nflog {

namespace {

void append(std::vector<char>& to, const void* bytes, std::size_t size)
{
    const auto* from = static_cast<const char*>(bytes);
    to.insert(to.end(), from, from + size);
}

} // namespace

std::size_t PcapFormat::max_appended_bytes() const noexcept
{
    return sizeof(PcapRecordHeader) + max_record_bytes;
}

void PcapFormat::append_head(std::vector<char>& to)
{
    pcap_file_header head{};
    head.magic = RecordFraming::pcap_nanoseconds;
    head.version_major = PCAP_VERSION_MAJOR;
    head.version_minor = PCAP_VERSION_MINOR;
    head.snaplen = max_record_bytes;
    head.linktype = static_cast<bpf_u_int32>(link_type_);
    append(to, &head, sizeof head);
}

void PcapFormat::append_packet(std::vector<char>& to, const Packet& packet)
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    const std::uint64_t time = packet.fields.timestamp_ns;
    const auto size = static_cast<std::uint32_t>(packet.record.bytes.size());
    const PcapRecordHeader header = {static_cast<std::uint32_t>(time / ns_per_second),
                                     static_cast<std::uint32_t>(time % ns_per_second), size,
                                     packet.record.length};
    append(to, &header, sizeof header);
    append(to, packet.record.bytes.data(), size);
}

} // namespace nflog
