// SPDX-License-Identifier: GPL-2.0-or-later
#include "demo.hpp"

#include "advice.hpp"
#include "capture.hpp"
#include "colours.hpp"
#include "output.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace command {

namespace {

constexpr std::uint16_t port = 4242;

[[noreturn]] void fail(const std::string& what)
{
    const int error = errno;
    throw Failure(what + ": " + std::strerror(error) + advice_on(error));
}

void write_file(const char* path, const std::string& text)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool written =
        fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    if (!written)
        fail(std::string("cannot write ") + path);
}

// Enters a new network namespace. A user other than root first becomes root of a new user
// namespace.
void enter_namespaces()
{
    const uid_t uid = getuid();
    const gid_t gid = getgid();
    if (geteuid() != 0) {
        if (unshare(CLONE_NEWUSER) < 0)
            fail("this kernel does not let users make namespaces; run it as root");
        write_file("/proc/self/setgroups", "deny");
        write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
        write_file("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
    }
    if (unshare(CLONE_NEWNET) < 0)
        fail("cannot make a network namespace");
}

void set_loopback_up()
{
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    const bool up = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
                    (request.ifr_flags |= IFF_UP, ioctl(fd, SIOCSIFFLAGS, &request) == 0);
    if (!up)
        fail("cannot enable the loopback device");
    close(fd);
}

// Sends a packet over IPv4 or IPv6: a UDP datagram, or the first segment of a TCP connection that
// no process accepts.
void send_packet(int family, int type)
{
    const int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        fail("cannot open a socket");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 to6{};
    to6.sin6_family = AF_INET6;
    to6.sin6_port = htons(port);
    to6.sin6_addr = in6addr_loopback;
    const bool ipv6 = family == AF_INET6;
    const auto* address =
        ipv6 ? reinterpret_cast<sockaddr*>(&to6) : reinterpret_cast<sockaddr*>(&to);
    const socklen_t length = ipv6 ? sizeof to6 : sizeof to;
    constexpr std::string_view words = "hello from nflogcap demo";
    // No process receives the packet. The demo needs only the log of it.
    if (connect(fd, address, length) == 0)
        static_cast<void>(send(fd, words.data(), words.size(), MSG_NOSIGNAL));
    close(fd);
}

// Starts a child process, which runs a capture until the capture ends by itself. Meanwhile this
// process sends packets. If this process ends for any reason, the kernel kills the child.
void show(Output& output, const std::string& words, const CaptureOptions& options)
{
    const Colours colours(STDOUT_FILENO);
    output.buffer() += '\n';
    output.buffer() += colours.strong();
    output.buffer() += "$ nflogcap " + words + '\n';
    output.buffer() += colours.plain();
    output.flush();
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0)
        fail("cannot make a process");
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
            _exit(failed);
        try {
            _exit(capture(options));
        } catch (const std::exception& failure) {
            print_failure(failure.what());
        } catch (const ReaderGone&) {
        }
        _exit(failed);
    }
    constexpr std::array<std::array<int, 2>, 4> packets{{{AF_INET, SOCK_DGRAM},
                                                         {AF_INET6, SOCK_DGRAM},
                                                         {AF_INET, SOCK_STREAM},
                                                         {AF_INET6, SOCK_STREAM}}};
    constexpr std::size_t max_attempts = 400; // with a pause after each attempt
    constexpr useconds_t pause_us = 50'000;
    int status = 0;
    for (std::size_t sent = 0; waitpid(child, &status, WNOHANG) == 0; ++sent) {
        if (sent == max_attempts) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            throw Failure(
                "packets were sent but none was captured; 'nflogcap doctor' may show why");
        }
        usleep(pause_us);
        if (options.read.empty())
            send_packet(packets[sent % packets.size()][0], packets[sent % packets.size()][1]);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != all_well)
        throw Failure("the capture failed", failed);
}

// Creates a file without a name, which the kernel deletes when the last process closes it. Returns
// a path that this process and its children can use for the file.
std::string make_file()
{
    const int fd = memfd_create("demo.pcap", MFD_CLOEXEC);
    if (fd < 0)
        fail("cannot make a file in memory");
    return "/proc/self/fd/" + std::to_string(fd);
}

} // namespace

ExitStatus demo()
{
    enter_namespaces();
    set_loopback_up();
    const std::string file = make_file();
    Output output;
    output.buffer() += "This demo sends packets to port 4242 in its own network namespace.\n";

    CaptureOptions options;
    options.tap = "th dport 4242";
    options.hook = "input";
    options.count = 4;
    show(output, "--tap 'th dport 4242' --hook input -c 4", options);

    options.count = 1;
    options.json = true;
    options.filter = "ip6 and udp";
    show(output, "--tap 'th dport 4242' --hook input -c 1 --json ip6 and udp", options);

    options.json = false;
    options.filter = {};
    options.count = 4;
    options.write = file;
    show(output, "--tap 'th dport 4242' --hook input -c 4 -w demo.pcap", options);

    CaptureOptions reading;
    reading.read = file;
    reading.payload = PayloadForm::hex_and_ascii;
    reading.filter = "udp";
    show(output, "-r demo.pcap -X udp", reading);

    output.buffer() += "\nThe namespace, its rules and the file are gone.\n";
    output.close();
    return all_well;
}

} // namespace command
