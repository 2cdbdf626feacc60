// SPDX-License-Identifier: GPL-2.0-or-later
// How many packets the kernel gathers, where the rule has a say in it.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <string>
#include <utility>

namespace {

constexpr std::uint32_t an_hour = 3'600'000;

// That nothing but a threshold delivers.
support::Handle patient_capture(std::uint32_t queue_threshold)
{
    auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_flush_timeout(capture.get(), an_hour) == 0);
    REQUIRE(nflogcap_set_queue_threshold(capture.get(), queue_threshold) == 0);
    support::start(capture);
    return capture;
}

bool delivers(const support::Handle& capture, int patience_ms)
{
    const nflogcap_packet* packet = nullptr;
    return nflogcap_next(capture.get(), &packet, patience_ms) == 1;
}

} // namespace

TEST_CASE("a rule's queue threshold lowers the capture's, and never raises it")
{
    const support::Namespace ns;
    const auto [of_rule, of_capture] = GENERATE(std::pair{"3", 100U}, std::pair{"100", 3U});
    support::nft(support::log_udp(9, std::string("group 5 queue-threshold ") + of_rule));
    const auto capture = patient_capture(of_capture);
    support::Sender sender(9);
    sender.send(2);
    CHECK_FALSE(delivers(capture, 50));
    sender.send(1);
    CHECK(delivers(capture, 5000));
    CHECK(delivers(capture, 0));
    CHECK(delivers(capture, 0));
    CHECK(nflogcap_get_stats(capture.get())->batches == 1);
}
