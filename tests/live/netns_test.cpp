// SPDX-License-Identifier: GPL-2.0-or-later
// Captures in a network namespace other than the caller's.
#include "capabilities.hpp"
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"
#include "savefile.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using support::Namespace;
using support::nft;
using support::Sender;

namespace {

// A network namespace with a rule for UDP port 9, held open, without a thread in it.
class Elsewhere {
public:
    Elsewhere()
    {
        const Namespace ns;
        nft(support::log_udp(9, "group 5"));
        fd_ = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
        REQUIRE(fd_ >= 0);
        sender_.emplace(9); // a socket stays in the namespace in which it was created
    }
    ~Elsewhere() { remove(); }
    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
    void send(std::size_t count) { sender_->send(count); }
    void remove()
    {
        sender_.reset();
        if (fd_ >= 0)
            close(fd_);
        fd_ = -1;
    }

private:
    int fd_ = -1;
    std::optional<Sender> sender_;
};

ino_t own_namespace()
{
    struct stat status {};
    REQUIRE(stat("/proc/thread-self/ns/net", &status) == 0);
    return status.st_ino;
}

support::Handle capture_in(const std::string& path)
{
    auto capture = support::capture_of({5});
    REQUIRE(nflogcap_set_netns(capture.get(), path.c_str()) == 0);
    return capture;
}

} // namespace

TEST_CASE("a capture in another namespace receives the packets logged there, and the caller stays")
{
    Elsewhere elsewhere;
    const ino_t before = own_namespace();
    const auto capture = capture_in(elsewhere.path());
    INFO(nflogcap_error(capture.get()));
    REQUIRE(nflogcap_start(capture.get()) == 0);
    CHECK(own_namespace() == before);
    elsewhere.send(3);
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 3);
    CHECK(outcome == -ENODATA);
}

TEST_CASE(
    "interface names are those of the capture's namespace, and the host name is the machine's")
{
    constexpr std::uint32_t loopback = 1;
    constexpr std::uint32_t index = 4711;
    std::optional<support::Handle> capture;
    {
        const Namespace there;
        REQUIRE(std::system("ip link add only_there index 4711 type veth") == 0);
        capture.emplace(capture_in("/proc/thread-self/ns/net"));
        CHECK(nflogcap_interface_name(capture->get(), loopback) == nullptr); // before the start
        CHECK(nflogcap_host_name(capture->get()) == nullptr);
        support::start(*capture);
    }
    std::array<char, HOST_NAME_MAX + 1> host{};
    gethostname(host.data(), host.size());
    CHECK(std::string(nflogcap_host_name(capture->get())) == host.data());
    CHECK(nflogcap_host_name(nullptr) == nullptr);
    const auto name_of = [&](std::uint32_t interface) {
        const char* name = nflogcap_interface_name(capture->get(), interface);
        return std::string(name == nullptr ? "no name" : name);
    };
    CHECK(name_of(index) == "only_there");
    CHECK(name_of(loopback) == "lo");
    CHECK(name_of(0) == "no name");
    CHECK(name_of(UINT32_MAX) == "no name");
    CHECK(nflogcap_interface_name(nullptr, loopback) == nullptr);

    nflogcap_stop(capture->get());
    int outcome = 0;
    CHECK(support::count_packets(*capture, -1, outcome) == 0);
    CHECK(outcome == -ENODATA);
    CHECK(name_of(loopback) == "no name");
}

TEST_CASE("a namespace that only the capture uses exists until the capture ends")
{
    Elsewhere elsewhere;
    auto capture = capture_in(elsewhere.path());
    support::start(capture);
    elsewhere.send(3);
    elsewhere.remove();
    nflogcap_stop(capture.get());
    int outcome = 0;
    CHECK(support::count_packets(capture, -1, outcome) == 3);
    CHECK(outcome == -ENODATA);
}

TEST_CASE("if a group is bound in the other namespace, the refusal names its owner there")
{
    const Elsewhere elsewhere;
    const auto first = capture_in(elsewhere.path());
    support::start(first);
    const auto second = capture_in(elsewhere.path());
    CHECK(nflogcap_start(second.get()) == -EPERM);
    CHECK_THAT(nflogcap_error(second.get()), ContainsSubstring("(this process)"));
    REQUIRE(nflogcap_set_netns(second.get(), nullptr) == 0);
    CHECK(nflogcap_start(second.get()) == 0); // in the caller's own namespace the group is free
}

TEST_CASE("a namespace that cannot be entered is refused with a reason")
{
    const Namespace ns;
    const auto missing = capture_in("/run/netns/no-such-namespace");
    CHECK(nflogcap_start(missing.get()) == -ENOENT);
    CHECK_THAT(nflogcap_error(missing.get()), ContainsSubstring("/run/netns/no-such-namespace") &&
                                                  ContainsSubstring("No such file"));

    const auto no_namespace = capture_in("/dev/null");
    CHECK(nflogcap_start(no_namespace.get()) == -EINVAL);
    CHECK_THAT(nflogcap_error(no_namespace.get()),
               ContainsSubstring("/dev/null") && ContainsSubstring("not a network namespace"));

    const support::TemporaryFile fifo;
    REQUIRE(std::remove(fifo.path().c_str()) == 0);
    REQUIRE(mkfifo(fifo.path().c_str(), S_IRUSR | S_IWUSR) == 0);
    const auto without_writer = capture_in(fifo.path());
    CHECK(nflogcap_start(without_writer.get()) == -EINVAL); // and does not wait for a writer

    CHECK(nflogcap_set_netns(missing.get(), "") == -EINVAL);
    CHECK_THAT(nflogcap_error(missing.get()), ContainsSubstring("empty"));

    const auto forbidden = capture_in("/proc/self/ns/net");
    int code = 0;
    support::without_capabilities([&] { code = nflogcap_start(forbidden.get()); });
    CHECK(code == -EPERM);
    CHECK_THAT(nflogcap_error(forbidden.get()), ContainsSubstring("CAP_SYS_ADMIN"));
}
