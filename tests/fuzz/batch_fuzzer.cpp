// SPDX-License-Identifier: GPL-2.0-or-later
// Reads datagrams as a capture does: it finds the messages in them, counts packets by group, and
// counts dropped datagrams. The results are compared with those of a simpler implementation.
#include "group_table.hpp"
#include "libfuzzer.hpp"
#include "message_cursor.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "refused_batches.hpp"
#include "view_checks.hpp"

#include <array>

using fuzz::must;
using Bytes = std::span<const std::byte>;

namespace {

// The third group has the same hash as the first one in the table of remembered groups.
constexpr auto numbers = std::to_array<std::uint16_t>({5, 6, 1029, 65535});

// The expected counters of a group.
struct Count {
    std::uint64_t received = 0;
    std::uint64_t filtered = 0;
    std::uint64_t lost = 0;
    std::uint64_t untold = 0;
    std::uint32_t next = 0;    // expected number of the next packet
    bool without_break = true; // no packet so far had a lower number than the one before
};

// Returns whether a datagram consists only of complete messages of the types that occur in a batch.
bool is_whole(Bytes datagram, std::size_t& packets)
{
    while (datagram.size() >= NLMSG_HDRLEN) {
        const nlmsghdr header = fuzz::header_of(datagram);
        if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > datagram.size())
            return false;
        const bool is_packet = header.nlmsg_type == nflog::MessageCursor::packet_type &&
                               header.nlmsg_len > NLMSG_HDRLEN + sizeof(nfgenmsg);
        if (!is_packet && header.nlmsg_type != NLMSG_DONE && header.nlmsg_type != NLMSG_NOOP)
            return false;
        packets += is_packet ? 1 : 0;
        datagram =
            datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
    }
    return datagram.empty();
}

class Walk {
public:
    Walk()
    {
        for (const std::uint16_t number : numbers)
            groups_.add(number);
    }

    void look_at_queue(const nlmsghdr& mark)
    {
        refused_before_ += mark.nlmsg_seq - queue_.refused;
        queue_ = {mark.nlmsg_pid, mark.nlmsg_seq};
        refused_.look_at(queue_);
        must(refused_.total() == refused_before_, "each refused batch is counted, once");
        must(refused_.certain() <= refused_.total(), "no more losses are certain than exist");
        must(refused_.is_unsettled() || refused_.certain() == refused_.total(),
             "uncertain losses are still unsettled");
    }

    // Reads a datagram as Capture::load() and Capture::advance() do.
    void read(Bytes datagram)
    {
        nflog::MessageCursor cursor(datagram);
        if (nflog::GroupCounters* group = cursor.more() ? groups_.find(cursor.group()) : nullptr)
            group->receive_batch(datagram.size(), refused_.certain());
        const std::byte* end = datagram.data();
        std::size_t messages = 0;
        while (cursor.more()) {
            const std::uint16_t number = cursor.group();
            const Bytes message = cursor.next();
            must(message.data() >= end + NLMSG_HDRLEN && message.size() > sizeof(nfgenmsg),
                 "messages do not overlap");
            end = message.data() + message.size();
            must(end <= datagram.data() + datagram.size(), "a message is within its datagram");
            read_message(message, number);
            ++messages;
        }
        must(cursor.next().empty() && !cursor.more(), "no message follows the end");
        std::size_t expected = 0;
        const bool whole = is_whole(datagram, expected);
        must((cursor.take_fragments() == 0) == whole, "only incomplete messages are fragments");
        must(!whole || messages == expected, "no message is skipped");
        must(cursor.take_fragments() == 0, "a fragment is counted once");
    }

    void finish() const
    {
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const nflog::GroupCounters& group = *(groups_.begin() + static_cast<std::ptrdiff_t>(i));
            nflogcap_stats stats{};
            group.add_to(stats);
            const Count& count = counts_[i];
            must(group.group() == numbers[i], "groups are in the order in which they were added");
            must(stats.received == count.received && stats.filtered == count.filtered &&
                     stats.delivered == count.received - count.filtered,
                 "each packet is counted");
            must(stats.lost == count.lost, "each gap is a loss");
            must(!count.without_break ||
                     static_cast<std::uint32_t>(stats.received + stats.lost) == count.next,
                 "received and lost packets are all numbered packets");
            must(group.settled() <= refused_.total(), "no more is settled than was refused");
        }
    }

private:
    void read_message(Bytes message, std::uint16_t number)
    {
        nflogcap_packet packet;
        if (!fuzz::parse_and_walk(message, packet))
            return;
        must(packet.group == number, "the cursor knows the group");
        nflog::GroupCounters* group = groups_.find(number);
        const auto* place = std::ranges::find(numbers, number);
        must((group != nullptr) == (place != numbers.end()), "a group is found where it was added");
        if (group == nullptr)
            return;
        must(groups_.place(*group) == static_cast<std::size_t>(place - numbers.begin()),
             "a group is found in its place");
        count(*group, counts_[groups_.place(*group)], packet);
    }

    void count(nflog::GroupCounters& group, Count& count, nflogcap_packet& packet)
    {
        const bool has_number = (packet.present & NFLOGCAP_HAS_SEQ) != 0;
        must(group.receive(packet) == has_number,
             "a packet without a number was logged before the group's settings applied");
        if (!has_number)
            return;
        const auto ahead = static_cast<std::int32_t>(packet.seq - count.next);
        const std::uint32_t gap = ahead > 0 ? static_cast<std::uint32_t>(ahead) : 0;
        count.next = packet.seq + 1;
        count.without_break = count.without_break && ahead >= 0;
        ++count.received;
        count.lost += gap;

        must(packet.lost_before == gap, "the loss before a packet is the gap before its number");
        if (packet.lost_before > 0)
            refused_.look_at(queue_);
        if (packet.mark % 2 == 1) { // as if a filter rejected the packet
            group.reject(packet);
            ++count.filtered;
            count.untold += gap;
            return;
        }
        group.deliver(packet);
        must(packet.lost_before == gap + count.untold,
             "a loss before rejected packets is reported with the next accepted packet");
        count.untold = 0;
    }

    nflog::GroupTable groups_;
    std::array<Count, numbers.size()> counts_;
    nflog::RefusedBatches refused_;
    nflog::SocketQueue queue_{0, 0};
    std::uint64_t refused_before_ = 0;
};

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = std::as_bytes(std::span(data, size));
    Walk walk;
    std::size_t begin = 0;
    fuzz::each_message(input, [&](Bytes message) {
        if (fuzz::header_of(message).nlmsg_type != fuzz::queue_type)
            return;
        const auto at = static_cast<std::size_t>(message.data() - input.data());
        walk.read(input.subspan(begin, at - begin));
        walk.look_at_queue(fuzz::header_of(message));
        begin = at + message.size();
    });
    walk.read(input.subspan(begin));
    walk.finish();
    return 0;
}
