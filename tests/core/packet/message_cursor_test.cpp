// SPDX-License-Identifier: GPL-2.0-or-later
#include "message_builder.hpp"
#include "message_cursor.hpp"
#include "packet_parser.hpp"

#include "catch.hpp"

#include <algorithm>

using nflog::MessageCursor;
using synthetic::Batch;
using synthetic::Bytes;
using synthetic::exact_copy;
using synthetic::Message;
using synthetic::numbered;
using synthetic::text;

namespace {

using Numbers = std::vector<std::uint32_t>;

struct Walked {
    Numbers numbers; // of the packets, in the order in which they were found
    std::uint32_t fragments = 0;
};

Walked walk(std::span<const std::byte> batch)
{
    const Bytes copy = exact_copy(batch);
    MessageCursor cursor(copy);
    Walked walked;
    while (cursor.more()) {
        nflogcap_packet view;
        const std::span<const std::byte> message = cursor.next();
        REQUIRE_FALSE(message.empty());
        REQUIRE(nflog::parse_packet(message, view));
        walked.numbers.push_back(view.seq);
    }
    CHECK(cursor.next().empty());
    walked.fragments = cursor.take_fragments();
    return walked;
}

Walked walk(const Batch& batch)
{
    return walk(batch.span());
}

Message of_type(std::uint16_t type)
{
    Message message;
    message.header().nlmsg_type = type;
    return message;
}

} // namespace

TEST_CASE("an empty batch has no packet")
{
    MessageCursor none;
    CHECK_FALSE(none.more());
    CHECK(none.next().empty());
    CHECK(none.take_fragments() == 0);

    const Walked walked = walk(Batch());
    CHECK(walked.numbers.empty());
    CHECK(walked.fragments == 0);
}

TEST_CASE("a batch of one packet has no NLMSG_DONE")
{
    const Walked walked = walk(Batch().add(numbered(8)));
    CHECK(walked.numbers == Numbers{8});
    CHECK(walked.fragments == 0);
}

TEST_CASE("packets before an NLMSG_DONE are found in order, and nothing follows")
{
    Batch batch;
    Numbers expected;
    for (std::uint32_t number = 0; number < 100; ++number) {
        batch.add(numbered(number));
        expected.push_back(number);
    }
    batch.done();
    const Walked walked = walk(batch);
    CHECK(walked.numbers == expected);
    CHECK(walked.fragments == 0);
}

TEST_CASE("a batch of only NLMSG_DONE has no packet")
{
    const Walked walked = walk(Batch().done());
    CHECK(walked.numbers.empty());
    CHECK(walked.fragments == 0);
}

TEST_CASE("a packet is returned without its netlink header")
{
    const Message message = numbered(1);
    MessageCursor cursor(message.whole());
    const std::span<const std::byte> given = cursor.next();
    CHECK(given.data() == message.body().data());
    CHECK(given.size() == message.body().size());
}

TEST_CASE("the cursor finds the next packet after one with an unpadded last attribute")
{
    for (std::size_t length = 1; length <= 8; ++length) {
        Message odd;
        odd.put_be32(NFULA_SEQ, 1).put(NFULA_PAYLOAD, Bytes(length));
        const std::uint32_t unpadded =
            NLMSG_HDRLEN + sizeof(nfgenmsg) + 8 + 4 + static_cast<std::uint32_t>(length);
        Batch batch;
        batch.add(odd).add(numbered(2)).done();
        batch.claim_length(0, unpadded);
        const Walked walked = walk(batch);
        CHECK(walked.numbers == Numbers{1, 2});
        CHECK(walked.fragments == 0);
    }
}

TEST_CASE("messages without content are skipped")
{
    const Walked walked = walk(Batch()
                                   .add(of_type(NLMSG_NOOP))
                                   .add(numbered(1))
                                   .add(of_type(NLMSG_NOOP))
                                   .add(numbered(2))
                                   .done());
    CHECK(walked.numbers == Numbers{1, 2});
    CHECK(walked.fragments == 0);
}

TEST_CASE("a message of another kind is counted and skipped")
{
    for (const int type :
         {int{NLMSG_ERROR}, int{NLMSG_OVERRUN}, (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_CONFIG,
          (NFNL_SUBSYS_QUEUE << 8) | NFULNL_MSG_PACKET}) {
        CAPTURE(type);
        const Walked walked = walk(Batch()
                                       .add(numbered(1))
                                       .add(of_type(static_cast<std::uint16_t>(type)))
                                       .add(numbered(2))
                                       .done());
        CHECK(walked.numbers == Numbers{1, 2});
        CHECK(walked.fragments == 1);
    }
}

TEST_CASE("a fragment of a packet, cut anywhere, affects no other packet")
{
    Message torn = numbered(2);
    torn.put(NFULA_PREFIX, text(std::string_view("a prefix", 9)));
    const std::size_t headers = NLMSG_HDRLEN + sizeof(nfgenmsg);
    for (std::size_t written = headers; written <= torn.whole().size(); written += 4) {
        CAPTURE(written);
        const Walked first = walk(Batch().fragment_of(torn, written).add(numbered(3)).done());
        CHECK(first.numbers == Numbers{3});
        CHECK(first.fragments == 1);

        const Walked middle = walk(Batch()
                                       .add(numbered(1))
                                       .fragment_of(torn, written)
                                       .add(numbered(3))
                                       .add(numbered(4))
                                       .done());
        CHECK(middle.numbers == Numbers{1, 3, 4});
        CHECK(middle.fragments == 1);

        const Walked last = walk(Batch().add(numbered(1)).fragment_of(torn, written).done());
        CHECK(last.numbers == Numbers{1});
        CHECK(last.fragments == 1);

        const Walked unclosed = walk(Batch().add(numbered(1)).fragment_of(torn, written));
        CHECK(unclosed.numbers == Numbers{1});
        CHECK(unclosed.fragments == 1);
    }
}

TEST_CASE("fragments with packets between them are counted separately")
{
    const Message torn = numbered(0);
    const std::size_t written = torn.whole().size() - 8;
    const Walked walked = walk(Batch()
                                   .fragment_of(torn, written)
                                   .add(numbered(1))
                                   .fragment_of(torn, written)
                                   .add(numbered(2))
                                   .fragment_of(torn, written));
    CHECK(walked.numbers == Numbers{1, 2});
    CHECK(walked.fragments == 3);
}

TEST_CASE("fragments are reported once")
{
    const Message torn = numbered(0);
    Batch batch;
    batch.fragment_of(torn, torn.whole().size()).add(numbered(1));
    MessageCursor cursor(batch.span());
    CHECK(cursor.take_fragments() == 1);
    CHECK(cursor.take_fragments() == 0);
    CHECK(cursor.more());
}

TEST_CASE("an impossible length affects no other packet")
{
    const auto length = static_cast<std::uint32_t>(numbered(0).whole().size());
    for (const std::uint32_t claimed : {0U, 3U, 4U, 15U, 16U, 19U, 20U, 5 * length, 0x7fffffffU,
                                        0x80000000U, 0xfffffffcU, 0xffffffffU}) {
        CAPTURE(claimed);
        Batch batch;
        batch.add(numbered(1)).add(numbered(2)).add(numbered(3)).done();
        batch.claim_length(length, claimed);
        const Walked walked = walk(batch);
        CHECK(walked.numbers == Numbers{1, 3});
        CHECK(walked.fragments == 1);
    }
}

TEST_CASE("an NLMSG_DONE with an impossible length affects no packet")
{
    for (const std::uint32_t claimed : {0U, 3U, 15U, 21U, 0xffffffffU}) {
        CAPTURE(claimed);
        Batch batch;
        batch.add(numbered(1)).add(numbered(2));
        const std::size_t at = batch.span().size();
        batch.done();
        batch.claim_length(at, claimed);
        const Walked walked = walk(batch);
        CHECK(walked.numbers == Numbers{1, 2});
        CHECK(walked.fragments == 1);
    }
}

TEST_CASE("data within a fragment that looks like a packet is not taken for one")
{
    // Other people choose the bytes of a prefix or of a hardware header.
    const auto disguised = [](void (*tell_tale)(nlmsghdr&)) {
        Bytes fake = exact_copy(numbered(666).whole());
        tell_tale(*reinterpret_cast<nlmsghdr*>(fake.data()));
        const Message torn = Message().put(NFULA_PREFIX, fake);
        return Batch()
            .add(numbered(1))
            .fragment_of(torn, torn.whole().size())
            .add(numbered(2))
            .done();
    };
    using TellTale = void (*)(nlmsghdr&);
    for (const TellTale tell_tale :
         std::initializer_list<TellTale>{[](nlmsghdr& header) { header.nlmsg_seq = 1; },
                                         [](nlmsghdr& header) { header.nlmsg_pid = 1; },
                                         [](nlmsghdr& header) { header.nlmsg_flags = NLM_F_ACK; },
                                         [](nlmsghdr& header) { header.nlmsg_type = NLMSG_DONE; },
                                         [](nlmsghdr& header) { header.nlmsg_len = 20; },
                                         [](nlmsghdr& header) { header.nlmsg_len = 100'000; }}) {
        const Walked walked = walk(disguised(tell_tale));
        CHECK(walked.numbers == Numbers{1, 2});
        CHECK(walked.fragments == 1);
    }
}

TEST_CASE("a batch that is cut anywhere returns its complete packets and counts the rest once")
{
    Batch batch;
    std::vector<std::size_t> ends = {0};
    for (std::uint32_t number = 0; number < 3; ++number) {
        batch.add(numbered(number));
        ends.push_back(batch.span().size());
    }
    batch.done();
    ends.push_back(batch.span().size());

    for (std::size_t cut = 0; cut <= batch.span().size(); ++cut) {
        CAPTURE(cut);
        const Walked walked = walk(batch.span().first(cut));
        const auto whole = static_cast<std::size_t>(
            std::ranges::count_if(ends, [&](std::size_t end) { return end <= cut; }) - 1);
        REQUIRE(walked.numbers.size() == std::min<std::size_t>(whole, 3));
        REQUIRE(walked.fragments == (std::ranges::count(ends, cut) == 1 ? 0 : 1));
    }
}

TEST_CASE("garbage of any length has no packet and is counted once")
{
    for (std::size_t length = 1; length <= 64; ++length) {
        for (const std::byte filling : {std::byte{0}, std::byte{0x7f}, std::byte{0xff}}) {
            const Walked walked = walk(Bytes(length, filling));
            CHECK(walked.numbers.empty());
            CHECK(walked.fragments == 1);
        }
    }
}

TEST_CASE("a batch is walked at any alignment")
{
    Batch batch;
    batch.add(numbered(1)).fragment_of(numbered(0), 24).add(numbered(2)).done();
    for (std::size_t offset = 0; offset < 8; ++offset) {
        Bytes room(offset + batch.span().size());
        std::ranges::copy(batch.span(), room.begin() + static_cast<std::ptrdiff_t>(offset));
        MessageCursor cursor(std::span<const std::byte>(room).subspan(offset));
        cursor.next();
        CHECK(cursor.more());
        cursor.next();
        CHECK_FALSE(cursor.more());
        CHECK(cursor.take_fragments() == 1);
    }
}
