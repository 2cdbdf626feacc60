// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_files.hpp"
#include "collect_state.hpp"
#include "file_descriptor.hpp"
#include "message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fleet {

struct CollectionSettings {
    std::string directory;
    std::string stream;
    Naming naming;
    bool is_json = false;
};

// The collection in a directory, independent of the source of messages. A message may be
// acknowledged only when save() has returned after its add(). All functions throw command::Failure.
class Collection {
public:
    // Only one process at a time can use a directory.
    explicit Collection(CollectionSettings settings);

    // Texts about files that differ from the state.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

    enum class Added { stored, repeated, refused };
    struct Result {
        Added added = Added::stored;
        std::string why; // why it is refused
    };

    // A message of the stream by its subject. Throws nflog::Error with EPROTONOSUPPORT for a
    // message of a later version; any other invalid message is refused and counted.
    class Incoming {
    public:
        Incoming(natsMsg* message, std::string_view subject);

        [[nodiscard]] bool is_valid() const { return message_.has_value(); }
        [[nodiscard]] std::uint64_t packets() const
        {
            return message_ ? message_->chunk.account.packets : 0;
        }

    private:
        friend class Collection;
        std::string subject_;
        std::optional<Message> message_;
        std::string why_; // why it is invalid
        Magic magic_ = 0; // of its records
    };

    // Gives the message's group another file if that is due, and then returns true: save() must be
    // called before add().
    bool prepare(const Incoming& incoming);
    Result add(const Incoming& incoming);

    void save();
    [[nodiscard]] const CollectState& state() const { return state_; }

private:
    [[nodiscard]] bool has_room_for(const GroupKey& key) const;
    [[nodiscard]] Magic output_of(const Incoming& incoming) const;
    static Result refuse(const Incoming& incoming, std::string why);

    CollectionSettings settings_;
    nflog::FileDescriptor directory_; // locked
    CollectState state_;
    CollectFiles files_;
    std::vector<std::string> warnings_;
};

// The state in a directory; nothing if it has no state. Throws command::Failure if it is damaged.
std::optional<CollectState> read_collect_state(const std::string& directory);

} // namespace fleet
