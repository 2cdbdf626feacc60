// SPDX-License-Identifier: GPL-2.0-or-later
// Prints packets as JSON for schema_test.py. First it prints one packet for each scenario of
// tests/attributes, as this kernel logs it. Each of these lines begins with the family and the hook
// of the rule, and a tab. Then it prints packets that it constructs, because some kernels do not
// send them. These lines begin with a tab.
#include "conntrack_messages.hpp"
#include "headers.hpp"
#include "logged_packet.hpp"
#include "message_builder.hpp"
#include "network.hpp"

#include <array>
#include <cstdio>
#include <exception>
#include <string>

namespace {

void print(const std::string& rule, const nflogcap_packet& packet, bool has_names = true)
{
    std::array<char, 65536> text{};
    const auto namer = [](void* has_any, std::uint32_t index) -> const char* {
        return has_any == nullptr || index == 0 ? nullptr : "dev0";
    };
    nflogcap_packet_format(&packet, NFLOGCAP_JSON, namer, &has_names, has_names ? "host" : nullptr,
                           text.data(), text.size());
    std::printf("%s\t%s\n", rule.c_str(), text.data());
}

void print_scenarios()
{
    for (const attributes::Scenario& scenario : attributes::scenarios()) {
        try {
            const attributes::LoggedPacket packet(scenario, {.conntrack = true});
            print(scenario.family + " " + scenario.hook, *packet);
        } catch (const attributes::NotOnThisKernel& lack) {
            std::fprintf(stderr, "%s: not on this kernel: %s\n", words(scenario).c_str(),
                         lack.what());
        }
    }
}

void print_message(const synthetic::Message& message)
{
    nflogcap_packet* packet = nullptr;
    const auto body = message.body();
    if (nflogcap_packet_parse(&packet, body.data(), body.size(), 1) < 0)
        throw std::runtime_error("a message is not valid");
    print("", *packet);
    nflogcap_packet_free(packet);
}

void print_others()
{
    for (const headers::Sample& sample : headers::samples())
        print("",
              logged::Logged(sample.family, sample.hook, sample.hw_protocol, sample.payload).packet,
              false);
    print_message(synthetic::full_message());
    print_message(synthetic::numbered(1).put(NFULA_PREFIX, synthetic::text({"\xff", 2})));
    using namespace synthetic;
    print_message(tracked(tcp_entry(), IP_CT_ESTABLISHED_REPLY));
    print_message(tracked(counted_entry(), IP_CT_RELATED));
    print_message(tracked(ping_entry(), IP_CT_NEW));
    print_message(tracked(ping6_entry(), IP_CT_NEW));
    print_message(tracked(state_entry(CTA_PROTOINFO_DCCP, 255), IP_CT_NEW));
    print_message(tracked(nested({{CTA_STATUS, big_endian(UINT32_C(0xffff))}}), UINT32_MAX));
    print_message(tracked({}, UINT32_MAX));
    const logged::Logged unknown(255, 255, 0, {}); // a family and a hook without a name
    print("", unknown.packet);
}

} // namespace

int main()
{
    support::require_live();
    try {
        print_scenarios();
        print_others();
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "json_objects: %s\n", failure.what());
        return 1;
    }
}
