// SPDX-License-Identifier: GPL-2.0-or-later
// The parser, on any messages, against the general walk over the attributes.
#include "libfuzzer.hpp"
#include "must.hpp"
#include "netlink_input.hpp"
#include "view_checks.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::each_message(std::as_bytes(std::span(data, size)), [](std::span<const std::byte> whole) {
        const auto message = fuzz::body_of(whole);
        nflogcap_packet view;
        if (!fuzz::parse_and_walk(message, view))
            return;
        fuzz::check_view(message, view);
        fuzz::check_frame(view);
        fuzz::check_clone(view);
    });
    return 0;
}
