// SPDX-License-Identifier: GPL-2.0-or-later
#include "spool_state.hpp"

#include "advice.hpp"
#include "error.hpp"
#include "failure.hpp"
#include "reader.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace command {

namespace {

using spool::Directory;

std::uint64_t bytes_in(const std::string& path)
{
    std::uint64_t bytes = 0;
    std::error_code error; // ignored, because the file may have been deleted meanwhile
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        const std::uint64_t size = entry.file_size(error);
        bytes += error ? 0 : size;
    }
    return bytes;
}

void add(SpoolState& state, const spool::Reader::Found& found, std::string& savefile)
{
    SpoolState::Group& group = state.groups[found.chunk.group];
    group.first = group.chunks == 0 ? found.chunk.number : group.first;
    group.last = found.chunk.number;
    ++group.chunks;
    group.packets += found.chunk.account.packets;
    group.account = found.chunk.account;
    if (found.chunk.number > group.acknowledged)
        group.unacknowledged += found.chunk.account.packets;
    try {
        found.segment->read(found.chunk, savefile);
    } catch (const nflog::Error& error) {
        if (error.code() != EBADMSG)
            throw;
        ++group.damaged;
        state.damage.emplace_back(error.what());
    }
}

} // namespace

SpoolState state_of_spool(const std::string& path)
{
    try {
        const Directory directory = Directory::open(path);
        SpoolState state;
        state.identity = directory.identity();
        state.bytes = bytes_in(path);
        state.segments = directory.segments().size();
        state.is_written = directory.is_taken(Directory::Role::writer);
        state.is_shipped = directory.is_taken(Directory::Role::shipper);
        state.host = directory.host();
        state.trouble = directory.trouble();
        for (const auto& [group, chunk] : directory.acknowledged())
            state.groups[group].acknowledged = chunk;
        spool::Reader reader(directory);
        const auto report = [&](const std::string& words) { state.damage.push_back(words); };
        std::string savefile; // declared outside the loop, to reuse its memory
        for (std::vector<spool::Reader::Found> found; !(found = reader.next(report)).empty();)
            for (const spool::Reader::Found& one : found)
                add(state, one, savefile);
        return state;
    } catch (const nflog::Error& error) {
        throw Failure(error.what() + advice_on(error.code()));
    } catch (const std::filesystem::filesystem_error& error) {
        throw Failure("cannot read the spool " + path + ": " + error.code().message());
    }
}

} // namespace command
