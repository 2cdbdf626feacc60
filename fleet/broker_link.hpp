// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "connection.hpp"
#include "event_queue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fleet {

// One connection of a shipper to the broker, from its creation to its end. A lost connection is
// replaced by a new object, with its own subject for answers. Therefore no answer to an earlier
// connection is mistaken for an answer to this one, and libnats holds no messages of a lost
// connection that it would send later, in addition to those that are sent again.
//
// Messages are published with a reply subject below one subscription, instead of with
// js_PublishMsgAsync(): that function counts unacknowledged messages but does not resend them in
// order, and it keeps a copy of each message, although the spool has it.
class BrokerLink {
public:
    // Throws ConnectionFailure.
    BrokerLink(const ConnectionOptions& options, std::string stream, EventQueue& events);

    [[nodiscard]] bool is_closed() const { return natsConnection_IsClosed(connection_.get()); }

    // Identifies a message or a request. The subject of the answer repeats it.
    struct Tag {
        std::uint64_t attempt = 0; // of this group
        std::uint16_t group = 0;
        std::uint64_t chunk = 0; // 0: a request for the last chunk of the group
    };
    // Returns nothing if the message is not an answer to this connection.
    [[nodiscard]] std::optional<Tag> tag_of(natsMsg* answer) const;

    void ask_last(const std::string& subject, const Tag& tag);
    // Returns false if the connection is lost. Throws Failure if the message is too long for the
    // broker.
    bool publish(const Message& message, const Tag& tag);

    // Why the stream does not answer, with what to do.
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
