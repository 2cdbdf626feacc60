// SPDX-License-Identifier: GPL-2.0-or-later
// Dissection and formats through the C ABI; their content is tested in tests/core/packet/.
#include "headers.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <nflogcap.h>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace headers;
using logged::Logged;

namespace {

const Logged& udp_packet()
{
    static const Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, ipv4(IPPROTO_UDP, udp()));
    return logged;
}

constexpr std::array formats = {NFLOGCAP_LINE, NFLOGCAP_JSON, NFLOGCAP_COLORED_LINE,
                                NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD};

int format(int format, char* buffer, std::size_t capacity)
{
    return nflogcap_packet_format(&udp_packet().packet, format, nullptr, nullptr, "host", buffer,
                                  capacity);
}

} // namespace

TEST_CASE("a packet is dissected")
{
    nflogcap_dissection found;
    REQUIRE(nflogcap_dissect(&udp_packet().packet, &found, sizeof found) == 0);
    CHECK(found.destination_port == 53);
    CHECK((found.known & NFLOGCAP_KNOWS_PORTS) != 0);
}

TEST_CASE("a line can be printed without its time, but JSON cannot")
{
    std::array<char, 256> with{};
    std::array<char, 256> without{};
    REQUIRE(format(NFLOGCAP_LINE, with.data(), with.size()) > 0);
    REQUIRE(format(NFLOGCAP_LINE | NFLOGCAP_NO_TIME, without.data(), without.size()) > 0);
    CHECK(std::string(with.data()).substr(std::string("hh:mm:ss.mmmmmm ").size()) ==
          without.data());
    REQUIRE(format(NFLOGCAP_COLORED_LINE | NFLOGCAP_NO_TIME, without.data(), without.size()) > 0);
    CHECK(std::string(without.data()).starts_with("group 0 "));
    CHECK(format(NFLOGCAP_JSON | NFLOGCAP_NO_TIME, without.data(), without.size()) == -EINVAL);
}

TEST_CASE("in a struct of a later version, a dissection has zeros after the known members")
{
    std::array<std::uint8_t, sizeof(nflogcap_dissection) + 16> later;
    later.fill(0xa5);
    auto* ret = reinterpret_cast<nflogcap_dissection*>(later.data());
    REQUIRE(nflogcap_dissect(&udp_packet().packet, ret, later.size()) == 0);
    CHECK(std::all_of(later.end() - 16, later.end(), [](std::uint8_t byte) { return byte == 0; }));
}

TEST_CASE("a dissection into a struct that is too small, or missing, is refused and not changed")
{
    std::array<std::uint8_t, sizeof(nflogcap_dissection)> small;
    small.fill(0xa5);
    auto* ret = reinterpret_cast<nflogcap_dissection*>(small.data());
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, small.size() - 1})
        CHECK(nflogcap_dissect(&udp_packet().packet, ret, size) == -EINVAL);
    CHECK(nflogcap_dissect(nullptr, ret, small.size()) == -EINVAL);
    CHECK(nflogcap_dissect(&udp_packet().packet, nullptr, small.size()) == -EINVAL);
    CHECK(std::all_of(small.begin(), small.end(), [](std::uint8_t byte) { return byte == 0xa5; }));
}

TEST_CASE("a payload can be cut at every byte")
{
    for (const Sample& sample : samples()) {
        for (std::size_t cut = 0; cut <= sample.payload.size(); ++cut) {
            CAPTURE(sample.name, cut);
            const Bytes part(sample.payload.begin(),
                             sample.payload.begin() + static_cast<std::ptrdiff_t>(cut));
            const Logged logged(sample.family, sample.hook, sample.hw_protocol, part);
            nflogcap_dissection found;
            REQUIRE(nflogcap_dissect(&logged.packet, &found, sizeof found) == 0);
            CHECK(found.network_offset <= cut);
            CHECK(found.transport_offset <= cut);
            for (const int each : formats) {
                std::array<char, 2000> text{};
                const int length = nflogcap_packet_format(&logged.packet, each, nullptr, nullptr,
                                                          "host", text.data(), text.size());
                CHECK(static_cast<std::size_t>(length) == std::string(text.data()).size());
            }
        }
    }
}

TEST_CASE("a text has the same length for every buffer, and NULL requests only the length")
{
    for (const int each : formats) {
        const int length = format(each, nullptr, 0);
        REQUIRE(length > 0);
        const auto size = static_cast<std::size_t>(length);
        const std::unique_ptr<char[]> exact(new char[size + 1]);
        CHECK(format(each, exact.get(), size + 1) == length);
        const std::string whole = exact.get();
        CHECK(whole.size() == size);
        CHECK(whole.find('\n') == std::string::npos);
        CHECK(format(each, exact.get(), size) == length);
        CHECK(exact.get() == whole.substr(0, size - 1));
    }
}

TEST_CASE("a format that does not exist and a missing buffer are refused")
{
    std::array<char, 10> buffer = {'x'};
    for (const int unknown : {-1, 4, 1000})
        CHECK(format(unknown, buffer.data(), buffer.size()) == -EINVAL);
    CHECK(format(NFLOGCAP_LINE, nullptr, 1) == -EINVAL);
    CHECK(nflogcap_packet_format(nullptr, NFLOGCAP_LINE, nullptr, nullptr, nullptr, buffer.data(),
                                 10) == -EINVAL);
    CHECK(buffer[0] == 'x');
}

TEST_CASE("JSON has the host if it is given, and no payload in its own format")
{
    const auto has = [](int form, const char* host, std::string_view member) {
        std::array<char, 2000> text{};
        nflogcap_packet_format(&udp_packet().packet, form, nullptr, nullptr, host, text.data(),
                               text.size());
        return std::string_view(text.data()).find(member) != std::string_view::npos;
    };
    CHECK(has(NFLOGCAP_JSON, "fw1", R"(,"host":"fw1",)"));
    CHECK_FALSE(has(NFLOGCAP_JSON, nullptr, "host"));
    CHECK_FALSE(has(NFLOGCAP_LINE, "fw1", "fw1"));
    CHECK(has(NFLOGCAP_JSON, nullptr, R"(,"payload":)"));
    CHECK_FALSE(has(NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD, nullptr, R"(,"payload":)"));
    CHECK(has(NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD, nullptr, R"(,"payload_length":32,)"));
}

TEST_CASE("families and their hooks have names")
{
    CHECK(std::string(nflogcap_family_name(NFPROTO_IPV6)) == "ipv6");
    CHECK(std::string(nflogcap_hook_name(NFPROTO_NETDEV, 1)) == "egress");
    CHECK(nflogcap_family_name(0) == nullptr);
    CHECK(nflogcap_hook_name(NFPROTO_ARP, 3) == nullptr);
    CHECK(nflogcap_hook_name(0, 0) == nullptr);
}

TEST_CASE("the namer is called with its context, and may throw")
{
    Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, {});
    logged.packet.present |= NFLOGCAP_HAS_INDEV;
    logged.packet.indev = 7;
    std::array<char, 1000> text{};
    std::string name = "tun7";
    const auto namer = [](void* context, std::uint32_t index) -> const char* {
        return index == 7 ? static_cast<std::string*>(context)->c_str() : nullptr;
    };
    CHECK(nflogcap_packet_format(&logged.packet, NFLOGCAP_JSON, namer, &name, nullptr, text.data(),
                                 text.size()) > 0);
    CHECK(std::string(text.data()).find(R"("indev":7,"indev_name":"tun7")") != std::string::npos);

    const auto thrower = [](void*, std::uint32_t) -> const char* {
        throw std::runtime_error("no names today");
    };
    CHECK(nflogcap_packet_format(&logged.packet, NFLOGCAP_LINE, thrower, nullptr, nullptr,
                                 text.data(), text.size()) == -EIO);
}
