// SPDX-License-Identifier: GPL-2.0-or-later
#include "conntrack_messages.hpp"

#include "formats.hpp"

#include "catch.hpp"
#include "packet_parser.hpp"

#include <array>
#include <string>

using namespace synthetic;

namespace {

// The object of the packet's conntrack entry, with the comma before; "" if it has none.
std::string conntrack_of(const Message& message)
{
    nflogcap_packet packet;
    REQUIRE(nflog::parse_packet(message.body(), packet));
    std::array<char, 4096> buffer{};
    nflog::TextWriter text(buffer.data(), buffer.size());
    nflog::write_json(text, packet, {{nullptr, nullptr}, nullptr, false});
    REQUIRE(text.finish() < buffer.size());
    const std::string json = buffer.data();
    const std::size_t begin = json.find(",\"conntrack\":");
    return begin == std::string::npos
               ? ""
               : json.substr(begin, json.find(",\"payload_length\"") - begin);
}

} // namespace

TEST_CASE("JSON has one object with all members of a conntrack entry")
{
    CHECK(conntrack_of(tracked(tcp_entry(), IP_CT_ESTABLISHED_REPLY)) ==
          R"(,"conntrack":{"state":"established","direction":"reply","id":2712847316,"status":414,)"
          R"("status_names":["seen_reply","assured","confirmed","snat","snat_done","dnat_done"],)"
          R"("mark":1364349780,"timeout":431999,"zone":9,"protocol_state":3,)"
          R"("protocol_state_name":"established",)"
          R"("original":{"source":"10.0.0.7","destination":"198.51.100.2","protocol":6,)"
          R"("protocol_name":"tcp","source_port":40001,"destination_port":443},)"
          R"("reply":{"source":"198.51.100.2","destination":"192.0.2.1","protocol":6,)"
          R"("protocol_name":"tcp","source_port":443,"destination_port":61000}})");
    CHECK(conntrack_of(tracked(counted_entry(), IP_CT_RELATED)) ==
          R"(,"conntrack":{"state":"related","direction":"original","id":7,"status":10,)"
          R"("status_names":["seen_reply","confirmed"],"mark":0,"timeout":29,)"
          R"("original":{"source":"2001:db8::1","destination":"2001:db8::2","protocol":17,)"
          R"("protocol_name":"udp","source_port":5353,"destination_port":53,"zone":3,)"
          R"("packets":4294967297,"bytes":8589934594},)"
          R"("reply":{"source":"2001:db8::2","destination":"2001:db8::1","protocol":17,)"
          R"("protocol_name":"udp","source_port":53,"destination_port":5353,"zone":4,)"
          R"("packets":3,"bytes":400}})");
}

TEST_CASE("JSON has only the members that an entry has, and no object without any")
{
    CHECK(conntrack_of(tracked({}, IP_CT_NEW)) ==
          R"(,"conntrack":{"state":"new","direction":"original"})");
    CHECK(conntrack_of(tracked(state_entry(CTA_PROTOINFO_TCP, 77), 99)) ==
          R"(,"conntrack":{"protocol_state":77})");
    CHECK(conntrack_of(tracked({}, 99)).empty());
    CHECK(conntrack_of(numbered(1)).empty());
}
