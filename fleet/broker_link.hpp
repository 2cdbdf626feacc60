// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "event_queue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleet {

// One connection of a shipper to the broker, from its making to its end: a lost one is replaced by
// another, with a subject of its own for the answers. So no answer is taken for that to another
// connection, and libnats keeps nothing back to send it later beside what is sent again.
//
// Messages are published with a subject to answer to under one subscription, not by
// js_PublishMsgAsync(): that counts what is not acknowledged but sends nothing in its order again,
// and keeps a copy of each message meanwhile, which the spool has.
class BrokerLink {
public:
    // Throws ConnectionFailure.
    BrokerLink(const ConnectionOptions& options, std::string stream, EventQueue& events);

    [[nodiscard]] bool is_closed() const { return natsConnection_IsClosed(connection_.get()); }

    // What is asked or sent, as the subject of its answer says it again.
    struct Tag {
        std::uint64_t attempt = 0; // of the group
        std::uint16_t group = 0;
        std::uint64_t chunk = 0; // 0: the last chunk of the group was asked for
    };
    // Nothing: it is not an answer to this connection.
    [[nodiscard]] std::optional<Tag> tag_of(natsMsg* answer) const;

    void ask_last(const std::string& subject, const Tag& tag);
    // False: the connection is lost. Throws Failure where the message is too long for the broker.
    bool publish(const Message& message, const Tag& tag);

    // Why nothing answers for the stream, in words with what to do.
    struct Reason {
        std::string words;
        bool is_certain; // the broker says so; else it may be slow, or tell this user nothing
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
