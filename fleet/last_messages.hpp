// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "host_patterns.hpp"
#include "message.hpp"

#include <chrono>
#include <nats/nats.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

// What a stream has of the hosts: its subjects, and the last message of each. It only reads. A
// consumer would get headers alone, but who may make one may change that of nflogcap-collect.
class LastMessages {
public:
    // Throws command::Failure where there is no such stream, or it may not be read.
    LastMessages(natsConnection* connection, std::string stream, const HostPatterns& patterns);

    struct Stored {
        MessageHandle message; // its subject is that of an answer
        std::string subject;
        std::chrono::nanoseconds time; // since the Unix epoch
    };
    // That of the next subject. Nothing if there is none any more, which is_done() tells from a
    // message that was deleted meanwhile.
    std::optional<Stored> next();
    [[nodiscard]] bool is_done() const { return subjects_.empty(); }

private:
    natsConnection* connection_;
    std::string stream_;
    std::vector<std::string> subjects_; // that were not asked for
};

// "2026-11-30T07:14:09.269212299Z", in nanoseconds since the Unix epoch; nothing for other texts.
std::optional<std::chrono::nanoseconds> time_in(std::string_view text);

} // namespace fleet
