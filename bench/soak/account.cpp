// SPDX-License-Identifier: GPL-2.0-or-later
#include "account.hpp"

#include <cstring>
#include <stdexcept>

namespace soak {

void expect(bool holds, const std::string& words)
{
    if (!holds)
        throw std::runtime_error(words);
}

std::uint64_t number_of(const nflogcap_packet& packet)
{
    constexpr std::size_t headers = 20 + 8; // IPv4 and UDP
    std::uint64_t number = 0;
    expect(packet.payload_length >= headers + sizeof number,
           "a packet of " + std::to_string(packet.payload_length) +
               " bytes, which was not sent by this program");
    std::memcpy(&number, packet.payload + headers, sizeof number);
    return number;
}

void Account::take(const nflogcap_packet& packet)
{
    const std::uint64_t number = number_of(packet);
    const auto description = [&] {
        return "packet " + std::to_string(number) + " (seq " + std::to_string(packet.seq) +
               ", lost_before " + std::to_string(packet.lost_before) + ")";
    };
    ++taken_;
    if (!range_) {
        expect(number >= packet.lost_before,
               description() +
                   ", the first of a binding, reports more losses than packets were sent");
        range_ = {number - packet.lost_before, number + 1};
        return;
    }
    // the condition is tested first, so that the text is only built after a failure
    if (number < range_->next)
        expect(false, description() + " came after packet " + std::to_string(range_->next - 1));
    const std::uint64_t missing = number - range_->next;
    if (missing != packet.lost_before)
        expect(gaps_ == Gaps::allowed && missing > packet.lost_before,
               description() + " came after packet " + std::to_string(range_->next - 1) + ": " +
                   std::to_string(missing) + " are missing between them");
    range_->next = number + 1;
}

} // namespace soak
