// SPDX-License-Identifier: GPL-2.0-or-later
#include "chunk_trail.hpp"

namespace fleet {

ChunkTrail::Step ChunkTrail::next(const Message& message)
{
    const std::pair key(message.host, message.chunk.group);
    const auto found = last_.find(key);
    if (found == last_.end()) {
        if (last_.size() < max_followed)
            last_.emplace(key, Last{message.spool, message.chunk.number});
        return {};
    }
    Last& last = found->second;
    if (last.spool != message.spool) { // each spool counts its chunks from 1
        last = {message.spool, message.chunk.number};
        return {};
    }
    if (message.chunk.number <= last.number)
        return {.is_repeated = true};
    const std::uint64_t missed = message.chunk.number - last.number - 1;
    last.number = message.chunk.number;
    return {.missed = missed};
}

} // namespace fleet
