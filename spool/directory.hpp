// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spool {

// For each group, the number of a chunk: this chunk and all before it were acknowledged.
using Acknowledged = std::map<std::uint16_t, std::uint64_t>;

// A directory of segments. It contains:
//
//   spool       its identity; the capture that writes holds a lock on it
//   N.pcap      a segment, a savefile; N has 20 digits and counts from 1
//   N.index     a line for each chunk of that segment
//   shipper     the host name under which it is shipped; the program that ships holds a lock on it
//   acked       for each group, the chunk up to which all chunks were acknowledged
//   trouble     why nothing is shipped now; absent if there is no problem
//
// All functions throw nflog::Error.
class Directory {
public:
    // Opens an existing spool. Throws EINVAL if the directory is not a spool, and EPROTONOSUPPORT
    // if it is a spool of a later version.
    static Directory open(const std::string& path);
    // Creates the directory and its files if they are missing. Throws if the directory contains
    // other files.
    static Directory make(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int fd() const { return directory_.get(); } // for openat(2) and similar functions
    [[nodiscard]] const std::string& identity() const { return identity_; } // 16 hex digits

    enum class Role { writer, shipper };
    // Takes a role for this process, until this Directory is destroyed. Only one process at a time
    // can have a role. Throws EBUSY if another process has it.
    void take(Role role);
    // Returns whether a process has the role.
    [[nodiscard]] bool is_taken(Role role) const;

    // Returns the numbers of the segments that have an index, in ascending order.
    [[nodiscard]] std::vector<std::uint64_t> segments() const;

    // Returns "" if the spool was never shipped.
    [[nodiscard]] std::string host() const;
    void set_host(const std::string& host);

    [[nodiscard]] Acknowledged acknowledged() const;
    void set_acknowledged(const Acknowledged& acknowledged);

    [[nodiscard]] std::string trouble() const; // "": no trouble
    void set_trouble(const std::string& words);

    // Replaces the content of a file in one step, so that readers see either the old or the new
    // content.
    void replace(const std::string& name, const std::string& content);

private:
    explicit Directory(std::string path);
    [[nodiscard]] std::optional<std::string> content(const char* name) const;

    std::string path_;
    nflog::FileDescriptor directory_;
    nflog::FileDescriptor writer_lock_;
    nflog::FileDescriptor shipper_lock_;
    std::string identity_;
};

// Returns a name such as "00000000000000000001.pcap".
std::string segment_name(std::uint64_t number);
std::string index_name(std::uint64_t number);

} // namespace spool
