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

// The collection in a directory. It does not depend on where messages come from. A message may be
// acknowledged only when save() has returned after add() for this message. All functions throw
// command::Failure.
class Collection {
public:
    // Throws if another process uses the directory.
    explicit Collection(CollectionSettings settings);

    // Returns texts about files that differed from the saved state.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

    enum class Added { stored, repeated, refused };
    struct Result {
        Added added = Added::stored;
        std::string why; // the reason if the message is refused
    };

    // A message of the stream, and its subject. The constructor throws nflog::Error with
    // EPROTONOSUPPORT for a message of a later version. Any other invalid message is refused and
    // counted.
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
        std::string why_; // why the message is invalid; "": it is valid
        Magic magic_ = 0; // the first number of the message's savefile
    };

    // Begins a new file for the message's group if it is time for that. Returns true if it did:
    // then call save() before add().
    bool prepare(const Incoming& incoming);
    Result add(const Incoming& incoming);

    void save();
    [[nodiscard]] const CollectState& state() const { return state_; }

private:
    [[nodiscard]] bool has_room_for(const GroupKey& key) const;
    [[nodiscard]] Magic output_of(const Incoming& incoming) const;
    static Result refuse(const Incoming& incoming, std::string why);

    CollectionSettings settings_;
    nflog::FileDescriptor directory_; // the collection's directory, locked
    CollectState state_;
    CollectFiles files_;
    std::vector<std::string> warnings_;
};

// Returns the state in a directory, or nothing if there is no state. Throws command::Failure if it
// is damaged.
std::optional<CollectState> read_collect_state(const std::string& directory);

} // namespace fleet
