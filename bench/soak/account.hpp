// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>

namespace soak {

// Throws the text as an exception if the condition is false. That ends the reader's run.
void expect(bool holds, const std::string& words);

// Checks the packets of one binding of a group. The sender has written a number into each packet.
// These numbers depend neither on the kernel's numbers nor on the library's arithmetic.
class Account {
public:
    enum class Gaps {
        // a missing number is a lost packet, because everything that is sent is logged and
        // delivered
        are_losses,
        // other numbers can be missing too, because rules change or a filter rejects packets
        allowed,
    };
    explicit Account(Gaps gaps) : gaps_(gaps) {}

    // Throws if a packet arrives twice or out of order. Also throws if the number of packets that
    // are missing before it differs from the number that it reports.
    void take(const nflogcap_packet& packet);

    [[nodiscard]] std::uint64_t taken() const { return taken_; }

    // The numbers of the packets that were logged to this binding so far: from the first one,
    // including lost packets, to the one after the last received packet. If gaps are allowed, some
    // numbers in the range were not logged.
    struct Range {
        std::uint64_t first;
        std::uint64_t next;
    };
    [[nodiscard]] const std::optional<Range>& range() const { return range_; }

private:
    Gaps gaps_;
    std::uint64_t taken_ = 0;
    std::optional<Range> range_; // empty until a packet arrives
};

// Returns the number in an IPv4 packet that support::Sender has sent.
std::uint64_t number_of(const nflogcap_packet& packet);

} // namespace soak
