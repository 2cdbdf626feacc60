// SPDX-License-Identifier: GPL-2.0-or-later
#include "wire.hpp"

#include <algorithm>
#include <chrono>
#include <linux/if_ether.h>
#include <sched.h>
#include <stdexcept>
#include <thread>

namespace live {

using attributes::operator+;
using support::Topology;
using support::Visit;

namespace {

bool is_ipv6(const Bytes& packet)
{
    return packet.at(0) >> 4 == 6;
}

// The data of the last packet of each call, by which the receiver recognizes the end.
const std::string last_data = "the last packet";

bool is_last(const Bytes& packet)
{
    return packet.size() > last_data.size() &&
           std::equal(last_data.rbegin(), last_data.rend(), packet.rbegin());
}

// Keeps the calling thread on one CPU, so that its packets stay in order.
class OneCpu {
public:
    OneCpu()
    {
        sched_getaffinity(0, sizeof before_, &before_);
        cpu_set_t one{};
        CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
        sched_setaffinity(0, sizeof one, &one);
    }
    ~OneCpu() { sched_setaffinity(0, sizeof before_, &before_); }
    OneCpu(const OneCpu&) = delete;
    OneCpu& operator=(const OneCpu&) = delete;

private:
    cpu_set_t before_{};
};

} // namespace

Wire::Wire(Topology::Form form)
    : topology_(form), next_(form == Topology::Form::routed ? Topology::ra : Topology::b0)
{
    if (form == Topology::Form::routed) {
        const Visit visit(topology_.middle);
        for (const char* address : {behind_b_ipv4, behind_b_ipv6})
            support::ip(std::string("neighbour add ") + address + " lladdr " +
                        support::text(Topology::b0) + " dev rb nud permanent\n");
    }
    {
        const Visit visit(topology_.a);
        in_ = std::make_unique<attributes::PacketSocket>("a0");
    }
    const Visit visit(topology_.b);
    out_ = std::make_unique<attributes::PacketSocket>("b0");
}

std::vector<Bytes> Wire::carry(const std::vector<Bytes>& packets) const
{
    const OneCpu one_cpu;
    const auto send = [this](const Bytes& packet) {
        const std::uint16_t type = is_ipv6(packet) ? ETH_P_IPV6 : ETH_P_IP;
        in_->send(attributes::ethernet(next_, Topology::a0, type) + packet);
    };
    std::ranges::for_each(packets, send);
    send(udp_packet(1, last_data));
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    std::vector<Bytes> arrived;
    while (Clock::now() < deadline) {
        for (const Bytes& frame : out_->frames()) {
            if (!std::equal(Topology::b0.begin(), Topology::b0.end(), frame.begin()))
                continue;
            const Bytes packet = attributes::from(frame, attributes::ethernet_header);
            if (is_last(packet))
                return arrived;
            arrived.push_back(packet);
        }
        std::this_thread::yield();
    }
    throw std::runtime_error("a packet does not arrive within 10 seconds");
}

} // namespace live
