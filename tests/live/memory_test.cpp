// SPDX-License-Identifier: GPL-2.0-or-later
// The resident memory of a handle that has used all of its buffers. The socket's buffer does not
// count, because it belongs to the kernel.
#include "capture.hpp"
#include "catch.hpp"
#include "network.hpp"

#include <array>
#include <fstream>
#include <malloc.h>
#include <string>
#include <vector>

using support::Handle;
using support::Namespace;
using support::nft;
using support::Sender;

namespace {

constexpr std::uint16_t port = 9;
constexpr std::size_t mebibyte = std::size_t{1} << 20;

// The resident memory of this process, without mapped files. Free memory is returned to the system
// first; otherwise the handle would reuse it, and it would not be counted.
std::size_t resident_bytes()
{
    malloc_trim(0);
    std::ifstream status("/proc/self/status");
    std::string word;
    std::size_t kibibytes = 0;
    while (status >> word && word != "RssAnon:")
        ;
    REQUIRE(status >> kibibytes);
    return kibibytes * 1024;
}

// Reads batches of the maximum size, with each delivery.
void use(const Handle& capture, Sender& sender)
{
    constexpr std::size_t packets = 5000;
    std::array<const nflogcap_packet*, 256> views{};
    std::size_t read = 0;
    sender.send(packets, 1400);
    while (read < packets) {
        const int got = nflogcap_next_batch(capture.get(), views.data(), views.size(), 5000);
        REQUIRE(got > 0);
        read += static_cast<std::size_t>(got);
    }
    REQUIRE(support::stats_of(capture).lost == 0);
}

std::size_t growth_by(const std::vector<std::uint16_t>& groups)
{
    const Namespace in;
    nft(support::log_udp(port, "group 1"));
    Sender sender(port);
    const std::size_t before = resident_bytes();
    nflogcap* opened = nullptr;
    REQUIRE(nflogcap_open(&opened, groups.data(), groups.size(), nullptr, 0) == 0);
    const Handle capture(opened);
    use(capture, sender);
    return resident_bytes() - before;
}

} // namespace

TEST_CASE("a handle with defaults stays under 2 MiB of resident memory")
{
    const std::size_t growth = growth_by({1});
    CAPTURE(growth);
    CHECK(growth > mebibyte / 4); // at least the received batch is counted
    CHECK(growth < 2 * mebibyte);
}

TEST_CASE("a handle of 300 groups stays under 4 MiB of resident memory")
{
    std::vector<std::uint16_t> groups(300);
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i] = static_cast<std::uint16_t>(i + 1);
    const std::size_t growth = growth_by(groups);
    CAPTURE(growth);
    CHECK(growth > mebibyte / 4);
    CHECK(growth < 4 * mebibyte);
}
