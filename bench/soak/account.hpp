// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <nflogcap.h>
#include <optional>
#include <string>

namespace soak {

// Throws, with the words, unless it holds. A reader's run ends there.
void expect(bool holds, const std::string& words);

// What one binding of a group brings, held against the numbers that the sender wrote into the
// packets: they know nothing of the kernel's numbers, nor of the library's arithmetic.
class Account {
public:
    enum class Gaps {
        are_losses, // each number that is missing was lost: all that is sent is logged and
                    // delivered
        allowed,    // others are missing too: rules come and go, or a filter rejects
    };
    explicit Account(Gaps gaps) : gaps_(gaps) {}

    // Throws for a packet that comes twice or out of order, or where more or fewer packets are
    // missing before it than it says.
    void take(const nflogcap_packet& packet);

    [[nodiscard]] std::uint64_t taken() const { return taken_; }

    // The numbers that the kernel logged to this binding, up to the last that came: from the first,
    // lost ones included, to before the next. Where gaps are allowed not all of them.
    struct Range {
        std::uint64_t first;
        std::uint64_t next;
    };
    [[nodiscard]] const std::optional<Range>& range() const { return range_; }

private:
    Gaps gaps_;
    std::uint64_t taken_ = 0;
    std::optional<Range> range_; // none before a packet has come
};

// The number in a packet that support::Sender sent by IPv4.
std::uint64_t number_of(const nflogcap_packet& packet);

} // namespace soak
