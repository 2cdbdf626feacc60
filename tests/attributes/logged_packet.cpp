// SPDX-License-Identifier: GPL-2.0-or-later
#include "logged_packet.hpp"

#include "capture.hpp"
#include "packet_socket.hpp"

#include <arpa/inet.h>
#include <chrono>
#include <linux/if_ether.h>
#include <net/if.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace attributes {

namespace {

using support::Family;
using support::Topology;
using support::Visit;

constexpr std::uint16_t group = 5;
constexpr int patience_ms = 5000;

std::uint64_t now()
{
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

// Prepares a scenario. A failure means that this kernel lacks a feature, and becomes
// NotOnThisKernel.
template <typename Make>
auto ground(const Make& make)
{
    try {
        return make();
    } catch (const std::exception& failure) {
        throw NotOnThisKernel(failure.what());
    }
}

bool ends_in_middle(const Scenario& scenario)
{
    return scenario.traffic == Traffic::a_to_middle;
}

std::string destination(const Scenario& scenario)
{
    if (scenario.version == Family::ipv4)
        return ends_in_middle(scenario) ? Topology::middle_ipv4 : Topology::b_ipv4;
    return ends_in_middle(scenario) ? Topology::middle_ipv6 : Topology::b_ipv6;
}

support::Mac first_hop(const Scenario& scenario)
{
    if (scenario.form == Topology::Form::routed)
        return Topology::ra;
    return ends_in_middle(scenario) ? Topology::br0 : Topology::b0;
}

std::uint16_t ethertype(const Scenario& scenario)
{
    if (scenario.traffic == Traffic::arp)
        return ETH_P_ARP;
    return scenario.version == Family::ipv4 ? ETH_P_IP : ETH_P_IPV6;
}

Bytes packet_of_a(const Scenario& scenario)
{
    if (scenario.traffic == Traffic::arp)
        return arp_request(Topology::a0, Topology::a_ipv4, Topology::middle_ipv4);
    return scenario.version == Family::ipv4
               ? udp_over_ipv4(Topology::a_ipv4, destination(scenario), data())
               : udp_over_ipv6(Topology::a_ipv6, destination(scenario), data());
}

Bytes frame_of_a(const Scenario& scenario, const Options& options)
{
    constexpr support::Mac broadcast = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const bool arp = scenario.traffic == Traffic::arp;
    Bytes frame =
        ethernet(arp ? broadcast : first_hop(scenario), Topology::a0, ethertype(scenario)) +
        (options.packet.empty() ? packet_of_a(scenario) : options.packet) + options.padding;
    if (options.inner_tag.protocol != 0)
        frame = tagged(frame, options.inner_tag);
    return scenario.tag ? tagged(frame, *scenario.tag) : frame;
}

// Returns an nft match for the packet of the scenario. It must not match packets that the kernel
// sends by itself.
std::string match(const Scenario& scenario)
{
    if (scenario.traffic == Traffic::arp)
        return scenario.hook == "input" ? "arp operation request" : "arp operation reply";
    if (scenario.l2_header) {
        const bool to_b = scenario.device == "rb" || scenario.traffic == Traffic::middle_to_b;
        return "ether daddr " + support::text(to_b ? Topology::b0 : first_hop(scenario));
    }
    return (scenario.version == Family::ipv4 ? "ip daddr " : "ip6 daddr ") + destination(scenario);
}

std::string rule(const Scenario& scenario, const Options& options)
{
    const std::string device = scenario.device.empty() ? "" : " device " + scenario.device;
    return "table " + scenario.family + " attributes { chain logged { type filter hook " +
           scenario.hook + device + " priority 0; " + match(scenario) + " meta mark set " +
           std::to_string(mark) + " log prefix \"" + prefix + "\" group " + std::to_string(group) +
           " " + options.log + "; }; }";
}

void let_bridge_call_ip()
{
    if (access("/proc/sys/net/bridge", F_OK) < 0)
        throw std::runtime_error("no br_netfilter");
    support::ip("link set br0 type bridge nf_call_iptables 1 nf_call_ip6tables 1\n");
}

// Starts the capture, with conntrack entries if `enabled` and if this kernel has them. Returns
// whether it has them.
bool start_with_conntrack(const support::Handle& capture, bool enabled)
{
    nflogcap_set_conntrack(capture.get(), enabled ? 1 : 0);
    if (enabled && nflogcap_start(capture.get()) == 0) {
        // The kernel tracks packets only if a rule matches their state.
        support::nft("table inet tracked { chain c { type filter hook prerouting priority -150; "
                     "ct state new; }; chain d { type filter hook output priority -150; "
                     "ct state new; }; }");
        return true;
    }
    nflogcap_set_conntrack(capture.get(), 0);
    support::start(capture);
    return false;
}

// Until the end of the scope, sockets that this thread opens belong to another user. In a user
// namespace with root as the only user, they still belong to root.
class AsSomebody {
public:
    AsSomebody()
    {
        constexpr unsigned somebody = 4321;
        constexpr unsigned some_group = 1234;
        setfsgid(some_group);
        setfsuid(somebody);
    }
    ~AsSomebody()
    {
        setfsuid(geteuid());
        setfsgid(getegid());
    }
    AsSomebody(const AsSomebody&) = delete;
    AsSomebody& operator=(const AsSomebody&) = delete;

    [[nodiscard]] std::uint32_t uid() const { return static_cast<std::uint32_t>(setfsuid(none)); }
    [[nodiscard]] std::uint32_t gid() const { return static_cast<std::uint32_t>(setfsgid(none)); }

private:
    static constexpr auto none =
        static_cast<unsigned>(-1); // changes nothing, and returns the current value
};

void send_udp_to_b(Family version)
{
    constexpr std::uint16_t port = 9;
    const bool ipv4 = version == Family::ipv4;
    sockaddr_in to4{};
    to4.sin_family = AF_INET;
    to4.sin_port = htons(port);
    inet_pton(AF_INET, Topology::b_ipv4, &to4.sin_addr);
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to6.sin6_port = htons(port);
    inet_pton(AF_INET6, Topology::b_ipv6, &to6.sin6_addr);
    const auto* to =
        ipv4 ? reinterpret_cast<const sockaddr*>(&to4) : reinterpret_cast<const sockaddr*>(&to6);
    const int fd = socket(to->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const ssize_t sent =
        sendto(fd, data().data(), data().size(), 0, to, ipv4 ? sizeof to4 : sizeof to6);
    close(fd);
    if (sent != static_cast<ssize_t>(data().size()))
        throw std::runtime_error("sending to host B failed");
}

std::vector<Bytes> seen_like(const PacketSocket& socket, const Bytes& frame)
{
    constexpr std::size_t addresses = 2UL * ETH_ALEN;
    std::vector<Bytes> alike;
    for (int waited = 0; waited < patience_ms && alike.empty(); ++waited) {
        for (const Bytes& seen : socket.frames()) {
            if (first(seen, addresses) == first(frame, addresses))
                alike.push_back(seen);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return alike;
}

} // namespace

const Bytes& data()
{
    static const Bytes bytes = [] {
        constexpr std::size_t length = 100;
        Bytes made(length);
        for (std::size_t i = 0; i < length; ++i)
            made[i] = static_cast<std::uint8_t>(i);
        return made;
    }();
    return bytes;
}

LoggedPacket::LoggedPacket(const Scenario& scenario, const Options& options)
    : topology_(ground([&] { return Topology(scenario.form); }))
{
    const Visit visit(topology_.middle);
    ground([&] {
        if (scenario.bridge_calls_ip)
            let_bridge_call_ip();
        support::nft(rule(scenario, options));
    });
    const auto capture = support::capture_of({group});
    nflogcap_set_snaplen(capture.get(), options.snaplen);
    if (nflogcap_set_filter(capture.get(), options.filter.c_str()) < 0)
        throw std::runtime_error(nflogcap_error(capture.get()));
    conntrack_ = start_with_conntrack(capture, options.conntrack);
    const PacketSocket tap(scenario.frame_at.empty() ? "lo" : scenario.frame_at);

    before_ = now();
    send(scenario, options);
    const nflogcap_packet* packet = nullptr;
    if (nflogcap_next(capture.get(), &packet, patience_ms) != 1)
        throw std::runtime_error("no packet was logged: " + words(scenario));
    after_ = now();
    packet_.reset(nflogcap_packet_clone(packet));
    if (!scenario.frame_at.empty())
        seen_ = seen_like(tap, frame());
    nflogcap_stop(capture.get());
    int outcome = 0;
    others_ = support::count_packets(capture, patience_ms, outcome);
}

void LoggedPacket::send(const Scenario& scenario, const Options& options)
{
    const AsSomebody identity;
    uid_ = identity.uid();
    gid_ = identity.gid();
    if (scenario.traffic == Traffic::middle_to_b) {
        send_udp_to_b(scenario.version);
        return;
    }
    const Visit visit(topology_.a);
    sent_ = frame_of_a(scenario, options);
    PacketSocket("a0").send(sent_);
}

Bytes LoggedPacket::payload() const
{
    return {packet_->payload, packet_->payload + packet_->payload_length};
}

Bytes LoggedPacket::frame() const
{
    Bytes frame(static_cast<std::size_t>(nflogcap_packet_frame(packet_.get(), nullptr, 0)));
    nflogcap_packet_frame(packet_.get(), frame.data(), frame.size());
    return frame;
}

std::uint32_t LoggedPacket::index(const std::string& device) const
{
    const Visit visit(topology_.middle);
    return device.empty() ? 0 : if_nametoindex(device.c_str());
}

} // namespace attributes
