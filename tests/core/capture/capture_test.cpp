// SPDX-License-Identifier: GPL-2.0-or-later
#include "capture.hpp"

#include "message_builder.hpp"

#include "catch.hpp"
#include "network.hpp"

#include <algorithm>
#include <deque>
#include <sys/socket.h>

using nflog::Capture;
using synthetic::Batch;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::Message;
using synthetic::numbered;

namespace {

// A batch that the capture receives instead of one of the kernel's.
struct Forged {
    Bytes bytes;
    std::size_t whole_length; // before the batch was cut to the receive buffer
};
std::deque<Forged> forgeries; // NOLINT(*-avoid-non-const-global-variables): the wrapper has no self

void forge(const Batch& batch)
{
    forgeries.push_back({exact_copy(batch.span()), batch.span().size()});
}

bool is_packet(const void* datagram)
{
    nlmsghdr header;
    std::memcpy(&header, datagram, sizeof header);
    return header.nlmsg_type == ((NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_PACKET);
}

} // namespace

// The linker makes the core call __wrap_recvfrom(), which can call the real function as
// __real_recvfrom().
extern "C" ssize_t __real_recvfrom(int fd, void* buffer, size_t size, int flags, sockaddr* sender,
                                   socklen_t* sender_length);

extern "C" ssize_t __wrap_recvfrom(int fd, void* buffer, size_t size, int flags, sockaddr* sender,
                                   socklen_t* sender_length)
{
    const ssize_t length = __real_recvfrom(fd, buffer, size, flags, sender, sender_length);
    if (length < NLMSG_HDRLEN || forgeries.empty() || !is_packet(buffer))
        return length;
    const Forged forged = std::move(forgeries.front());
    forgeries.pop_front();
    std::memcpy(buffer, forged.bytes.data(), std::min(size, forged.bytes.size()));
    return static_cast<ssize_t>(forged.whole_length);
}

namespace {

constexpr std::uint16_t group = 5;
constexpr std::uint16_t port = 7005;

// A capture of group 5. Each packet that is sent becomes a separate batch, which a forged batch
// replaces.
class ForgedCapture {
public:
    ForgedCapture() : sender_(port)
    {
        support::nft(support::log_udp(port, "group 5"));
        capture_.add_group(group);
        capture_.settings(nflog::Option::delivery)
            .set_number(nflog::Option::delivery, NFLOGCAP_IMMEDIATE);
        capture_.start();
    }

    // Receives these batches, and returns the numbers of their packets.
    std::vector<std::uint32_t> receive(std::initializer_list<Batch> batches)
    {
        for (const Batch& batch : batches)
            forge(batch);
        return receive_forged();
    }

    std::vector<std::uint32_t> receive_forged()
    {
        sender_.send(forgeries.size());
        std::vector<std::uint32_t> numbers;
        const nflogcap_packet* packet = nullptr;
        constexpr int timeout_ms = 200; // enough, because the batches are already queued
        while (next(packet, timeout_ms)) {
            numbers.push_back(packet->seq);
            lost_.push_back(packet->lost_before);
        }
        CHECK(forgeries.empty());
        return numbers;
    }

    // Calls the capture in the same way as the C ABI.
    bool next(const nflogcap_packet*& packet, int timeout_ms)
    {
        return capture_.take(packet) || capture_.next(packet, timeout_ms) == nflog::Outcome::packet;
    }

    nflogcap_stats stats() { return capture_.stats(); }
    [[nodiscard]] const std::vector<std::uint64_t>& lost() const { return lost_; }
    Capture& capture() { return capture_; }

private:
    support::Namespace namespace_;
    support::Sender sender_;
    Capture capture_;
    std::vector<std::uint64_t> lost_;
};

using Numbers = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("synthetic: a fragment in a batch is malformed, and affects no other packet")
{
    ForgedCapture forged;
    const Message torn = numbered(1);
    CHECK(forged.receive({Batch()
                              .add(numbered(0))
                              .fragment_of(torn, torn.whole().size() - 8)
                              .add(numbered(2))
                              .done()}) == Numbers{0, 2});
    CHECK(forged.stats().malformed == 1);
    CHECK(forged.lost() == std::vector<std::uint64_t>{0, 1});
}

TEST_CASE("synthetic: a batch that is only a fragment is malformed")
{
    ForgedCapture forged;
    const Message torn = numbered(0);
    CHECK(forged.receive({Batch().fragment_of(torn, torn.whole().size() - 8),
                          Batch().add(numbered(1))}) == Numbers{1});
    CHECK(forged.stats().malformed == 1);
    CHECK(forged.stats().batches == 2);
}

TEST_CASE("synthetic: a packet that cannot be parsed is malformed, and affects no other packet")
{
    ForgedCapture forged;
    Message broken = numbered(1);
    broken.put(NFULA_MARK, Bytes(3));
    CHECK(forged.receive({Batch().add(numbered(0)).add(broken).add(numbered(2)).done(),
                          Batch().add(broken), Batch().add(numbered(3))}) == Numbers{0, 2, 3});
    CHECK(forged.stats().malformed == 2);
    CHECK(forged.stats().received == 3);
    CHECK(forged.stats().lost == 1);
}

TEST_CASE("synthetic: a packet of a group that was not requested is malformed")
{
    ForgedCapture forged;
    CHECK(forged.receive({Batch().add(numbered(0)).add(numbered(0, group + 1)).add(numbered(1))}) ==
          Numbers{0, 1});
    CHECK(forged.stats().malformed == 1);
    CHECK(forged.stats().lost == 0);
}

TEST_CASE("synthetic: a batch longer than the receive buffer is counted, and its complete packets "
          "are delivered")
{
    constexpr std::size_t receive_buffer = std::size_t{512} * 1024;
    ForgedCapture forged;
    Batch long_batch;
    std::uint32_t number = 0;
    while (long_batch.span().size() <= receive_buffer)
        long_batch.add(numbered(number++));
    forge(long_batch);
    const Numbers numbers = forged.receive_forged();
    // The length of the buffer is not a multiple of a packet's length, so one packet is cut.
    REQUIRE(receive_buffer % numbered(0).whole().size() != 0);
    CHECK(numbers.size() == number - 1);
    CHECK(forged.stats().truncated == 1);
    CHECK(forged.stats().malformed == 1);
    CHECK(forged.stats().bytes == receive_buffer);

    CHECK(forged.receive({Batch().add(numbered(number + 9))}) == Numbers{number + 9});
    CHECK(forged.stats().truncated == 1);
    CHECK(forged.stats().lost == 10);
}

TEST_CASE("synthetic: numbers wrap past 32 bits without a loss")
{
    ForgedCapture forged;
    CHECK(forged.receive({Batch().add(numbered(0x7fffffff)), Batch().add(numbered(0xfffffffe)),
                          Batch().add(numbered(0xffffffff)).add(numbered(0)).done(),
                          Batch().add(numbered(2))}) ==
          Numbers{0x7fffffff, 0xfffffffe, 0xffffffff, 0, 2});
    CHECK(forged.lost() == std::vector<std::uint64_t>{0x7fffffff, 0x7ffffffe, 0, 0, 1});
}

TEST_CASE("synthetic: packets without a stamp have estimated times, in their order")
{
    ForgedCapture forged;
    forge(Batch().add(numbered(0)).add(numbered(1)).done());
    support::Sender(port).send(1);
    timespec before{};
    timespec after{};
    const nflogcap_packet* packet = nullptr;
    clock_gettime(CLOCK_REALTIME, &before);
    REQUIRE(forged.next(packet, 1000));
    clock_gettime(CLOCK_REALTIME, &after);
    const auto ns = [](const timespec& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
               static_cast<std::uint64_t>(time.tv_nsec);
    };
    CHECK((packet->present & NFLOGCAP_HAS_TIMESTAMP) == 0);
    const std::uint64_t first = packet->timestamp_ns;
    constexpr std::uint64_t gathering =
        15'000'000; // how long the kernel may have gathered the packet
    CHECK(first + gathering >= ns(before));
    CHECK(first <= ns(after));
    REQUIRE(forged.next(packet, 0));
    CHECK(packet->timestamp_ns >= first);
    CHECK(packet->timestamp_ns <= ns(after));
}

TEST_CASE("synthetic: the next delivered packet reports a loss before a rejected packet, once")
{
    ForgedCapture forged;
    forged.capture().use_filter(nflog::compiled_filter("link[0] = 0"));
    const auto accepted = [](std::uint32_t seq) {
        Message message(group);
        return message.put(NFULA_PACKET_HDR, synthetic::bytes({0x08, 0x00, 0, 0}))
            .put_be32(NFULA_SEQ, seq)
            .put(NFULA_PAYLOAD, Bytes(20));
    };
    CHECK(forged.receive({Batch().add(accepted(1)).add(numbered(4)).add(numbered(5)).done(),
                          Batch().add(numbered(9)),
                          Batch().add(accepted(12)).add(accepted(13)).done(),
                          Batch().add(numbered(15))}) == Numbers{1, 12, 13});
    CHECK(forged.lost() == std::vector<std::uint64_t>{1, 2 + 3 + 2, 0});
    CHECK(forged.stats().lost == 9);
    CHECK(forged.stats().filtered == 4);
    CHECK(forged.stats().delivered == 3);
    forged.capture().use_filter(nullptr);
    CHECK(forged.receive({Batch().add(numbered(16))}) == Numbers{16});
    CHECK(forged.lost().back() == 1);
}
