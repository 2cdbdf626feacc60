// SPDX-License-Identifier: GPL-2.0-or-later
#include "topology.hpp"

#include "checked.hpp"
#include "network.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <initializer_list>
#include <net/if.h>
#include <sched.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace support {

namespace {

int open_own_namespace()
{
    return checked(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open of ns/net");
}

int make_namespace()
{
    const Namespace made;
    return open_own_namespace();
}

// Returns the path of a network namespace that child processes can open.
std::string path_of(const Place& place)
{
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(place.fd());
}

// Waits until devices are operational. An enabled device becomes operational a moment later, and
// drops the packets that it should send until then.
void wait_until_running(std::initializer_list<const char*> devices)
{
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::seconds(5);
    const int fd = checked(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    for (const char* device : devices) {
        ifreq request{};
        std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
        while (ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) == 0 &&
               Clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        // The kernel finishes the change under a lock. This call changes nothing, but waits for
        // that lock.
        ioctl(fd, SIOCSIFFLAGS, &request);
    }
    close(fd);
    if (Clock::now() >= deadline)
        throw std::runtime_error("a network device does not run after 5 seconds");
}

// Enables a device without a link-local address, so that the kernel sends no packets about that
// address.
std::string quiet_up(const std::string& device)
{
    return "link set " + device + " addrgenmode none\nlink set " + device + " up\n";
}

struct Prefixes {
    const char* ipv4;
    const char* ipv6;
};
constexpr Prefixes subnet_each = {"/24", "/64"};
constexpr Prefixes subnet_of_all = {"/16", "/16"}; // it contains the addresses of both hosts

std::string address(const std::string& device, const std::string& ipv4, const std::string& ipv6,
                    const Prefixes& prefixes)
{
    return "address add " + ipv4 + prefixes.ipv4 + " dev " + device + "\naddress add " + ipv6 +
           prefixes.ipv6 + " dev " + device + " nodad\n";
}

std::string neighbour(const std::string& device, const std::string& ipv4, const std::string& ipv6,
                      const Mac& mac)
{
    std::string lines;
    for (const std::string& ip_address : {ipv4, ipv6})
        lines += "neighbour add " + ip_address + " lladdr " + text(mac) + " dev " + device +
                 " nud permanent\n";
    return lines;
}

std::string default_route(const std::string& ipv4, const std::string& ipv6)
{
    return "route add default via " + ipv4 + "\nroute add ::/0 via " + ipv6 + "\n";
}

// Switches off br_netfilter, if the kernel has it. Otherwise bridged packets would also pass the
// hooks of ip, ip6 and arp.
void forward_without_ip_hooks()
{
    if (access("/proc/sys/net/bridge", F_OK) < 0)
        return;
    for (const char* tables : {"arptables", "ip6tables", "iptables"})
        set_sysctl(std::string("bridge/bridge-nf-call-") + tables, 0);
}

// Runs lines of commands with a program of iproute2.
void run_batch(const std::string& program, const std::string& lines)
{
    FILE* command = popen(("PATH=$PATH:/usr/sbin:/sbin " + program + " -batch -").c_str(), "w");
    if (command == nullptr)
        throw std::runtime_error("the command " + program + " cannot be run");
    const bool written = std::fwrite(lines.data(), 1, lines.size(), command) == lines.size();
    const int status = pclose(command);
    if (!written || status != 0)
        throw std::runtime_error(program + " failed at one of:\n" + lines);
}

constexpr const char* middle_b_ipv4 = "10.0.2.1"; // address of the router on rb
constexpr const char* middle_b_ipv6 = "fd00:2::1";

} // namespace

Place::Place() : fd_(make_namespace()) {}

Place::~Place()
{
    close(fd_);
}

Visit::Visit(const Place& place) : before_(open_own_namespace())
{
    checked(setns(place.fd(), CLONE_NEWNET), "setns to a network namespace");
}

Visit::~Visit()
{
    // Never continue a test in the wrong network namespace: it could change the rules of the
    // machine.
    if (setns(before_, CLONE_NEWNET) < 0)
        std::abort();
    close(before_);
}

void ip(const std::string& lines)
{
    run_batch("ip", lines);
}

void set_sysctl(const std::string& name, int value)
{
    std::ofstream file("/proc/sys/net/" + name);
    if (!(file << value << std::flush))
        throw std::runtime_error("writing the sysctl net/" + name + ": " + std::strerror(errno));
}

std::string text(const Mac& mac)
{
    char words[sizeof "00:00:00:00:00:00"];
    std::snprintf(words, sizeof words, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
                  mac[3], mac[4], mac[5]);
    return words;
}

Topology::Topology(Form form)
{
    {
        const Visit visit(middle);
        ip("link add ra address " + text(ra) + " type veth peer name a0 address " + text(a0) +
           " netns " + path_of(a) + "\nlink add rb address " + text(rb) +
           " type veth peer name b0 address " + text(b0) + " netns " + path_of(b) + "\n");
    }
    form == Form::routed ? route() : bridge();
    const Visit visit(middle);
    wait_until_running({"ra", "rb"});
    for (const auto& [place, device] : {std::pair{&a, "a0"}, {&b, "b0"}}) {
        const Visit there(*place);
        wait_until_running({device});
    }
}

void Topology::route() const
{
    {
        const Visit visit(middle);
        set_sysctl("ipv4/ip_forward", 1);
        set_sysctl("ipv6/conf/all/forwarding", 1);
        ip(quiet_up("ra") + quiet_up("rb") + address("ra", middle_ipv4, middle_ipv6, subnet_each) +
           address("rb", middle_b_ipv4, middle_b_ipv6, subnet_each) +
           neighbour("ra", a_ipv4, a_ipv6, a0) + neighbour("rb", b_ipv4, b_ipv6, b0));
    }
    {
        const Visit visit(a);
        ip(quiet_up("a0") + address("a0", a_ipv4, a_ipv6, subnet_each) +
           neighbour("a0", middle_ipv4, middle_ipv6, ra) + default_route(middle_ipv4, middle_ipv6));
    }
    {
        const Visit visit(b);
        ip(quiet_up("b0") + address("b0", b_ipv4, b_ipv6, subnet_each) +
           neighbour("b0", middle_b_ipv4, middle_b_ipv6, rb) +
           default_route(middle_b_ipv4, middle_b_ipv6));
    }
}

void Topology::bridge() const
{
    {
        const Visit visit(middle);
        forward_without_ip_hooks();
        ip("link add br0 address " + text(br0) + " type bridge mcast_snooping 0\n" +
           "link set ra master br0\nlink set rb master br0\n" + quiet_up("ra") + quiet_up("rb") +
           quiet_up("br0") + address("br0", middle_ipv4, middle_ipv6, subnet_of_all) +
           neighbour("br0", a_ipv4, a_ipv6, a0) + neighbour("br0", b_ipv4, b_ipv6, b0));
        // Without these entries, the bridge would flood frames to a host from which it has received
        // nothing.
        run_batch("bridge", "fdb add " + text(a0) + " dev ra master static\nfdb add " + text(b0) +
                                " dev rb master static\n");
    }
    {
        const Visit visit(a);
        ip(quiet_up("a0") + address("a0", a_ipv4, a_ipv6, subnet_of_all) +
           neighbour("a0", middle_ipv4, middle_ipv6, br0) + neighbour("a0", b_ipv4, b_ipv6, b0));
    }
    {
        const Visit visit(b);
        ip(quiet_up("b0") + address("b0", b_ipv4, b_ipv6, subnet_of_all) +
           neighbour("b0", middle_ipv4, middle_ipv6, br0) + neighbour("b0", a_ipv4, a_ipv6, a0));
    }
    const Visit visit(middle);
    wait_until_running({"br0"});
}

} // namespace support
