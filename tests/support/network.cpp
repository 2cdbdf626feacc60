// SPDX-License-Identifier: GPL-2.0-or-later
#include "network.hpp"

#include "checked.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <net/if.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace support {

namespace {

void bring_up(const char* device)
{
    const int fd = checked(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    ifreq request{};
    std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
    const bool up = ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
                    (request.ifr_flags |= IFF_UP, ioctl(fd, SIOCSIFFLAGS, &request) == 0);
    close(fd);
    if (!up)
        fail(std::string("bringing ") + device + " up");
}

void write_file(const char* path, const std::string& text)
{
    std::ofstream file(path);
    if (!(file << text << std::flush))
        fail(std::string("writing ") + path);
}

void become_root_of_user_namespace()
{
    const std::string uid = std::to_string(geteuid());
    const std::string gid = std::to_string(getegid());
    // Also create a network namespace that the new user namespace owns. Otherwise a test could not
    // return to it from its own network namespace.
    checked(unshare(CLONE_NEWUSER | CLONE_NEWNET), "unshare of a user namespace");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + uid + " 1");
    write_file("/proc/self/gid_map", "0 " + gid + " 1");
}

} // namespace

Namespace::Namespace()
    : before_(checked(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open of ns/net"))
{
    checked(unshare(CLONE_NEWNET), "unshare of a network namespace");
    bring_up("lo");
}

Namespace::~Namespace()
{
    // Never continue a test in the wrong network namespace: it could change the rules of the
    // machine.
    if (setns(before_, CLONE_NEWNET) < 0)
        std::abort();
    close(before_);
}

std::string nft(const std::string& commands)
{
    const std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> context(nft_ctx_new(NFT_CTX_DEFAULT),
                                                                    nft_ctx_free);
    if (!context)
        throw std::runtime_error("nft_ctx_new failed");
    nft_ctx_buffer_error(context.get());
    nft_ctx_buffer_output(context.get());
    if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) != 0)
        throw std::runtime_error(std::string("nft: ") + nft_ctx_get_error_buffer(context.get()) +
                                 "\nin: " + commands);
    return nft_ctx_get_output_buffer(context.get());
}

std::string log_udp(std::uint16_t port, const std::string& log_options)
{
    const std::string number = std::to_string(port);
    return "table inet udp" + number +
           " {\n chain logged {\n  type filter hook prerouting priority 0\n  udp dport " + number +
           " log " + log_options + " drop\n }\n}\n";
}

Sender::Sender(std::uint16_t port, Family family)
    : fd_(checked(socket(family == Family::ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                  "socket"))
{
    sockaddr_in to4{};
    to4.sin_family = AF_INET;
    to4.sin_port = htons(port);
    to4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to6.sin6_port = htons(port);
    to6.sin6_addr = in6addr_loopback;
    const int connected = family == Family::ipv4
                              ? connect(fd_, reinterpret_cast<const sockaddr*>(&to4), sizeof to4)
                              : connect(fd_, reinterpret_cast<const sockaddr*>(&to6), sizeof to6);
    checked(connected, "connect to lo");
}

Sender::~Sender()
{
    close(fd_);
}

void Sender::send(std::size_t count, std::size_t bytes)
{
    constexpr std::size_t burst = 64;
    std::vector<std::vector<std::byte>> payloads(burst, std::vector<std::byte>(bytes));
    std::array<iovec, burst> pieces{};
    std::array<mmsghdr, burst> messages{};
    for (std::size_t i = 0; i < burst; ++i) {
        pieces.at(i) = {payloads[i].data(), bytes};
        messages.at(i).msg_hdr.msg_iov = &pieces.at(i);
        messages.at(i).msg_hdr.msg_iovlen = 1;
    }
    while (count > 0) {
        const std::size_t now = std::min(count, burst);
        for (std::size_t i = 0; i < now; ++i) {
            const std::uint64_t number = number_ + i;
            if (bytes > 0)
                std::memcpy(payloads[i].data(), &number, std::min(bytes, sizeof number));
        }
        const int sent = sendmmsg(fd_, messages.data(), static_cast<unsigned>(now), 0);
        checked(sent, "sendmmsg to lo");
        number_ += static_cast<std::uint64_t>(sent);
        count -= static_cast<std::size_t>(sent);
    }
}

void require_live()
{
    try {
        if (geteuid() != 0)
            become_root_of_user_namespace();
        const Namespace probe;
        nft(log_udp(9, "group 1"));
        if (access("/proc/thread-self/net/netfilter/nfnetlink_log", F_OK) < 0)
            fail("this kernel has no NFLOG (module nfnetlink_log)");
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "cannot run against the real kernel: %s\n", failure.what());
        const char* required = std::getenv("NFLOGCAP_REQUIRE_LIVE");
        std::exit(required != nullptr && std::strcmp(required, "1") == 0 ? 1 : 77);
    }
}

} // namespace support
