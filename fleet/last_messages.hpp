// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "host_patterns.hpp"
#include "message.hpp"

#include <memory>
#include <nats/nats.h>
#include <string>
#include <vector>

namespace fleet {

// What a stream has of the hosts: its subjects, and the last message of each. It only reads. A
// consumer would get headers alone, but who may make one may change that of nflogcap-collect.
class LastMessages {
public:
    // Throws command::Failure where there is no such stream, or it may not be read.
    LastMessages(natsConnection* connection, std::string stream, const HostPatterns& patterns);

    // That of the next subject. None if it was deleted meanwhile, or if is_done().
    MessageHandle next();
    [[nodiscard]] bool is_done() const { return subjects_.empty(); }

private:
    struct Destroy {
        void operator()(jsCtx* context) const { jsCtx_Destroy(context); }
    };

    natsConnection* connection_;
    std::string stream_;
    std::unique_ptr<jsCtx, Destroy> context_;
    std::vector<std::string> subjects_; // that were not asked for
};

} // namespace fleet
