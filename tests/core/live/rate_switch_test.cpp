// SPDX-License-Identifier: GPL-2.0-or-later
#include "rate_switch.hpp"

#include "catch.hpp"

#include <random>

using nflog::RateSwitch;

namespace {

constexpr std::uint64_t start_ns = 1'700'000'000'000'000'000;
constexpr std::uint64_t second_ns = 1'000'000'000;

// Feeds a RateSwitch with batches of packets, counts how often its state changes, and keeps the
// last state.
class Traffic {
public:
    void run(std::uint64_t per_second, std::uint64_t batch, std::uint64_t duration_ns)
    {
        const std::uint64_t end = now_ + duration_ns;
        while (now_ < end) {
            now_ += batch * second_ns / per_second;
            feed(batch);
        }
    }

    // Like run(), but with random intervals, as between independent packets.
    void run_at_random(double per_second, std::uint64_t duration_ns)
    {
        std::exponential_distribution<double> gap(per_second);
        const std::uint64_t end = now_ + duration_ns;
        while (now_ < end) {
            now_ += static_cast<std::uint64_t>(gap(random_) * second_ns);
            feed(1);
        }
    }

    void feed(std::uint64_t batch)
    {
        const bool before = fast;
        fast = rate_.fast(now_, packets_);
        packets_ += batch;
        switches += before == fast ? 0 : 1;
    }

    void set_clock(std::uint64_t now_ns) { now_ = now_ns; }

    bool fast = false;
    int switches = 0;

private:
    RateSwitch rate_;
    std::mt19937 random_{42};
    std::uint64_t now_ = start_ns;
    std::uint64_t packets_ = 0;
};

} // namespace

TEST_CASE("a low rate is not fast, a flood is fast, and a low rate after the flood is not fast")
{
    Traffic traffic;
    traffic.run(10, 1, 2 * second_ns);
    traffic.run(1'000, 1, 2 * second_ns);
    CHECK(traffic.switches == 0);
    traffic.run(300'000, 1, second_ns / 100); // 10 ms are enough
    CHECK(traffic.fast);
    traffic.run(300'000, 600, second_ns);
    CHECK(traffic.switches == 1);
    traffic.run(1'000, 10, second_ns / 5);
    CHECK_FALSE(traffic.fast);
    CHECK(traffic.switches == 2);
}

TEST_CASE("after a flood the state is no longer fast at the second packet of a low rate")
{
    Traffic traffic;
    traffic.run(300'000, 1, second_ns * 3 / 25);
    REQUIRE(traffic.fast);
    traffic.run(10, 1, second_ns / 5);
    CHECK_FALSE(traffic.fast);
}

TEST_CASE("bursts are not fast if their average rate is low")
{
    Traffic traffic;
    for (int burst = 0; burst < 20; ++burst) {
        traffic.run(300'000, 1, second_ns / 1000); // 300 packets
        traffic.run(5, 1, second_ns / 5);
    }
    CHECK(traffic.switches == 0);
}

TEST_CASE("at any steady rate the decision settles, with packets at even or random intervals")
{
    for (const std::uint64_t rate :
         {2'000U, 3'900U, 4'000U, 4'100U, 6'000U, 7'900U, 8'100U, 12'000U}) {
        for (const std::uint64_t before : {100U, 100'000U}) {
            CAPTURE(rate, before);
            Traffic even;
            even.run(before, 1, second_ns);
            even.switches = 0;
            even.run(rate, even.fast ? rate / 100 : 1, 10 * second_ns);
            CHECK(even.switches <= 1);
            Traffic random;
            random.run(before, 1, second_ns);
            random.switches = 0;
            random.run_at_random(static_cast<double>(rate), 30 * second_ns);
            CHECK(random.switches <= 1);
        }
    }
}

TEST_CASE("a clock that is set back or far forward costs at most one wrong decision")
{
    Traffic traffic;
    traffic.run(300'000, 100, second_ns);
    REQUIRE(traffic.fast);
    for (const std::uint64_t clock : {start_ns - second_ns, 3 * start_ns, std::uint64_t{1}}) {
        traffic.set_clock(clock);
        traffic.run(300'000, 100, second_ns);
        CHECK(traffic.fast);
        traffic.run(10, 1, second_ns);
        CHECK_FALSE(traffic.fast);
        traffic.run(300'000, 100, second_ns);
    }
}
