// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "conntrack_names.hpp"
#include "fields.hpp"
#include "hook_names.hpp"
#include "protocol_names.hpp"
#include "text_writer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nflogcap.h>

// Parts of a JSON object that are the same for all packets.
namespace nflog::json {

enum class Form : std::uint8_t {
    integer,
    family,
    hook,
    protocol,
    tcp_flags,
    connection_status,
    interface,
    bytes,
    payload,
    hw_address,
    text,
    address,
    list,
};

// A member of the JSON object that contains a field.
struct Member {
    TextWriter::Block key; // such as ,"group":
    const nflogcap_field* field;
    Form form;
};

// The members of an object, in their order.
struct Members {
    std::array<Member, max_fields> all;
    std::size_t count;

    [[nodiscard]] const Member* begin() const { return all.data(); }
    [[nodiscard]] const Member* end() const { return all.data() + count; }
};

// All parts. They are made once and then copied, because most of the written text consists of them.
struct Pieces {
    Members before_payload;
    Members payload;   // payload and its lengths; the last members, because the payload is long
    Members conntrack; // without its tuples
    Members tuple;
    // The members that contain the name of a number, indexed by the number; "" if it has no name.
    std::array<TextWriter::Block, max_families> families;
    std::array<std::array<TextWriter::Block, max_hooks>, max_families> hooks; // by family
    std::array<TextWriter::Block, std::numeric_limits<std::uint8_t>::max() + 1> protocols;
    // Elements of lists.
    std::array<TextWriter::Block, tcp_flags.size()> flags;
    std::array<TextWriter::Block, connection_statuses.size()> statuses;
};

const Pieces& pieces();

} // namespace nflog::json
