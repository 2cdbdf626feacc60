// SPDX-License-Identifier: GPL-2.0-or-later
#include "counters.hpp"

#include <array>
#include <cstdint>

namespace nflog {

namespace {

enum Owner : std::uint32_t {
    handle,
    group
}; // who has the counter: the handle; `group`: also each group

#define COUNTER(name, owner, unit, description)                                                    \
    nflogcap_counter                                                                               \
    {                                                                                              \
#name, description, unit, offsetof(nflogcap_stats, name), sizeof(nflogcap_stats::name),    \
            owner, 0                                                                               \
    }

constexpr std::array table = {
    COUNTER(received, group, "packets", "packets read from the kernel or the savefile"),
    COUNTER(delivered, group, "packets", "packets returned by next and next_batch"),
    COUNTER(filtered, group, "packets",
            "packets read and rejected by the filter; with a savefile also packets of groups that "
            "were not added, which count for the handle only"),
    COUNTER(lost, group, "packets",
            "packets that the kernel numbered and that never arrived: exact"),
    COUNTER(dropped_batches, handle, "batches",
            "batches that the kernel dropped because the socket buffer was full, as the kernel "
            "counts them"),
    COUNTER(unaccounted_batches, handle, "batches",
            "dropped batches not yet reflected in lost: a loss shows only when the group's next "
            "packet arrives; 0: lost is complete"),
    COUNTER(truncated, handle, "batches",
            "batches longer than the receive buffer; the packets cut off are counted in lost"),
    COUNTER(malformed, handle, "messages",
            "invalid messages; those that the kernel numbered are also counted in lost"),
    COUNTER(batches, group, "batches", "batches read"),
    COUNTER(bytes, group, "bytes", "bytes of the batches read"),
    COUNTER(socket_buffer, handle, "bytes",
            "bytes of socket buffer that the kernel granted, as SO_RCVBUF reports it: twice the "
            "request"),
    COUNTER(socket_buffer_used, handle, "bytes",
            "bytes of socket_buffer that waiting batches occupy; 0 when not capturing"),
    COUNTER(delivery, handle, "",
            "the delivery now in force, NFLOGCAP_BATCHED or NFLOGCAP_IMMEDIATE; in adaptive mode "
            "batched if at least one group is"),
    COUNTER(savefile_read, handle, "bytes",
            "bytes of the savefile read so far; if it is compressed, compressed bytes"),
    COUNTER(savefile_size, handle, "bytes",
            "bytes of the savefile when it was opened; 0 without a savefile, and for a pipe, "
            "because its size is unknown"),
};
#undef COUNTER

} // namespace

std::span<const nflogcap_counter> counters() noexcept
{
    return table;
}

} // namespace nflog
