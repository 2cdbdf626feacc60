// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spool {

// The chunk of each group up to which all were acknowledged.
using Acknowledged = std::map<std::uint16_t, std::uint64_t>;

// A directory of segments. It holds:
//
//   spool       its identity; the capture that writes holds a lock on it
//   N.pcap      a segment, a savefile; N has 20 digits and counts from 1
//   N.index     a line for each chunk of that segment
//   shipper     the host that it is shipped as; the program that ships holds a lock on it
//   acked       up to which chunk of each group all were acknowledged
//   trouble     why nothing is shipped now; absent where all is well
//
// All functions throw nflog::Error.
class Directory {
public:
    // Of a spool that exists. EINVAL: the directory is none; EPROTONOSUPPORT: it is one of a later
    // version.
    static Directory open(const std::string& path);
    // Makes what is missing. A directory that holds something else is refused.
    static Directory make(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] int fd() const { return directory_.get(); } // for openat(2) and the like
    [[nodiscard]] const std::string& identity() const { return identity_; } // 16 hex digits

    enum class Role { writer, shipper };
    // Only one process at a time has a role, until its Directory is gone. EBUSY: another has it.
    void take(Role role);
    // Whether a process has it.
    [[nodiscard]] bool is_taken(Role role) const;

    // Numbers of segments that have an index, in order.
    [[nodiscard]] std::vector<std::uint64_t> segments() const;

    // "": it was never shipped.
    [[nodiscard]] std::string host() const;
    void set_host(const std::string& host);

    [[nodiscard]] Acknowledged acknowledged() const;
    void set_acknowledged(const Acknowledged& acknowledged);

    [[nodiscard]] std::string trouble() const; // "": none
    void set_trouble(const std::string& words);

    // Gives a file in it this content, in one step for those who read it.
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

// "00000000000000000001.pcap"
std::string segment_name(std::uint64_t number);
std::string index_name(std::uint64_t number);

} // namespace spool
