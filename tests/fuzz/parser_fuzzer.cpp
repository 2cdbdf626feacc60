// SPDX-License-Identifier: GPL-2.0-or-later
// Parses any messages, and compares the result with that of a general walk over the attributes.
#include "libfuzzer.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "view_checks.hpp"

namespace {

// Checks the result of nflogcap_packet_parse() for any bytes.
void check_record(const std::uint8_t* data, std::size_t size)
{
    nflogcap_packet* packet = nullptr;
    if (nflogcap_packet_parse(&packet, data, size, 0) != 0) {
        fuzz::must(packet == nullptr, "a failure makes no packet");
        return;
    }
    const auto message = std::as_bytes(std::span(packet->message, packet->message_length));
    nflogcap_packet view;
    fuzz::must(fuzz::parse_and_walk(message, view), "a parsed record is a valid message");
    fuzz::check_view(message, view);
    fuzz::must(packet->timestamp_ns == 0, "a packet has the time that was given");
    fuzz::must(packet->payload == view.payload && packet->payload_length == view.payload_length,
               "a packet has the payload of its message");
    nflogcap_packet_free(packet);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    check_record(data, size);
    fuzz::each_message(std::as_bytes(std::span(data, size)), [](std::span<const std::byte> whole) {
        const auto message = fuzz::body_of(whole);
        check_record(reinterpret_cast<const std::uint8_t*>(message.data()), message.size());
        nflogcap_packet view;
        if (!fuzz::parse_and_walk(message, view))
            return;
        fuzz::check_view(message, view);
        fuzz::check_frame(view);
        fuzz::check_records(view);
        fuzz::check_clone(view);
    });
    return 0;
}
