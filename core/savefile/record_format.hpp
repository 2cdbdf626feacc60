// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet_record.hpp"

#include <cstddef>
#include <cstdint>
#include <nflogcap.h>
#include <vector>

namespace nflog {

// The format of a savefile that is written. Each function appends bytes to `to`.
class RecordFormat {
public:
    RecordFormat() = default;
    virtual ~RecordFormat() = default;
    RecordFormat(const RecordFormat&) = delete;
    RecordFormat(RecordFormat&&) = delete;
    RecordFormat& operator=(const RecordFormat&) = delete;
    RecordFormat& operator=(RecordFormat&&) = delete;

    // The maximum number of bytes that one call of append_head() or append_packet() appends.
    [[nodiscard]] virtual std::size_t max_appended_bytes() const noexcept = 0;

    // Appends the beginning of the file.
    virtual void append_head(std::vector<char>& to) = 0;

    struct Packet {
        const nflogcap_packet& fields;
        PacketRecord record;
        std::uint64_t lost; // packets lost since the file's previous packet
    };
    // If it throws, nothing is appended.
    virtual void append_packet(std::vector<char>& to, const Packet& packet) = 0;

    // Appends the end of the file. If it throws, nothing is appended.
    virtual void append_end(std::vector<char>& to) = 0;

    // Must be called if another process has appended unknown data to the file.
    virtual void forget_file() noexcept = 0;
};

} // namespace nflog
