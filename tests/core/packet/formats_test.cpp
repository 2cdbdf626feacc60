// SPDX-License-Identifier: GPL-2.0-or-later
#include "formats.hpp"

#include "headers.hpp"
#include "rfc3339.hpp"
#include "wire_length.hpp"

#include "catch.hpp"
#include "characters.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <span>
#include <string>

using namespace headers;
using logged::Logged;
using nflog::TextWriter;

namespace {

enum class Format { line, colored_line, json, json_no_payload };

const char* name_of(void* /*context*/, std::uint32_t index)
{
    constexpr std::array<const char*, 3> names = {nullptr, "lo", "br\u202e0"};
    return index < names.size() ? names[index] : nullptr;
}

void write(TextWriter& text, const nflogcap_packet& packet, Format format)
{
    if (format == Format::json || format == Format::json_no_payload)
        nflog::write_json(text, packet, {{name_of, nullptr}, "h\n", format == Format::json});
    else
        nflog::write_line(text, packet, {name_of, nullptr}, {format == Format::colored_line});
}

std::string formatted(const nflogcap_packet& packet, Format format)
{
    std::array<char, 2000> buffer{};
    TextWriter text(buffer.data(), buffer.size());
    write(text, packet, format);
    REQUIRE(text.finish() < buffer.size());
    return buffer.data();
}

// The line without its time, which depends on the time zone.
std::string line(const nflogcap_packet& packet)
{
    const std::string whole = formatted(packet, Format::line);
    return whole.substr(whole.find(' ') + 1);
}

std::string line(const std::string& name)
{
    const auto all = samples();
    const auto sample = std::ranges::find(all, name, &Sample::name);
    REQUIRE(sample != all.end());
    Logged logged(sample->family, sample->hook, sample->hw_protocol, sample->payload);
    const nflog::WireLength length = nflog::wire_length(logged.packet);
    logged.packet.wire_length = length.bytes;
    logged.packet.present |= length.is_known ? NFLOGCAP_HAS_WIRE_LENGTH : 0;
    return line(logged.packet);
}

} // namespace

TEST_CASE("a line shows the important fields of each kind of packet")
{
    CHECK(line("ipv4-udp") == "group 0 UDP 192.0.2.1:5000 > 198.51.100.2:53 length 32");
    CHECK(line("ipv4-tcp") == "group 0 TCP 192.0.2.1:5000 > 198.51.100.2:443 SYN ACK length 40");
    CHECK(line("ipv4-icmp-echo") ==
          "group 0 ICMP 192.0.2.1 > 198.51.100.2 echo request id 258 seq 7 length 28");
    CHECK(line("ipv4-icmp-unreachable") ==
          "group 0 ICMP 192.0.2.1 > 198.51.100.2 port unreachable length 28");
    CHECK(line("ipv4-last-fragment") ==
          "group 0 UDP 192.0.2.1 > 198.51.100.2 fragment at 1480 length 28");
    CHECK(line("ipv6-all-extensions") ==
          "group 0 TCP [2001:db8::1]:5000 > [2001:db8::2]:443 SYN length 164");
    CHECK(line("ipv6-later-fragment-of-options") ==
          "group 0 IPv6 2001:db8::1 > 2001:db8::2 fragment at 1448 length 56");
    CHECK(line("ipv6-no-next-header") ==
          "group 0 IP protocol 59 2001:db8::1 > 2001:db8::2 length 40");
    CHECK(line("bridge-802.1ad-802.1q") ==
          "group 0 vlan 100.200 UDP [2001:db8::1]:5000 > [2001:db8::2]:53 length 60");
    CHECK(line("arp-input-request") ==
          "group 0 ARP who has 198.51.100.2? tell 192.0.2.1 length 28");
    CHECK(line("arp-output-reply") == "group 0 ARP 192.0.2.1 is here, to 198.51.100.2 length 42");
    CHECK(line("bridge-pppoe") == "group 0 EtherType 0x8864 length 20 or more");
}

TEST_CASE("a line has the metadata that the packet has")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_IP, ipv4(IPPROTO_UDP, udp()));
    nflogcap_packet& packet = logged.vlan(ETH_P_8021Q, 0x6064).packet;
    packet.group = 5;
    packet.prefix = "say \"\x1b[31m\"\\";
    packet.indev = 2;
    packet.physindev = 1;
    packet.outdev = 9;
    packet.present |=
        NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_MARK | NFLOGCAP_HAS_UID | NFLOGCAP_HAS_PREFIX;
    packet.mark = 7;
    packet.uid = 1000;
    packet.wire_length = 100;
    packet.lost_before = 3;
    CHECK(line(packet) ==
          R"(group 5 "say \"\x1b[31m\"\\" in br\xe2\x80\xae0(lo) out #9 vlan 100 mark 7 uid 1000 )"
          "UDP 192.0.2.1:5000 > 198.51.100.2:53 length 100 (32 captured) (3 lost before it)");
}

TEST_CASE("a line begins with the local time in microseconds")
{
    Logged logged(NFPROTO_IPV4, 0, 0, {});
    const std::time_t second = 1700000000;
    logged.packet.timestamp_ns = 1700000000000123456;
    std::tm local{};
    localtime_r(&second, &local);
    std::array<char, 16> clock{};
    std::strftime(clock.data(), clock.size(), "%H:%M:%S", &local);
    CHECK(formatted(logged.packet, Format::line) ==
          std::string(clock.data()) + ".000123 group 0 no payload");
}

TEST_CASE("a colored line is the line with a terminal's colors")
{
    Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, ipv4(IPPROTO_UDP, udp()));
    std::string colored = formatted(logged.packet, Format::colored_line);
    CHECK(colored.find("\033[1mUDP\033[0m") != std::string::npos);
    for (std::size_t at = 0; (at = colored.find('\033')) != std::string::npos;)
        colored.erase(at, colored.find('m', at) - at + 1);
    CHECK(colored == formatted(logged.packet, Format::line));
}

TEST_CASE("JSON has every field that the packet has")
{
    Logged logged(NFPROTO_BRIDGE, NF_INET_FORWARD, ETH_P_8021Q,
                  vlan(200, ETH_P_IPV6, ipv6(IPPROTO_ICMPV6, icmp(128, 0))));
    nflogcap_packet& packet = logged.vlan(ETH_P_8021AD, 0x6064).packet;
    packet.group = 5;
    packet.timestamp_ns = 1700000000000123456;
    packet.present |= NFLOGCAP_HAS_WIRE_LENGTH | NFLOGCAP_HAS_TIMESTAMP | NFLOGCAP_HAS_INDEV |
                      NFLOGCAP_HAS_OUTDEV | NFLOGCAP_HAS_HW_ADDRESS | NFLOGCAP_HAS_PREFIX;
    packet.indev = 2;
    packet.outdev = 9;
    const Bytes hw_address = {0, 0x1b, 0xff};
    packet.hw_address = hw_address.data();
    packet.hw_address_length = 3;
    packet.prefix = "\"é\\\xff\n\u202e";
    CHECK(
        formatted(packet, Format::json) ==
        R"({"version":1,"timestamp":"2023-11-14T22:13:20.000123456Z",)"
        R"("timestamp_ns":1700000000000123456,"timestamp_of":"kernel","host":"h\u000a",)"
        R"("lost_before":0,"group":5,"family":7,"family_name":"bridge",)"
        R"("hook":2,"hook_name":"forward","hw_protocol":33024,)"
        R"("indev":2,"indev_name":"br\u202e0","outdev":9,)"
        R"("prefix":"\"é\\\ufffd\u000a\u202e","prefix_bytes":"22c3a95cff0ae280ae",)"
        R"("hw_address":"00:1b:ff","vlan_tci":24676,"vlan_protocol":34984,)"
        R"("network_offset":4,"transport_offset":44,"ether_type":34525,"ip_version":6,)"
        R"("protocol":58,"protocol_name":"icmpv6","source":"2001:db8::1","destination":"2001:db8::2",)"
        R"("icmp_type":128,"icmp_code":0,"vlan_ids":[100,200],"echo_id":258,"echo_sequence":7,)"
        R"("payload":"00c886dd6000000000083a4020010db800000000000000000000000120010db8)"
        R"(0000000000000000000000028000000001020007","payload_length":52,"wire_length":0})");
    std::string without = formatted(packet, Format::json);
    const std::size_t payload = without.find(",\"payload\":");
    without.erase(payload, without.find(",\"payload_length\":") - payload);
    CHECK(formatted(packet, Format::json_no_payload) == without);
    packet.present &= ~NFLOGCAP_HAS_WIRE_LENGTH;
    const std::string unknown = formatted(packet, Format::json);
    CHECK(unknown.ends_with(R"("payload_length":52,"wire_length":0,"wire_length_is_min":true})"));
}

TEST_CASE("JSON has the names of the TCP flags that are set")
{
    const auto flags = [](std::uint8_t bits) {
        const Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, ipv4(IPPROTO_TCP, tcp(bits)));
        const std::string json = formatted(logged.packet, Format::json);
        const std::size_t at = json.find("\"tcp_flags\":");
        return json.substr(at, json.find(']', at) + 1 - at);
    };
    CHECK(flags(0) == R"("tcp_flags":0,"tcp_flags_names":[])");
    CHECK(flags(0x12) == R"("tcp_flags":18,"tcp_flags_names":["syn","ack"])");
    CHECK(flags(0xff) == R"("tcp_flags":255,"tcp_flags_names":)"
                         R"(["syn","fin","rst","psh","urg","ece","cwr","ack"])");
}

TEST_CASE("the name of a hook depends on its number and its family; unknown hooks have no name")
{
    const auto name = [](std::uint8_t family, std::uint8_t hook) {
        const Logged logged(family, hook, 0, {});
        const std::string json = formatted(logged.packet, Format::json);
        const std::string key = "\"hook\":" + std::to_string(hook) + ",";
        const std::size_t at = json.find(key) + key.size();
        return json.substr(at, json.find(',', at) - at);
    };
    CHECK(name(NFPROTO_IPV4, 0) == R"("hook_name":"prerouting")");
    CHECK(name(NFPROTO_IPV6, 5) == R"("hook_name":"ingress")");
    CHECK(name(NFPROTO_BRIDGE, 5) == R"("hook_name":"brouting")");
    CHECK(name(NFPROTO_ARP, 0) == R"("hook_name":"input")");
    CHECK(name(NFPROTO_ARP, 1) == R"("hook_name":"output")");
    CHECK(name(NFPROTO_NETDEV, 0) == R"("hook_name":"ingress")");
    CHECK(name(NFPROTO_NETDEV, 1) == R"("hook_name":"egress")");
    constexpr std::array<std::array<std::uint8_t, 2>, 5> nameless{
        {{NFPROTO_NETDEV, 2}, {NFPROTO_IPV4, 6}, {NFPROTO_IPV4, 255}, {NFPROTO_INET, 0}, {255, 0}}};
    for (const auto& [family, hook] : nameless)
        CHECK(name(family, hook) == R"("hw_protocol":0)");
}

TEST_CASE("a time in nanoseconds is written as the correct date and time")
{
    constexpr std::uint64_t day = 86'400;
    const auto check = [](std::uint64_t second) {
        // gmtime(3) is not used, because its seconds end in 2038 on a 32-bit machine.
        const std::chrono::year_month_day date{
            std::chrono::sys_days{std::chrono::days(second / day)}};
        const std::chrono::hh_mm_ss time{std::chrono::seconds(second % day)};
        std::array<char, 64> expected{};
        std::snprintf(expected.data(), expected.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                      static_cast<int>(time.minutes().count()),
                      static_cast<int>(time.seconds().count()));
        const auto text = nflog::rfc3339(second * 1'000'000'000 + 987'654'321);
        CHECK(std::string(text.text.data(), text.length) ==
              std::string(expected.data()) + ".987654321Z");
    };
    for (std::uint64_t at = 0; at < 150 * 366; ++at) // one second of each day
        check(at * day + at * 7919 % day);
    for (std::uint64_t minute = 0; minute < day / 60; ++minute)
        check(1'709'164'800 + minute * 60 + minute % 60); // minutes of February 29, 2024
    check(18'446'744'072);                                // the last whole second
}

// Whether the text consists of characters that do not control a terminal.
bool is_printable(std::string_view text)
{
    for (std::size_t length = 0; !text.empty(); text.remove_prefix(length)) {
        const nflog::Character first = nflog::first_character(text);
        length = first.length;
        if (!first.is_printable)
            return false;
    }
    return true;
}

TEST_CASE("lines have no control characters, and JSON has numbers for them")
{
    Logged logged(NFPROTO_IPV4, 0, 0, {});
    logged.packet.present |= NFLOGCAP_HAS_PREFIX;
    const auto check = [&](const std::string& control, unsigned code) {
        CAPTURE(code);
        const std::string prefix = "a" + control + "b";
        logged.packet.prefix = prefix.c_str();
        CHECK(is_printable(formatted(logged.packet, Format::line)));
        const std::string json = formatted(logged.packet, Format::json);
        CHECK(is_printable(json));
        std::array<char, 16> expected{};
        static_cast<void>(std::snprintf(expected.data(), expected.size(), "\"a\\u%04xb\"", code));
        CHECK(json.find(expected.data()) != std::string::npos);
    };
    for (unsigned code = 1; code < ' '; ++code)
        check({static_cast<char>(code)}, code);
    check("\x7f", 0x7f);
    for (unsigned code = 0x80; code <= 0x9f; ++code)
        check({'\xc2', static_cast<char>(code)}, code);
    check("\u061c", 0x61c);
    const auto check_range = [&](unsigned min, unsigned max) {
        for (unsigned code = min; code <= max; ++code)
            check({'\xe2', static_cast<char>(0x80 | (code >> 6 & 0x3f)),
                   static_cast<char>(0x80 | (code & 0x3f))},
                  code);
    };
    check_range(0x200e, 0x200f);
    check_range(0x2028, 0x202e);
    check_range(0x2066, 0x2069);
}

TEST_CASE("a prefix that looks like an escape differs from one that was escaped")
{
    Logged logged(NFPROTO_IPV4, 0, 0, {});
    logged.packet.present |= NFLOGCAP_HAS_PREFIX;
    logged.packet.prefix = R"(\x1b)";
    CHECK(line(logged.packet) == R"(group 0 "\\x1b" no payload)");
    logged.packet.prefix = "\x1b";
    CHECK(line(logged.packet) == R"(group 0 "\x1b" no payload)");
}

// The output of a TextWriter, which the tests compare with the output of printf.
template <typename Put>
std::string written(Put put)
{
    std::array<char, 2000> buffer{};
    TextWriter text(buffer.data(), buffer.size());
    put(text);
    text.finish();
    return buffer.data();
}

TEST_CASE("bytes of any value and number are written as hexadecimal digits")
{
    Bytes bytes;
    std::string expected;
    for (int value = 0; value < 256; ++value) {
        CHECK(written([&](TextWriter& text) { text.put_hex(bytes); }) == expected);
        std::array<char, 3> digits{};
        static_cast<void>(std::snprintf(digits.data(), digits.size(), "%02x", value));
        bytes.push_back(static_cast<std::uint8_t>(value));
        expected += digits.data();
    }
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const std::span<const std::uint8_t> rest = std::span(bytes).subspan(at);
        CHECK(written([&](TextWriter& text) { text.put_hex(rest); }) == expected.substr(2 * at));
    }
}

TEST_CASE("each octet of an IPv4 address is written in decimal")
{
    for (int value = 0; value < 256; ++value) {
        const auto octet = static_cast<std::uint8_t>(value);
        const std::array<std::uint8_t, 4> address = {octet, 0, octet, octet};
        const std::string words = std::to_string(value);
        const std::string expected = words + ".0." + words + "." + words;
        CHECK(written([&](TextWriter& text) { text.put_address(address); }) == expected);
    }
}

TEST_CASE("numbers with any count of digits are written in decimal")
{
    for (std::uint64_t power = 1, digits = 1; digits <= 20; power *= 10, ++digits) {
        for (const std::uint64_t number : {power - 1, power, power + 1})
            CHECK(written([&](TextWriter& text) { text.put_number(number); }) ==
                  std::to_string(number));
    }
}

TEST_CASE("without a namer interfaces are shown as numbers")
{
    Logged logged(NFPROTO_IPV4, 0, 0, {});
    logged.packet.present |= NFLOGCAP_HAS_INDEV;
    logged.packet.indev = 1;
    std::array<char, 2000> buffer{};
    TextWriter json(buffer.data(), buffer.size());
    nflog::write_json(json, logged.packet, {{nullptr, nullptr}, nullptr, true});
    json.finish();
    CHECK(std::string(buffer.data()).find(R"("indev":1,"network_offset")") != std::string::npos);
    TextWriter line(buffer.data(), buffer.size());
    nflog::write_line(line, logged.packet, {nullptr, nullptr}, {false});
    line.finish();
    CHECK(std::string(buffer.data()).find(" in #1 no payload") != std::string::npos);
}

TEST_CASE(
    "a buffer that is too small gets the start of the text, in complete characters, and a NUL")
{
    Logged logged(NFPROTO_IPV4, 0, ETH_P_IP, ipv4(IPPROTO_UDP, udp()));
    logged.packet.present |= NFLOGCAP_HAS_PREFIX;
    logged.packet.prefix = "é€😀";
    for (const Format format :
         {Format::line, Format::colored_line, Format::json, Format::json_no_payload}) {
        const std::string whole = formatted(logged.packet, format);
        for (std::size_t capacity = 0; capacity <= whole.size() + 2; ++capacity) {
            CAPTURE(format, capacity);
            const std::unique_ptr<char[]> buffer(new char[capacity]); // of exactly that size
            TextWriter text(buffer.get(), capacity);
            write(text, logged.packet, format);
            CHECK(text.finish() == whole.size());
            if (capacity == 0)
                continue;
            const std::string part = buffer.get();
            REQUIRE(part.size() < capacity);
            CHECK(whole.starts_with(part));
            CHECK(part.size() + 4 >= std::min(capacity, whole.size()));
            std::string_view rest = part;
            while (!rest.empty()) {
                const std::size_t length = nflog::first_character(rest).length;
                REQUIRE(length > 0);
                rest.remove_prefix(length);
            }
        }
    }
}
