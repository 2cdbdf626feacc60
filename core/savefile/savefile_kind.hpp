// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "formats.hpp"
#include "link_type.hpp"

#include <cstdint>
#include <nflogcap.h>
#include <string_view>

namespace nflog {

enum class FileFormat : std::uint32_t {
    pcap = NFLOGCAP_FORMAT_PCAP,
    pcapng = NFLOGCAP_FORMAT_PCAPNG,
};

enum class Compression : std::uint32_t {
    none = NFLOGCAP_COMPRESSION_NONE,
    gzip = NFLOGCAP_COMPRESSION_GZIP,
    zstd = NFLOGCAP_COMPRESSION_ZSTD,
};

// The kind of a savefile that is written.
struct SavefileKind {
    LinkType link_type = LinkType::nflog;
    FileFormat format = FileFormat::pcap;
    Compression compression = Compression::none;
    InterfaceNamer namer{};
};

// Determines the kind from the options. If an option is not set, uses the path's extensions, such
// as x.pcapng.zst. Throws Error if an option has an unknown value.
[[nodiscard]] SavefileKind savefile_kind(const nflogcap_dump_options& options,
                                         std::string_view path);

} // namespace nflog
