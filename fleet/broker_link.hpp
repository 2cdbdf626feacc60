// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "event_queue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleet {

// One connection of nflogcap-ship to the broker. If the connection is lost, the shipper makes a new
// object with another subject for answers. Therefore it never mistakes an answer to an earlier
// connection for an answer to this one. Also, libnats cannot keep messages of the lost connection
// and send them later: the shipper itself sends them again.
//
// Messages are published with a reply subject, and one subscription receives all answers.
// js_PublishMsgAsync() is not used, because it does not send unacknowledged messages again in
// order, and because it copies each message, although the spool has it.
class BrokerLink {
public:
    // Throws ConnectionFailure.
    BrokerLink(const ConnectionOptions& options, std::string stream, EventQueue& events);

    [[nodiscard]] bool is_closed() const { return natsConnection_IsClosed(connection_.get()); }

    // Identifies a message or a request; the answer's subject contains it.
    struct Tag {
        std::uint64_t attempt = 0; // number of the group's attempt
        std::uint16_t group = 0;
        std::uint64_t chunk = 0; // 0: the request is for the last chunk of the group
    };
    // Returns nothing if the message is not an answer to a message of this connection.
    [[nodiscard]] std::optional<Tag> tag_of(natsMsg* answer) const;

    void ask_last(const std::string& subject, const Tag& tag);
    // Returns false if the connection is lost. Throws Failure if the broker does not accept a
    // message of this length.
    bool publish(const Message& message, const Tag& tag);

    // Why the stream does not answer, and what to do about it.
    struct Reason {
        std::string words;
        bool is_certain; // reported by the broker; otherwise it may be slow, or may not answer this
                         // user
    };
    [[nodiscard]] Reason why_no_stream() const;

private:
    [[nodiscard]] std::string subject_for(const Tag& tag) const;

    std::string stream_;
    std::string inbox_;
    ConnectionHandle connection_;
    SubscriptionHandle answers_;
};

} // namespace fleet
