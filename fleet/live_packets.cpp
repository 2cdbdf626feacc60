// SPDX-License-Identifier: GPL-2.0-or-later
#include "live_packets.hpp"

#include "error.hpp"
#include "record_framing.hpp"
#include "text.hpp"

#include <cerrno>

namespace fleet {

using command::counted;

LivePackets::Pieces LivePackets::next(natsMsg* message)
{
    Message decoded;
    try {
        decoded = Message::decode(message);
    } catch (const nflog::Error& error) {
        ++(error.code() == EPROTONOSUPPORT ? later_ : damaged_);
        return {};
    }
    if (!patterns_.match(decoded.host, decoded.chunk.group))
        return {};
    const ChunkTrail::Step step = trail_.next(decoded);
    missed_ += step.missed;
    if (step.is_repeated || decoded.savefile.empty())
        return {};
    if (count_records(decoded.savefile) != decoded.chunk.account.packets) {
        ++damaged_;
        return {};
    }
    const std::string_view head = decoded.savefile.substr(0, savefile_head_bytes);
    const bool is_first = head_.empty();
    if (is_first)
        head_ = head;
    else if (head != head_) {
        ++other_heads_;
        return {};
    }
    return {.head = is_first ? head : "",
            .records = decoded.savefile.substr(savefile_head_bytes),
            .packets = decoded.chunk.account.packets};
}

std::string LivePackets::summary(std::uint64_t dropped) const
{
    std::string text = counted(packets_, "packet", "packets") + " written, " +
                       counted(missed_, "chunk", "chunks") + " missed\n";
    if (dropped > 0)
        text += counted(dropped, "message was", "messages were") +
                " dropped, because the reader of standard output was slower than the hosts; name "
                "fewer hosts or a group, or read what nflogcap-collect has stored\n";
    if (other_heads_ > 0)
        text += counted(other_heads_, "message was", "messages were") +
                " left out, because its host has another byte order than the first host, and a "
                "savefile has only one; watch such hosts separately\n";
    if (damaged_ > 0)
        text += counted(damaged_, "message was", "messages were") +
                " left out, because nflogcap-ship does not send such messages\n";
    if (later_ > 0)
        text += counted(later_, "message was", "messages were") +
                " left out, because a later version of nflogcap-ship sent them; install that "
                "version of nflogcap-watch\n";
    return text;
}

} // namespace fleet
