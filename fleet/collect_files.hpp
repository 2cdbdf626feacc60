// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "collect_name.hpp"
#include "collect_state.hpp"
#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fleet {

// The files of all hosts and groups. A state names each file before the first byte is written to
// it: so a collector that is killed at any time leaves no bytes behind of which its state does not
// know. All functions throw command::Failure.
class CollectFiles {
public:
    // `directory` is that of --out, `state` has the outputs; both outlive this.
    CollectFiles(int directory, std::string path, Naming naming, CollectState& state);

    // Cuts the files to the state: what is behind that was not acknowledged, and comes again.
    // Returns words about each file that is not what the state says; another one follows it.
    std::vector<std::string> cut();

    // Whether a file goes on with so much more. If not, begin() gives the output the next name; the
    // state has to be saved before the next write().
    [[nodiscard]] bool goes_on(const GroupKey& key, Magic magic) const;
    void begin(const GroupKey& key, Magic magic);

    // `head` begins a file that is empty. Their bytes are written at once.
    void write(const GroupKey& key, Magic magic, std::string_view head, std::string_view content);

    // Puts all that was written onto the disk.
    void sync();

private:
    using Id = std::pair<GroupKey, Magic>;
    struct Open {
        nflog::FileDescriptor fd;

        bool is_elsewhere = false; // on another file system than the directory
        std::uint64_t used = 0;    // the lower, the longer ago
    };

    [[noreturn]] void fail(const std::string& what, const std::string& name, int error) const;
    Open& open(const Id& id, const Output& output);
    void close(const Id& id);
    void close_least_used();
    void make_directories(const std::string& name);
    [[nodiscard]] bool exists(const std::string& name) const;
    void sync_data(const Open& file, const std::string& name);
    void sync_directories();

    int directory_;
    std::string path_;
    Naming naming_;
    CollectState& state_;
    std::size_t max_open_;
    std::uint64_t device_;
    std::uint64_t uses_ = 0;
    std::map<Id, Open> open_;
    std::set<Id> dirty_;
    std::set<std::string> names_;       // of outputs that go on
    std::set<std::string> directories_; // in which files were made
};

} // namespace fleet
