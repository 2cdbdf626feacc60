// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "capture.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <ios>
#include <iterator>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <span>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

// Builds savefiles byte by byte, as pcap-savefile(5) describes them.
namespace support {

using FileBytes = std::vector<std::byte>;

constexpr std::uint32_t linktype_ethernet = 1;
constexpr std::uint32_t linktype_raw = 101;
constexpr std::uint32_t linktype_cooked = 113; // a link type that the library does not read
constexpr std::uint32_t linktype_ipv4 = 228;
constexpr std::uint32_t linktype_ipv6 = 229;
constexpr std::uint32_t linktype_nflog = 239;

constexpr std::uint32_t microseconds = 0xa1b2c3d4;
constexpr std::uint32_t nanoseconds = 0xa1b23c4d;

constexpr std::endian other_endian =
    std::endian::native == std::endian::little ? std::endian::big : std::endian::little;

class PcapFile {
public:
    explicit PcapFile(std::uint32_t link_type, std::uint32_t magic = nanoseconds,
                      std::endian order = std::endian::native)
        : order_(order)
    {
        put32(magic);
        put16(2); // version 2.4
        put16(4);
        put32(0);
        put32(0);
        put32(262144);
        put32(link_type);
    }

    // Adds a record. Its lengths are the number of bytes.
    PcapFile& add(std::span<const std::byte> bytes, std::uint32_t seconds = 1,
                  std::uint32_t fraction = 0)
    {
        return add_claiming(static_cast<std::uint32_t>(bytes.size()),
                            static_cast<std::uint32_t>(bytes.size()), bytes, seconds, fraction);
    }

    PcapFile& add_claiming(std::uint32_t captured, std::uint32_t length,
                           std::span<const std::byte> bytes, std::uint32_t seconds = 1,
                           std::uint32_t fraction = 0)
    {
        put32(seconds);
        put32(fraction);
        put32(captured);
        put32(length);
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }

    [[nodiscard]] const FileBytes& bytes() const { return bytes_; }

private:
    void put16(std::uint16_t value)
    {
        put(order_ == std::endian::native ? value : __builtin_bswap16(value));
    }
    void put32(std::uint32_t value)
    {
        put(order_ == std::endian::native ? value : __builtin_bswap32(value));
    }
    template <typename Number>
    void put(Number number)
    {
        const auto bytes = std::as_bytes(std::span(&number, 1));
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }

    std::endian order_;
    FileBytes bytes_;
};

// Converts the headers of attributes to the other byte order.
// NOLINTNEXTLINE(misc-no-recursion): attributes are nested, some levels deep
inline void turn_headers(std::byte* at, std::size_t size)
{
    while (size >= sizeof(nlattr)) {
        nlattr header;
        std::memcpy(&header, at, sizeof header);
        if ((header.nla_type & NLA_F_NESTED) != 0)
            turn_headers(at + sizeof header, header.nla_len - sizeof header);
        std::swap(at[0], at[1]);
        std::swap(at[2], at[3]);
        const std::size_t extent = std::min<std::size_t>(NLA_ALIGN(header.nla_len), size);
        at += extent;
        size -= extent;
    }
}

// Returns a packet's message, without its netlink header, as a machine with the other byte order
// writes it.
inline FileBytes in_other_order(std::span<const std::byte> message)
{
    FileBytes turned(message.begin(), message.end());
    turn_headers(turned.data() + sizeof(nfgenmsg), turned.size() - sizeof(nfgenmsg));
    return turned;
}

// Builds a pcapng file byte by byte, with one interface and with times in microseconds.
class PcapngFile {
public:
    explicit PcapngFile(std::uint32_t link_type = linktype_nflog)
    {
        put({0x0a0d0d0a, 28, 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX, 28});
        put({1, 20, link_type, 262144, 20});
    }

    // Adds a packet. Its length must be a multiple of 4 bytes.
    PcapngFile& add(std::span<const std::byte> bytes, std::uint32_t time = 1)
    {
        const auto length = static_cast<std::uint32_t>(bytes.size());
        put({6, 32 + length, 0, 0, time, length, length});
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        put({32 + length});
        return *this;
    }

    // Adds a block without a packet.
    PcapngFile& add_statistics()
    {
        put({5, 24, 0, 0, 0, 24});
        return *this;
    }

    [[nodiscard]] const FileBytes& bytes() const { return bytes_; }

private:
    void put(std::initializer_list<std::uint32_t> words)
    {
        const auto raw = std::as_bytes(std::span(words));
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }

    FileBytes bytes_;
};

// A file with these bytes, which exists until the end of the scope.
class TemporaryFile {
public:
    explicit TemporaryFile(std::span<const std::byte> bytes = {})
    {
        const int fd = mkstemp(path_.data());
        if (fd < 0 || ::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("cannot write a temporary file");
        close(fd);
    }
    ~TemporaryFile() { unlink(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] FileBytes bytes() const
    {
        std::ifstream file(path_, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        const auto* from = reinterpret_cast<const std::byte*>(text.data());
        FileBytes bytes(from, from + text.size());
        return bytes;
    }

private:
    std::string path_ = "/tmp/nflogcap-test-XXXXXX";
};

// Returns a capture that reads a savefile and is not started yet.
inline Handle reader_of(const std::string& path, std::initializer_list<std::uint16_t> groups = {})
{
    Handle capture = capture_of(groups);
    if (nflogcap_set_savefile(capture.get(), path.c_str()) < 0)
        throw std::runtime_error(nflogcap_error(capture.get()));
    return capture;
}

struct CloseDump {
    void operator()(nflogcap_dump* dump) const noexcept { nflogcap_dump_close(dump); }
};
using Dump = std::unique_ptr<nflogcap_dump, CloseDump>;

inline Dump dump_to(const std::string& path, const nflogcap_dump_options& options)
{
    nflogcap_dump* dump = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    if (nflogcap_dump_open(&dump, path.c_str(), &options, sizeof options, error.data(),
                           error.size()) < 0)
        throw std::runtime_error(error.data());
    return Dump(dump);
}

inline nflogcap_dump_options dump_options(std::uint32_t link_type, std::uint32_t format = 0,
                                          std::uint32_t compression = 0)
{
    nflogcap_dump_options options{};
    options.link_type = link_type;
    options.format = format;
    options.compression = compression;
    return options;
}

inline Dump dump_to(const std::string& path, std::uint32_t link_type = linktype_nflog)
{
    return dump_to(path, dump_options(link_type));
}

} // namespace support
