// SPDX-License-Identifier: GPL-2.0-or-later
#include "handle.hpp"
#include "link_type.hpp"
#include "savefile_writer.hpp"
#include "sized_struct.hpp"

#include <memory>

using nflog::CancellationOff;
using nflog::guard;
using nflog::guard_cancellable;
using nflog::require;
using nflog::SavefileWriter;

struct nflogcap_dump : nflog::LastError {
    nflogcap_dump(const char* path, const nflog::SavefileKind& kind) : writer(path, kind) {}

    SavefileWriter writer;

    SavefileWriter& subject() noexcept { return writer; }
};

namespace {

nflogcap_dump_options known_options(const nflogcap_dump_options* options, std::size_t size)
{
    constexpr std::size_t first_size = sizeof options->link_type;
    nflogcap_dump_options known{};
    if (options != nullptr &&
        (!nflog::read_sized(options, size, first_size, known) || known.reserved != 0))
        throw nflog::Error(EINVAL, "cannot use options of " + std::to_string(size) +
                                       " bytes: pass the size of the struct, and 0 in members "
                                       "that this library does not know");
    return known;
}

} // namespace

extern "C" {

int nflogcap_find_link_type(const char* name, char* error, size_t capacity)
{
    return guard({error, capacity}, [&] {
        require(name, "name");
        return static_cast<int>(nflog::find_link_type(name));
    });
}

int nflogcap_dump_open(nflogcap_dump** ret, const char* path, const nflogcap_dump_options* options,
                       size_t size, char* error, size_t capacity)
{
    return guard({error, capacity}, [&] {
        require(ret, "ret");
        require(path, "path");
        *ret = new nflogcap_dump(path, nflog::savefile_kind(known_options(options, size), path));
        return 0;
    });
}

// Gathering a packet is not a cancellation point, and writing the gathered packets turns
// cancellation off itself. Turning it off here would cost as much as gathering the packet.
int nflogcap_dump_packet(nflogcap_dump* dump, const nflogcap_packet* packet)
{
    return guard_cancellable(dump, [&](SavefileWriter& writer) {
        require(packet, "packet");
        return writer.write(*packet) ? 0 : 1;
    });
}

int nflogcap_dump_flush(nflogcap_dump* dump)
{
    return guard(dump, [](SavefileWriter& writer) { return writer.flush(), 0; });
}

int64_t nflogcap_dump_position(const nflogcap_dump* dump)
{
    return dump == nullptr ? -EINVAL : static_cast<int64_t>(dump->writer.position());
}

int64_t nflogcap_dump_written(const nflogcap_dump* dump)
{
    return dump == nullptr ? -EINVAL : static_cast<int64_t>(dump->writer.written());
}

int64_t nflogcap_dump_skipped(const nflogcap_dump* dump)
{
    return dump == nullptr ? -EINVAL : static_cast<int64_t>(dump->writer.skipped());
}

const char* nflogcap_dump_error(const nflogcap_dump* dump)
{
    return dump == nullptr ? "" : dump->error.c_str();
}

int nflogcap_dump_take_over(nflogcap_dump* dump)
{
    return guard(dump, [](SavefileWriter& writer) { return writer.take_over(), 0; });
}

int nflogcap_dump_close(nflogcap_dump* dump)
{
    if (dump == nullptr)
        return 0;
    const CancellationOff no_cancellation;
    const std::unique_ptr<nflogcap_dump> owned(dump);
    return guard(dump, [](SavefileWriter& writer) { return writer.close(), 0; });
}

} // extern "C"
