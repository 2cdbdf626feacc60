// SPDX-License-Identifier: GPL-2.0-or-later
#include "conntrack_checks.hpp"

#include "must.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fuzz {

namespace {

using FieldAt = const nflogcap_field* (*)(std::size_t);

void check_absent(const void* of, std::uint32_t has, FieldAt field_at)
{
    for (std::size_t i = 0; const nflogcap_field* field = field_at(i); ++i) {
        const auto* const begin = static_cast<const std::uint8_t*>(of) + field->offset;
        must((field->present & has) != 0 ||
                 std::all_of(begin, begin + field->size,
                             [](std::uint8_t byte) { return byte == 0; }),
             "absent members of an entry are 0");
    }
}

void check_tuple(const nflogcap_tuple& tuple, bool is_there)
{
    must((tuple.has != 0) == is_there, "a direction is present if it has a member");
    check_absent(&tuple, tuple.has, nflogcap_tuple_field_at);
    const bool has_addresses = (tuple.has & NFLOGCAP_TUPLE_HAS_ADDRESSES) != 0;
    must(has_addresses ? tuple.address_length == 4 || tuple.address_length == 16
                       : tuple.address_length == 0,
         "addresses have the length of a version of IP");
}

} // namespace

void check_conntrack(const nflogcap_packet& packet)
{
    nflogcap_conntrack found;
    std::memset(&found, 0xa5, sizeof found);
    must(nflogcap_packet_conntrack(&packet, &found, sizeof found) == 0, "an entry is read");
    check_absent(&found, found.has, nflogcap_conntrack_field_at);
    check_tuple(found.original, (found.has & NFLOGCAP_CONNTRACK_HAS_ORIGINAL) != 0);
    check_tuple(found.reply, (found.has & NFLOGCAP_CONNTRACK_HAS_REPLY) != 0);
    must((found.state != nullptr) == ((found.has & NFLOGCAP_CONNTRACK_HAS_STATE) != 0) &&
             (found.state != nullptr) == (found.direction != nullptr),
         "a state and a direction are present together");
    must(found.has == 0 || (packet.present & (NFLOGCAP_HAS_CT | NFLOGCAP_HAS_CT_INFO)) != 0,
         "a packet without an entry has no members of an entry");
}

} // namespace fuzz
