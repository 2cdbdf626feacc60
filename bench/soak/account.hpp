// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>

namespace soak {

// Throws the text if the condition is false. This ends the run of the reader.
void expect(bool holds, const std::string& words);

// Compares the packets of one binding of a group with the numbers that the sender wrote into them.
// Those numbers are independent of the kernel's numbers and of the library's arithmetic.
class Account {
public:
    enum class Gaps {
        are_losses, // a missing number was lost: everything that is sent is logged and delivered
        allowed,    // other numbers are missing too: rules change, or a filter rejects packets
    };
    explicit Account(Gaps gaps) : gaps_(gaps) {}

    // Throws for a packet that arrives twice or out of order, or if the number of packets missing
    // before it differs from what it reports.
    void take(const nflogcap_packet& packet);

    [[nodiscard]] std::uint64_t taken() const { return taken_; }

    // The numbers that the kernel logged to this binding, up to the last received: from the first,
    // including lost ones, to the one after the last. If gaps are allowed, not all of them.
    struct Range {
        std::uint64_t first;
        std::uint64_t next;
    };
    [[nodiscard]] const std::optional<Range>& range() const { return range_; }

private:
    Gaps gaps_;
    std::uint64_t taken_ = 0;
    std::optional<Range> range_; // empty before the first packet
};

// The number in an IPv4 packet of support::Sender.
std::uint64_t number_of(const nflogcap_packet& packet);

} // namespace soak
