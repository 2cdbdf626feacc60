// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "formats.hpp"
#include "link_type.hpp"
#include "record_format.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nflog {

// A pcapng file with times in nanoseconds. It has one section. Each device has an interface in it,
// which is described before the interface's first packet. The end of the file contains the counters
// of the interfaces.
//
// A file of link type RAW has only one interface, because libpcap cannot read more. libpcap
// compares LINKTYPE_RAW, the link type of the second interface, with DLT_RAW, its own number for
// that of the first interface.
class PcapngFormat final : public RecordFormat {
public:
    PcapngFormat(LinkType link_type, const InterfaceNamer& namer);

    [[nodiscard]] std::size_t max_appended_bytes() const noexcept override;
    void append_head(std::vector<char>& to) override;
    void append_packet(std::vector<char>& to, const Packet& packet) override;
    void append_end(std::vector<char>& to) override;
    // After this a new section begins, because the numbers of the interfaces in the file are
    // unknown.
    void forget_file() noexcept override;

private:
    struct Interface {
        std::uint32_t number;
        std::uint64_t packets = 0;
        std::uint64_t lost = 0;
    };

    [[nodiscard]] std::uint64_t key_of_interface(const nflogcap_packet& packet) const noexcept;
    void append_interface(std::vector<char>& to, std::string_view name) const;
    void append_interface(std::vector<char>& to, const nflogcap_packet& packet) const;
    void append_record(std::vector<char>& to, std::uint32_t interface, const Packet& packet);

    LinkType link_type_;
    bool has_one_interface_;
    InterfaceNamer namer_;
    std::vector<char> section_; // the first block of a section
    std::vector<char> comment_; // room for a comment, if packets have comments

    // State of the current section:
    bool has_section_ = false;
    std::unordered_map<std::uint64_t, Interface> interfaces_; // by key
    std::uint64_t latest_ns_ = 0;                             // latest time of a packet
};

} // namespace nflog
