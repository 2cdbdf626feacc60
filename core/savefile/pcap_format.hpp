// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "link_type.hpp"
#include "record_format.hpp"

namespace nflog {

// A pcap file with times in nanoseconds.
class PcapFormat final : public RecordFormat {
public:
    explicit PcapFormat(LinkType link_type) noexcept : link_type_(link_type) {}

    [[nodiscard]] std::size_t max_appended_bytes() const noexcept override;
    void append_head(std::vector<char>& to) override;
    void append_packet(std::vector<char>& to, const Packet& packet) override;
    void append_end(std::vector<char>& /*to*/) override {}
    void forget_file() noexcept override {} // a record does not depend on earlier ones

private:
    LinkType link_type_;
};

} // namespace nflog
