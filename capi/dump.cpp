// SPDX-License-Identifier: GPL-2.0-or-later
#include "handle.hpp"
#include "savefile_writer.hpp"

#include <memory>

using nflog::CancellationOff;
using nflog::guard;
using nflog::require;
using nflog::SavefileWriter;

struct nflogcap_dump : nflog::LastError {
    explicit nflogcap_dump(const char* path) : writer(path) {}

    SavefileWriter writer;

    SavefileWriter& subject() noexcept { return writer; }
};

extern "C" {

int nflogcap_dump_open(nflogcap_dump** ret, const char* path, char* error, size_t capacity)
{
    return guard({error, capacity}, [&] {
        require(ret, "ret");
        require(path, "path");
        *ret = new nflogcap_dump(path);
        return 0;
    });
}

int nflogcap_dump_packet(nflogcap_dump* dump, const nflogcap_packet* packet)
{
    return guard(dump, [&](SavefileWriter& writer) {
        require(packet, "packet");
        return writer.write(*packet), 0;
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
