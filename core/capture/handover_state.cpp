// SPDX-License-Identifier: GPL-2.0-or-later
#include "handover_state.hpp"

#include "error.hpp"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace nflog {

namespace {

using Length = std::uint64_t; // the length of a record, which is stored before the record

Error not_kept(int code)
{
    return system_failure("cannot keep the taps for a hand-over", code);
}

Error damaged()
{
    return {EBADMSG, "cannot adopt a capture: the record of its taps is damaged"};
}

// Reads the length of the record at offset `at`, and checks that the record is within the file.
Length read_length(const SharedMemory& memory, std::uint64_t at)
{
    struct stat file {};
    Length length = 0;
    const auto size = static_cast<ssize_t>(sizeof length);
    if (fstat(memory.fd(), &file) < 0 ||
        pread(memory.fd(), &length, sizeof length, static_cast<off_t>(at)) != size ||
        length > static_cast<Length>(file.st_size))
        throw damaged();
    return length;
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
        if (group.flags != 0) // pages that are never written take no memory
            group.flags = 0;
    }
    taps_at = 0;
}

// The new record does not overwrite the old one, because that is valid until taps_at changes. The
// new record is written before the old one if there is room, otherwise after it.
void HandoverState::write_taps(const SharedMemory& memory, const std::string& record,
                               std::uint16_t group)
{
    if (!memory.is_in_file())
        return; // no other process can adopt the capture
    const Length length = record.size();
    std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
    bytes += record;
    std::uint64_t at = sizeof *this;
    if (const std::uint64_t old = taps_at; old != 0 && old - at < bytes.size())
        at = old + sizeof length + read_length(memory, old);
    if (!SharedMemory::can_have_size(at + bytes.size()))
        throw not_kept(EFBIG);
    const ssize_t written = pwrite(memory.fd(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written != static_cast<ssize_t>(bytes.size()))
        throw not_kept(written < 0 ? errno : ENOSPC);
    tap_group = group;
    taps_at = at;
}

std::string HandoverState::read_taps(const SharedMemory& memory) const
{
    const std::uint64_t at = taps_at;
    if (at == 0)
        return {};
    if (at < sizeof *this)
        throw damaged();
    std::string record(static_cast<std::size_t>(read_length(memory, at)), '\0');
    const auto begin = static_cast<off_t>(at + sizeof(Length));
    if (pread(memory.fd(), record.data(), record.size(), begin) !=
        static_cast<ssize_t>(record.size()))
        throw damaged();
    return record;
}

} // namespace nflog
