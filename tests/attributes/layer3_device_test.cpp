// SPDX-License-Identifier: GPL-2.0-or-later
// A device whose packets begin with layer 3: nothing stands before them, wherever they are logged.
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

// The device tun0 of the thread's network namespace, which forwards, with this program as all that
// is behind it. Only the host's own root may make one.
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

    // As if it came in from there.
    void put(const Bytes& packet) const
    {
        REQUIRE(write(fd_, packet.data(), packet.size()) == static_cast<ssize_t>(packet.size()));
    }

private:
    int fd_;
};

constexpr std::uint16_t no_header = 0xfffe; // ARPHRD_NONE

} // namespace

TEST_CASE("a packet of a device without link-layer headers is its own frame")
{
    const support::Namespace ns;
    const Tun tun;
    on_this_kernel([&] {
        if (!tun.made())
            throw NotOnThisKernel("/dev/net/tun, which only the host's root may open");
    });
    if (!tun.made())
        return;
    const std::size_t snaplen = GENERATE(65531U, 60U);
    const std::string hook = GENERATE("ingress", "egress");
    support::nft("table netdev attributes { chain logged { type filter hook " + hook +
                 " device tun0 priority 0; ip protocol udp log group 5; }; }");
    const auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_snaplen(capture.get(), static_cast<std::uint32_t>(snaplen)) == 0);
    support::start(capture);

    // Addresses that read as EtherType and length where they would stand in a frame. It goes out
    // by the device that it came in by.
    const Bytes sent = udp_over_ipv4("8.0.0.2", "8.0.0.3", Bytes(200));
    tun.put(sent);
    const nflogcap_packet* packet = nullptr;
    REQUIRE(nflogcap_next(capture.get(), &packet, 5000) == 1);
    const Bytes payload(packet->payload, packet->payload + packet->payload_length);
    CHECK(payload == first(hook == "ingress" ? sent : routed(sent), snaplen));
    CHECK(packet->wire_length == sent.size());
    CHECK((packet->present & (NFLOGCAP_HAS_HW_ADDRESS | NFLOGCAP_HAS_L2_HEADER)) == 0);
    CHECK(packet->hw_type == (hook == "ingress" ? no_header : 0));
    CHECK(((packet->present & NFLOGCAP_HAS_HW_HEADER) != 0) == (hook == "ingress"));
    CHECK(packet->hw_header_length == 0);
    CHECK(nflogcap_packet_frame(packet, nullptr, 0) == static_cast<int>(payload.size()));
}

} // namespace attributes
