// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissection.hpp"

#include "conntrack.hpp"
#include "formats.hpp"
#include "handle.hpp"
#include "sized_struct.hpp"

#include <cerrno>
#include <nflogcap.h>

extern "C" {

int nflogcap_dissect(const nflogcap_packet* packet, nflogcap_dissection* ret, size_t size)
{
    constexpr std::size_t first_size = 96; // in 1.0
    if (packet == nullptr || ret == nullptr)
        return -EINVAL;
    return nflog::copy_sized(nflog::dissect(*packet), ret, size, first_size);
}

int nflogcap_packet_conntrack(const nflogcap_packet* packet, nflogcap_conntrack* ret, size_t size)
{
    constexpr std::size_t
        first_size = // in 1.0; pointers have different sizes on different machines
        offsetof(nflogcap_conntrack, reply) + sizeof(nflogcap_tuple);
    if (packet == nullptr || ret == nullptr)
        return -EINVAL;
    return nflog::copy_sized(nflog::read_conntrack(*packet), ret, size, first_size);
}

int nflogcap_packet_format(const nflogcap_packet* packet, int format,
                           nflogcap_interface_namer namer, void* context, const char* host,
                           char* buffer, size_t capacity)
{
    if (packet == nullptr || (buffer == nullptr && capacity > 0))
        return -EINVAL;
    const nflog::CancellationOff no_cancellation; // the namer may call cancellation points
    nflog::NoWords no_words;
    return nflog::report(no_words, [&] {
        nflog::TextWriter text(buffer, capacity);
        switch (format) {
        case NFLOGCAP_LINE:
        case NFLOGCAP_COLORED_LINE:
        case NFLOGCAP_LINE | NFLOGCAP_NO_TIME:
        case NFLOGCAP_COLORED_LINE | NFLOGCAP_NO_TIME:
            nflog::write_line(text, *packet, {namer, context},
                              {(format & ~NFLOGCAP_NO_TIME) == NFLOGCAP_COLORED_LINE,
                               (format & NFLOGCAP_NO_TIME) == 0});
            break;
        case NFLOGCAP_JSON:
        case NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD:
            nflog::write_json(text, *packet, {{namer, context}, host, format == NFLOGCAP_JSON});
            break;
        default:
            return -EINVAL;
        }
        return static_cast<int>(text.finish());
    });
}

} // extern "C"
