// SPDX-License-Identifier: GPL-2.0-or-later
// The rule limits the number of packets in a batch.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <string>
#include <utility>

namespace {

bool delivers(const support::Handle& capture, int patience_ms)
{
    const nflogcap_packet* packet = nullptr;
    return nflogcap_next(capture.get(), &packet, patience_ms) == 1;
}

} // namespace

TEST_CASE("a rule's queue threshold can lower the capture's, but never raise it")
{
    const support::Namespace ns;
    const auto [of_rule, of_capture] = GENERATE(std::pair{"3", 100U}, std::pair{"100", 3U});
    support::nft(support::log_udp(9, std::string("group 5 queue-threshold ") + of_rule));
    const auto capture = support::started_in_batches_of(of_capture, 5);
    support::Sender sender(9);
    sender.send(2);
    CHECK_FALSE(delivers(capture, 50));
    sender.send(1);
    CHECK(delivers(capture, 5000));
    CHECK(delivers(capture, 0));
    CHECK(delivers(capture, 0));
    CHECK(support::stats_of(capture).batches == 1);
}
