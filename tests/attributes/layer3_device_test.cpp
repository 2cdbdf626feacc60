// SPDX-License-Identifier: GPL-2.0-or-later
// Packets of a device without link-layer headers: the library must not add a header to them at any
// hook.
#include "capture.hpp"
#include "catch.hpp"
#include "frames.hpp"
#include "network.hpp"
#include "on_this_kernel.hpp"
#include "topology.hpp"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace attributes {

namespace {

// A device tun0 in the thread's network namespace, and forwarding enabled. This program provides
// the packets that the device receives. Only root of the host can create such a device.
class Tun {
public:
    Tun() : fd_(open("/dev/net/tun", O_RDWR | O_CLOEXEC))
    {
        if (fd_ < 0)
            return;
        ifreq request{};
        std::string("tun0").copy(request.ifr_name, IFNAMSIZ - 1);
        request.ifr_flags = IFF_TUN | IFF_NO_PI;
        REQUIRE(ioctl(fd_, TUNSETIFF, &request) == 0);
        support::set_sysctl("ipv4/ip_forward", 1);
        support::ip("link set tun0 addrgenmode none\naddress add 8.0.0.1/24 dev tun0\n"
                    "link set tun0 up\n");
    }
    ~Tun() { close(fd_); }
    Tun(const Tun&) = delete;
    Tun& operator=(const Tun&) = delete;

    [[nodiscard]] bool made() const { return fd_ >= 0; }

    // Sends a packet as if the device had received it.
    void put(const Bytes& packet) const
    {
        REQUIRE(write(fd_, packet.data(), packet.size()) == static_cast<ssize_t>(packet.size()));
    }

private:
    int fd_;
};

Bytes payload_of(const nflogcap_packet& packet)
{
    return {packet.payload, packet.payload + packet.payload_length};
}

Bytes frame_of(const nflogcap_packet& packet)
{
    Bytes frame(static_cast<std::size_t>(nflogcap_packet_frame(&packet, nullptr, 0)));
    nflogcap_packet_frame(&packet, frame.data(), frame.size());
    return frame;
}

// Returns whether the device could be created. If not, the test is reported as not possible on this
// kernel.
bool is_made(const Tun& tun)
{
    on_this_kernel([&] {
        if (!tun.made())
            throw NotOnThisKernel("/dev/net/tun, which only the host's root may open");
    });
    return tun.made();
}

constexpr std::uint16_t no_header = 0xfffe; // ARPHRD_NONE

} // namespace

TEST_CASE("a packet of a device without link-layer headers is its own frame")
{
    const support::Namespace ns;
    const Tun tun;
    if (!is_made(tun))
        return;
    const std::size_t snaplen = GENERATE(65531U, 60U);
    const std::string hook = GENERATE("ingress", "egress");
    support::nft("table netdev attributes { chain logged { type filter hook " + hook +
                 " device tun0 priority 0; ip protocol udp log group 5; }; }");
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), static_cast<std::uint32_t>(snaplen)) == 0);
    support::start(capture);

    // If this packet were read as an Ethernet frame, its addresses would be a valid EtherType and
    // length. The packet is forwarded to the device on which it was received.
    const Bytes sent = udp_over_ipv4("8.0.0.2", "8.0.0.3", Bytes(200));
    tun.put(sent);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 5000) == 1);
    const Bytes payload = payload_of(*packet);
    CHECK(payload == first(hook == "ingress" ? sent : routed(sent), snaplen));
    CHECK(packet->wire_length == sent.size());
    CHECK((packet->present & (NFLOGCAP_HAS_HW_ADDRESS | NFLOGCAP_HAS_L2_HEADER)) == 0);
    CHECK(packet->hw_type == (hook == "ingress" ? no_header : 0));
    CHECK(((packet->present & NFLOGCAP_HAS_HW_HEADER) != 0) == (hook == "ingress"));
    CHECK(packet->hw_header_length == 0);
    CHECK(frame_of(*packet) == payload);
}

TEST_CASE("a packet that came in through a tunnel has no Ethernet header at postrouting")
{
    const support::Namespace ns;
    const Tun tun;
    if (!is_made(tun))
        return;
    support::ip("link add v0 type veth peer name v1\nlink set v0 addrgenmode none\n"
                "link set v1 addrgenmode none\naddress add 10.9.0.1/24 dev v0\n"
                "link set v0 up\nlink set v1 up\n"
                "neighbour add 10.9.0.2 lladdr 02:00:00:00:00:01 dev v0\n");
    support::nft("table ip t { chain c { type filter hook postrouting priority 0; "
                 "udp dport 9 log group 5; }; }");
    const auto capture = support::started({5});

    // If this packet were read as an Ethernet frame, its source address would be the EtherType of
    // IPv4.
    const Bytes sent = udp_over_ipv4("8.0.0.2", "10.9.0.2", Bytes(200));
    const auto next = [&](int timeout) {
        tun.put(sent);
        const nflogcap_packet* packet = nullptr;
        REQUIRE(nflogcap_next(capture.get(), &packet, timeout) >= 0);
        return packet;
    };
    const nflogcap_packet* packet = next(5000);
    REQUIRE(packet != nullptr);
    CHECK(payload_of(*packet) == routed(sent));
    // The kernel gives the first bytes of the packet as the link-layer header, but they are not
    // one.
    REQUIRE(packet->hw_header_length == ethernet_header);
    CHECK(Bytes(packet->hw_header, packet->hw_header + ethernet_header) ==
          first(payload_of(*packet), ethernet_header));
    CHECK(frame_of(*packet) == routed(sent));

    const auto is_accepted = [&](const char* filter) {
        REQUIRE(nflogcap_set_filter(capture.get(), filter) == 0);
        const nflogcap_packet* accepted = next(1000);
        return accepted != nullptr;
    };
    CHECK(is_accepted("ether host 00:00:00:00:00:00 and udp"));
    // The packet begins with these bytes, but they are not an Ethernet address.
    CHECK_FALSE(is_accepted("ether dst 45:00:00:e4:00:00"));
}

} // namespace attributes
