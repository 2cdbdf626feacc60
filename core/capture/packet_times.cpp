// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_times.hpp"

#include "kernel_time.hpp"

#include <algorithm>
#include <optional>

namespace nflog {

// Spreads the packets from the current one to the next stamped packet, or to the batch's end,
// evenly between the latest time before them and the earliest time after them.
void PacketTimes::estimate(MessageCursor rest) noexcept
{
    std::optional<std::uint64_t> stamp;
    unset_ = 1;
    while (rest.more() && !(stamp = find_kernel_time(rest.next())))
        ++unset_;

    // The time of the previous packet can be later than that of the next stamp if the clock was set
    // back, or if two processors stamped packets at once.
    const std::uint64_t known = stamp.value_or(read_ns_);
    const bool is_last_later = last_ns_ > known;
    std::uint64_t end = known;
    if (!stamp)
        end = std::min(known, source_->unread_since_ns(place_));
    if (!is_last_later)
        end = std::max(end, last_ns_);
    std::uint64_t begin = known - std::min(known, source_->max_wait_ns(place_));
    if (!is_last_later)
        begin = std::max(begin, last_ns_);
    else if (stamp)
        begin = end;
    begin = std::min(begin, end);
    last_ns_ = begin;
    step_ns_ = (end - begin) / (unset_ + 1);
}

} // namespace nflog
