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

// The files of all hosts and groups. The state is saved with a file's name before the first byte is
// written to the file. Therefore the state names every file, even if the collector is killed at any
// time. All functions throw command::Failure.
class CollectFiles {
public:
    // `directory` is a descriptor of the directory --out. `state` contains the outputs. Both must
    // outlive this object.
    CollectFiles(int directory, std::string path, Naming naming, CollectState& state);

    // Cuts each file to the size in the state. The packets after that were not acknowledged, so the
    // broker sends them again. Returns one text for each file that differs from the state; such a
    // file is not continued, and a new one is begun.
    std::vector<std::string> cut();

    // Returns whether the current file can take one more message. If not, call begin(), which gives
    // the output its next file name. Then save the state before the next write().
    [[nodiscard]] bool goes_on(const GroupKey& key, Magic magic) const;
    void begin(const GroupKey& key, Magic magic);

    // Writes `head` first if the file is empty. The kernel has the bytes when this returns; sync()
    // writes them to the disk.
    void write(const GroupKey& key, Magic magic, std::string_view head, std::string_view content);

    // Writes everything to the disk.
    void sync();

private:
    using Id = std::pair<GroupKey, Magic>;
    struct Open {
        nflog::FileDescriptor fd;

        bool is_elsewhere = false; // the file is on another file system than the directory
        // Grows with each use: the smallest number is of the least recently used file.
        std::uint64_t used = 0;
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
    std::set<std::string> names_;       // names of the outputs in use
    std::set<std::string> directories_; // directories that have new files, and must be synchronized
};

} // namespace fleet
