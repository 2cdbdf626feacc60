// SPDX-License-Identifier: GPL-2.0-or-later
#include "handover_state.hpp"

#include "error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nflog {

namespace {

using Length = std::uint64_t; // of a record, which comes before it

Error not_kept()
{
    return system_failure("cannot keep the taps for a hand-over", errno);
}

} // namespace

void HandoverState::begin(std::uint32_t socket_port, std::uint32_t buffer_bytes,
                          const GroupSettings& settings, bool has_adaptive_delivery) noexcept
{
    port = socket_port;
    socket_buffer = buffer_bytes;
    snaplen = settings.snaplen;
    queue_threshold = settings.queue_threshold;
    flush_timeout_ms = settings.flush_timeout_ms;
    batch_size = settings.batch_size;
    conntrack = settings.conntrack ? 1 : 0;
    is_adaptive = has_adaptive_delivery ? 1 : 0;
    format = first_format;
}

GroupSettings HandoverState::settings() const noexcept
{
    return {snaplen, queue_threshold, flush_timeout_ms, batch_size, conntrack != 0};
}

void HandoverState::clear() noexcept
{
    for (GroupState& group : groups) {
        if (group.flags != 0) // pages of other groups need no memory
            group.flags = 0;
    }
    taps_at = 0;
}

// The new record stands beside the old one until it counts.
void HandoverState::write_taps(const SharedMemory& memory, const std::string& record,
                               std::uint16_t group)
{
    struct stat file {};
    if (fstat(memory.fd(), &file) < 0)
        throw not_kept();
    const Length length = record.size();
    const off_t before = static_cast<off_t>(taps_at.load());
    std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
    bytes += record;
    if (pwrite(memory.fd(), bytes.data(), bytes.size(), file.st_size) !=
        static_cast<ssize_t>(bytes.size()))
        throw not_kept();
    tap_group = group;
    taps_at = static_cast<std::uint64_t>(file.st_size);
    if (before != 0) // frees its pages; a failure costs no more than these
        static_cast<void>(fallocate(memory.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, before,
                                    file.st_size - before));
}

std::string HandoverState::read_taps(const SharedMemory& memory) const
{
    const std::uint64_t at = taps_at;
    if (at == 0)
        return {};
    struct stat file {};
    Length length = 0;
    const auto begin = static_cast<off_t>(at + sizeof length);
    if (fstat(memory.fd(), &file) < 0 || at < sizeof *this || begin > file.st_size ||
        pread(memory.fd(), &length, sizeof length, static_cast<off_t>(at)) !=
            static_cast<ssize_t>(sizeof length) ||
        length > static_cast<std::uint64_t>(file.st_size - begin))
        throw Error(EINVAL, "cannot adopt a capture: the record of its taps is damaged");
    std::string record(length, '\0');
    if (pread(memory.fd(), record.data(), length, begin) != static_cast<ssize_t>(length))
        throw Error(EINVAL, "cannot adopt a capture: the record of its taps is damaged");
    return record;
}

} // namespace nflog
