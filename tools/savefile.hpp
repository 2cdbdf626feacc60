// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "interface_names.hpp"
#include "options.hpp"
#include "packet_file.hpp"

#include <memory>
#include <optional>
#include <string>

namespace command {

bool is_fifo(const std::string& path);

struct CloseDump {
    void operator()(nflogcap_dump* dump) const { nflogcap_dump_close(dump); }
};

// A second descriptor of the FIFO that the library writes. poll(2) on it shows when the reader has
// closed the FIFO.
class FifoEnd {
public:
    // Throws ReaderGone if the FIFO has no reader.
    explicit FifoEnd(const std::string& path);
    ~FifoEnd();
    FifoEnd(const FifoEnd&) = delete;
    FifoEnd& operator=(const FifoEnd&) = delete;

    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

// A pcap or pcapng file that the library writes. "-" is standard output.
class Savefile final : public PacketFile {
public:
    // `capture`: the handle from which the savefile gets the names of interfaces.
    Savefile(nflogcap* capture, std::string path, const CaptureOptions& options);

    void write(const nflogcap_packet& packet) override;
    void flush() override;
    void close() override;
    [[nodiscard]] std::uint64_t size() const override;
    [[nodiscard]] std::uint64_t packets() const override;
    [[nodiscard]] std::uint64_t skipped() const override;
    [[nodiscard]] int fd() const override;

private:
    [[noreturn]] void fail(int code, const std::string& words) const;
    template <typename Call>
    void check(Call call);

    std::string path_;
    const CaptureOptions& options_;
    InterfaceNames interface_names_;
    std::unique_ptr<nflogcap_dump, CloseDump> dump_;
    std::optional<FifoEnd> fifo_;
};

} // namespace command
