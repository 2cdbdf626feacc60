// SPDX-License-Identifier: GPL-2.0-or-later
// The parser, on any messages: the walk over the attributes, and the layouts that save it.
#include "libfuzzer.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "packet_parser.hpp"
#include "view_checks.hpp"

using fuzz::must;

namespace {

// A parser that has learned the layout of one message reads another like one that has not.
void check_layout(std::span<const std::byte> learned, std::span<const std::byte> message,
                  bool is_sound, const nflogcap_packet& walked)
{
    nflog::PacketParser parser;
    nflogcap_packet view;
    parser.parse(learned, view);
    must(parser.parse(message, view) == is_sound,
         "a message is sound by its layout where it is by a walk");
    must(!is_sound || fuzz::are_equal(view, walked), "a layout tells what a walk finds");
}

void check_message(std::span<const std::byte> input, std::span<const std::byte> message)
{
    nflogcap_packet walked;
    const bool is_sound = nflog::parse_packet(message, walked);
    if (is_sound) {
        fuzz::check_view(message, walked);
        fuzz::check_frame(walked);
        fuzz::check_clone(walked);
    }
    fuzz::each_message(input, [&](std::span<const std::byte> learned) {
        check_layout(fuzz::body_of(learned), message, is_sound, walked);
    });
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = std::as_bytes(std::span(data, size));
    constexpr int most = 3; // each is read with the layout of each
    int messages = 0;
    fuzz::each_message(input, [&](std::span<const std::byte>) { ++messages; });
    if (messages > most)
        return -1;
    fuzz::each_message(input, [&](std::span<const std::byte> message) {
        check_message(input, fuzz::body_of(message));
    });
    return 0;
}
