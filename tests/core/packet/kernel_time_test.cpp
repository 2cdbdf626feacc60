// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_time.hpp"

#include "message_builder.hpp"

#include "catch.hpp"

using synthetic::Bytes;
using synthetic::bytes;
using synthetic::Message;

namespace {

const Bytes half_past_one = bytes({0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x07, 0xa1, 0x20});
constexpr std::uint64_t half_past_one_ns = 1'500'000'000;

Message of_hook(unsigned hook)
{
    Message message;
    message.put(NFULA_PACKET_HDR, bytes({0x08, 0x00, hook, 0}));
    return message;
}

} // namespace

TEST_CASE("the kernel's time is found at any position in the message")
{
    CHECK(nflog::find_kernel_time(of_hook(0).put(NFULA_TIMESTAMP, half_past_one).body()) ==
          half_past_one_ns);
    CHECK(nflog::find_kernel_time(
              of_hook(2).put_be32(NFULA_MARK, 7).put(NFULA_TIMESTAMP, half_past_one).body()) ==
          half_past_one_ns);
    CHECK(nflog::find_kernel_time(Message().put(NFULA_TIMESTAMP, half_past_one).body()) ==
          half_past_one_ns);
}

TEST_CASE(
    "the kernel's time is not found in a message without one, a cut message or one of a later hook")
{
    CHECK_FALSE(nflog::find_kernel_time(of_hook(0).body()));
    CHECK_FALSE(nflog::find_kernel_time(of_hook(3).body()));
    CHECK_FALSE(nflog::find_kernel_time(of_hook(5).body()));
    const Message short_time = of_hook(0).put(NFULA_TIMESTAMP, std::span(half_past_one).first(15));
    CHECK_FALSE(nflog::find_kernel_time(short_time.body()));
    const Message whole = of_hook(1);
    for (std::size_t length = 0; length < whole.body().size(); ++length) {
        const Bytes cut = synthetic::exact_copy(whole.body().first(length));
        CHECK_FALSE(nflog::find_kernel_time(cut));
    }
}
