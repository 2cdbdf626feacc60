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
// it. Therefore a collector that is killed at any time leaves no bytes that are missing in its
// state. All functions throw command::Failure.
class CollectFiles {
public:
    // `directory` is that of --out, `state` has the outputs; both must outlive this object.
    CollectFiles(int directory, std::string path, Naming naming, CollectState& state);

    // Cuts the files to the sizes in the state: the rest was not acknowledged, and the broker sends
    // it again. Returns a text about each file that differs from the state; another file is begun
    // after it.
    std::vector<std::string> cut();

    // Whether the current file can take this many more bytes. If not, begin() gives the output its
    // next file name; the state has to be saved before the next write().
    [[nodiscard]] bool goes_on(const GroupKey& key, Magic magic) const;
    void begin(const GroupKey& key, Magic magic);

    // `head` is written first if the file is empty. The bytes are written immediately.
    void write(const GroupKey& key, Magic magic, std::string_view head, std::string_view content);

    // Synchronizes everything that was written to the disk.
    void sync();

private:
    using Id = std::pair<GroupKey, Magic>;
    struct Open {
        nflog::FileDescriptor fd;

        bool is_elsewhere = false; // on a different file system than the directory
        std::uint64_t used = 0;    // lower: not used for longer
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
    std::set<std::string> names_;       // of outputs in use
    std::set<std::string> directories_; // directories with new files
};

} // namespace fleet
