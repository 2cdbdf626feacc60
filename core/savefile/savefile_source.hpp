// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "epoll.hpp"
#include "error.hpp"
#include "ownership.hpp"
#include "savefile_input.hpp"
#include "source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <pcap/pcap.h>
#include <string>
#include <vector>

namespace nflog {

// The packets of a savefile as the kernel's batches: read by libpcap, in any of its formats.
class SavefileSource final : public Source {
public:
    // Reads its head. Throws Error where it cannot be opened, is none, or has other packets.
    SavefileSource(const std::string& path, Epoll& epoll, const Ownership& ownership);
    // Leaves the Epoll, which processes share, as it is if another process owns the capture.
    ~SavefileSource() override;
    SavefileSource(const SavefileSource&) = delete;
    SavefileSource(SavefileSource&&) = delete;
    SavefileSource& operator=(const SavefileSource&) = delete;
    SavefileSource& operator=(SavefileSource&&) = delete;

    [[nodiscard]] bool has_backlog() const noexcept override
    {
        return ended_ || input_.has_backlog();
    }

    // Blocks while a record has begun that is not whole yet. Throws where the file is damaged, once
    // all before that was given; then none will come any more.
    Batch receive() override;
    [[nodiscard]] std::uint64_t
    received_at_ns(std::span<const std::byte> message) const noexcept override;

    void stop() noexcept override { ended_ = true; }

private:
    bool read_record();
    [[nodiscard]] Error damage() const;

    struct Close {
        void operator()(pcap_t* file) const noexcept { pcap_close(file); }
    };

    std::string path_;
    Epoll& epoll_;
    const Ownership& ownership_;
    SavefileInput input_;
    std::unique_ptr<pcap_t, Close> file_; // closes its stream of the input, which must be there yet
    std::vector<std::byte> batch_;
    std::size_t given_ = 0;     // bytes of batch_; what is behind them is of another group
    std::uint64_t records_ = 0; // that were read
    int failure_ = 0;           // an errno, to be told when all that was read is given
    bool ended_ = false;
};

} // namespace nflog
