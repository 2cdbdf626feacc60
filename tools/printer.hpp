// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "colours.hpp"
#include "options.hpp"
#include "output.hpp"
#include "packet_text.hpp"
#include "sink.hpp"
#include "timestamps.hpp"

#include <vector>

namespace command {

// Prints packets to standard output, as lines or as JSON.
class Printer : public Sink {
public:
    Printer(nflogcap* handle, const CaptureOptions& options, StatusLine& status);

    bool write(const nflogcap_packet& packet) override;
    [[nodiscard]] bool pending() const override { return !output_.empty(); }
    void flush() override { output_.flush(); }
    [[nodiscard]] int fd() const override;
    bool tick() override;
    [[nodiscard]] bool is_timed() const override { return false; }
    void close() override { output_.close(); }
    [[nodiscard]] std::uint64_t packets() const override { return output_.packets(); }

private:
    void append_payload(const nflogcap_packet& packet);

    PayloadForm payload_;
    bool has_frames_;
    Colours colours_;
    Timestamps timestamps_;
    Output output_;
    int format_;
    PacketText text_;
    std::vector<std::uint8_t> frame_; // buffer for the frame of one packet
};

} // namespace command
