// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_lines.hpp"

#include "catch.hpp"
#include "record_framing.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace {

void append(std::string& bytes, std::initializer_list<std::uint32_t> numbers)
{
    for (const std::uint32_t number : numbers)
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// Returns a savefile of two packets of group 5, with a prefix, an interface and a VLAN.
std::string savefile()
{
    std::string packet("\x02\x00\x00\x05", 4);
    packet.append("\x06\x00\x0a\x00"
                  "a\0\0\0",
                  8);
    packet.append("\x08\x00\x04\x00"
                  "\0\0\0\2",
                  8);
    packet.append("\x0c\x00\x13\x00"
                  "\x06\x00\x01\x00"
                  "\x81\x00\0\0",
                  12);
    packet.append("\x18\x00\x09\x00"
                  "\x45\0\0\x14"
                  "0123456789abcdef",
                  24);
    std::string bytes;
    append(bytes, {0xa1b23c4d, 0x00040002, 0, 0, 262144, 239});
    for (std::uint32_t i = 0; i < 2; ++i) {
        const auto length = static_cast<std::uint32_t>(packet.size());
        append(bytes, {1'700'000'000, i, length, length});
        bytes += packet;
    }
    return bytes;
}

fleet::Message message_of(std::string_view savefile)
{
    fleet::Message message;
    message.host = "web-1";
    message.chunk.group = 5;
    message.chunk.interfaces = "2=eth0";
    message.savefile = savefile;
    return message;
}

} // namespace

TEST_CASE("each packet is a line, with the host's name of the interface")
{
    const std::string bytes = savefile();
    const auto lines = fleet::packet_lines(message_of(bytes));
    REQUIRE(lines);
    CHECK(std::ranges::count(*lines, '\n') == 2);
    CHECK(lines->find(R"("host":"web-1")") != std::string::npos);
    CHECK(lines->find(R"("indev_name":"eth0")") != std::string::npos);
}

TEST_CASE("a packet of another group is damaged")
{
    const std::string bytes = savefile();
    fleet::Message message = message_of(bytes);
    message.chunk.group = 6;
    CHECK_FALSE(fleet::packet_lines(message));
}

TEST_CASE("damaged savefiles never cause a read beyond their end")
{
    std::mt19937 random(7);
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes = savefile();
        for (unsigned changes = 1 + random() % 4; changes > 0; --changes)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        if (random() % 4 == 0) // the savefile claims the other byte order
            std::reverse(bytes.begin(), bytes.begin() + 4);
        // A copy of exact size lets a sanitizer find reads beyond its end.
        const std::string copy(bytes);
        if (fleet::count_records(copy))
            static_cast<void>(fleet::packet_lines(message_of(copy)));
    }
}
