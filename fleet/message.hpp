// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "chunk.hpp"

#include <cstdint>
#include <memory>
#include <nats/nats.h>
#include <string>
#include <string_view>

namespace fleet {

struct DestroyMessage {
    void operator()(natsMsg* message) const { natsMsg_Destroy(message); }
};
using MessageHandle = std::unique_ptr<natsMsg, DestroyMessage>;

// Returns the host's name as a part of subjects, such as "web-1%2Eexample". Dots, blanks,
// wildcards, slashes, '%' and bytes that are not printable ASCII are written like "%2E", so that no
// two hosts have the same subject. The result can also be used in file names.
std::string token_of_host(std::string_view host);
std::string host_of_token(std::string_view token);
std::string subject_of(std::string_view host, std::uint16_t group);

constexpr const char* all_subjects = "nflog.pcap.>";

// A message of the stream: a savefile of one group. Its account is in the headers.
//
//   Nats-Msg-Id           HOST/SPOOL/gGROUP/CHUNK, with the host's token
//   Nflogcap-Version      1
//   Nflogcap-Spool        identity of the spool
//   Nflogcap-Chunk        number of the chunk
//   Nflogcap-Account      as Account::text()
//   Nflogcap-Interfaces   as text_of_interfaces(); absent if it is empty
struct Message {
    std::string host;
    std::string spool;
    spool::Chunk chunk; // the chunk, without its position in the segment
    // The chunk's savefile, which is a view of the source; "" if the chunk has no packets.
    std::string_view savefile;

    // Returns the message for js_PublishMsg() and similar functions, or with a reply subject; "":
    // no reply subject.
    [[nodiscard]] MessageHandle encode(const std::string& answer_to) const;
    // Throws nflog::Error: EPROTO if the message is damaged or not from nflogcap-ship,
    // EPROTONOSUPPORT if it is from a later version.
    static Message decode(natsMsg* message);
};

} // namespace fleet
