// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interface_names.hpp"
#include "output.hpp"
#include "sink.hpp"

#include <vector>

namespace command {

// Packets on standard output, as lines or as JSON.
class Printer : public Sink {
public:
    enum class Form { lines, lines_with_hexdump, json, json_without_payload };

    Printer(nflogcap* handle, Form form, StatusLine& status);

    bool write(const nflogcap_packet& packet) override;
    [[nodiscard]] bool pending() const override { return !output_.empty(); }
    void flush() override { output_.flush(); }
    [[nodiscard]] int fd() const override;
    bool tick() override;
    [[nodiscard]] bool is_timed() const override { return false; }
    void close() override { output_.close(); }
    [[nodiscard]] std::uint64_t packets() const override { return output_.packets(); }

private:
    bool has_hexdump_;
    int format_;
    const char* host_; // nullptr: not known
    Output output_;
    InterfaceNames names_;
    std::vector<char> text_; // of one packet
};

} // namespace command
