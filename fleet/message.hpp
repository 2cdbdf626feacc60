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

// "nflog.pcap.web-1%2Eexample.g5": dots, blanks, wildcards, slashes, '%' and bytes that are not
// printable ASCII are "%2E" in the host's token, so that no two hosts have one subject. The token
// is a safe name of a file, too.
std::string token_of_host(std::string_view host);
std::string host_of_token(std::string_view token);
std::string subject_of(std::string_view host, std::uint16_t group);

constexpr const char* all_subjects = "nflog.pcap.>";

// A message of the stream: a savefile of one group, with its account in the headers.
//
//   Nats-Msg-Id           HOST/SPOOL/gGROUP/CHUNK, host as its token
//   Nflogcap-Version      1
//   Nflogcap-Spool        identity of the spool
//   Nflogcap-Chunk        number of the chunk
//   Nflogcap-Account      as Account::text()
//   Nflogcap-Interfaces   as text_of_interfaces(); absent without any
struct Message {
    std::string host;
    std::string spool;
    spool::Chunk chunk; // but for its place in the segment
    std::string_view
        savefile; // "" if the chunk has no packets; else owned by what it was read from

    // For js_PublishMsg and the like, or to be sent with a subject to answer to; "": none.
    [[nodiscard]] MessageHandle encode(const std::string& answer_to) const;
    // Throws nflog::Error: EPROTO for a message that is not of nflogcap, or damaged,
    // EPROTONOSUPPORT for one of a later version.
    static Message decode(natsMsg* message);
};

} // namespace fleet
