// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "epoll.hpp"
#include "error.hpp"
#include "ownership.hpp"
#include "plain_records.hpp"
#include "savefile_input.hpp"
#include "source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pcap/pcap.h>
#include <span>
#include <string>
#include <vector>

namespace nflog {

// Returns the packets of a savefile as batches like the kernel's. The records of a plain file are
// converted to messages in place. libpcap reads all other formats, and damaged files.
class SavefileSource final : public Source {
public:
    // Takes the input and reads the file's head. If a stop ends the wait for the head, the source
    // has no packets. Throws Error if the file is not a savefile, or has another link type. If a
    // signal ends the wait, throws Error(EINTR) and gives the input back, so that another source
    // can continue.
    SavefileSource(std::unique_ptr<SavefileInput>& input, Epoll& epoll, const Ownership& ownership);
    // If another process owns the capture, the destructor does not change the Epoll, because the
    // processes share it.
    ~SavefileSource() override;
    SavefileSource(const SavefileSource&) = delete;
    SavefileSource(SavefileSource&&) = delete;
    SavefileSource& operator=(const SavefileSource&) = delete;
    SavefileSource& operator=(SavefileSource&&) = delete;

    [[nodiscard]] bool has_backlog() const noexcept override
    {
        return ended_ || input_->may_read_on() || !is_drained_ || batch_.size() > given_;
    }

    // Never waits. If the file is damaged, throws Error once, after all packets before the damage
    // were returned.
    Batch receive() override;
    [[nodiscard]] std::uint64_t
    received_at_ns(std::span<const std::byte> message) const noexcept override;

    void stop() noexcept override { ended_ = true; }

    [[nodiscard]] ReadingProgress progress() const noexcept override
    {
        return input_->content().progress();
    }

private:
    std::span<const std::byte> take_plain_records() noexcept;
    bool read_record();
    [[nodiscard]] Error damage() const;

    struct Close {
        void operator()(pcap_t* file) const noexcept { pcap_close(file); }
    };

    Epoll& epoll_;
    const Ownership& ownership_;
    std::unique_ptr<SavefileInput> input_;
    // After input_: pcap_close() closes the input's stream, which must still exist
    std::unique_ptr<pcap_t, Close> file_;
    std::optional<PlainRecords> plain_; // absent when libpcap reads the records
    std::vector<std::byte> batch_;      // the records that libpcap has read
    std::size_t given_ = 0;     // bytes of batch_ that were returned; the rest is of another group
    std::uint64_t records_ = 0; // records read so far
    int failure_ = 0;           // an errno to throw after all records before it were returned
    bool is_drained_ = false;   // the input has no record now
    bool ended_ = false;
};

} // namespace nflog
