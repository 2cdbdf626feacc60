// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "options.hpp"
#include "output.hpp"
#include "packet_file.hpp"
#include "packet_text.hpp"

#include <string>

namespace command {

// A file with one JSON object per line.
class JsonFile final : public PacketFile {
public:
    JsonFile(nflogcap* handle, const std::string& path, const CaptureOptions& options);

    void write(const nflogcap_packet& packet) override;
    void flush() override { output_.flush(); }
    void close() override { output_.close(); }
    void tick() override { text_.forget_names(); }
    [[nodiscard]] std::uint64_t size() const override { return output_.size(); }
    [[nodiscard]] std::uint64_t packets() const override { return output_.packets(); }
    [[nodiscard]] std::uint64_t skipped() const override { return 0; }
    [[nodiscard]] int fd() const override { return output_.fd(); }

private:
    PacketText text_;
    Output output_;
};

} // namespace command
