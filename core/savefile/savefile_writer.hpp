// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "file_descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <nflogcap.h>
#include <pcap/pcap.h>
#include <string>
#include <sys/types.h>
#include <vector>

namespace nflog {

// Writes packets into a savefile of LINKTYPE_NFLOG, in libpcap's format. They are gathered, and
// what of them a failure left unwritten is kept, for the next time. The file then ends with a whole
// record, where what was written of another can be taken back.
class SavefileWriter {
public:
    // Writes the head. "-": standard output. Throws Error, as all of them do.
    explicit SavefileWriter(const std::string& path);
    ~SavefileWriter() = default;
    SavefileWriter(const SavefileWriter&) = delete; // the stream points to it
    SavefileWriter(SavefileWriter&&) = delete;
    SavefileWriter& operator=(const SavefileWriter&) = delete;
    SavefileWriter& operator=(SavefileWriter&&) = delete;

    // Where it fails, this packet is not taken.
    void write(const nflogcap_packet& packet);
    // Writes what is gathered.
    void flush();
    // The same, for the last time: only the destructor may follow. In a child of fork() it leaves
    // the writing to the parent.
    void close();

    // Bytes of the file as it will be when all is written.
    [[nodiscard]] std::uint64_t position() const noexcept { return written_ + gathered_.size(); }

private:
    static ssize_t gather(void* self, const char* bytes, std::size_t size) noexcept;
    [[nodiscard]] std::size_t take_back(std::size_t written) const noexcept;
    void forget(std::size_t written) noexcept;

    struct Close {
        void operator()(pcap_dumper_t* dumper) const noexcept { pcap_dump_close(dumper); }
    };

    std::string path_;
    pid_t owner_;
    FileDescriptor file_;
    std::vector<char> gathered_;
    std::vector<std::size_t> ends_; // of the records in gathered_
    std::uint64_t written_ = 0;
    bool failed_ = false;                          // the last time that something was to be written
    std::unique_ptr<pcap_dumper_t, Close> dumper_; // into gathered_
};

} // namespace nflog
