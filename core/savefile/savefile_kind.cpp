// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_kind.hpp"

#include "error.hpp"

#include <cerrno>
#include <string>

namespace nflog {

namespace {

// Removes the extension from the path. Returns false if the path does not end with it.
bool take_extension(std::string_view& path, std::string_view extension) noexcept
{
    if (!path.ends_with(extension))
        return false;
    path.remove_suffix(extension.size());
    return true;
}

Compression take_compression(std::string_view& path) noexcept
{
    if (take_extension(path, ".gz"))
        return Compression::gzip;
    return take_extension(path, ".zst") ? Compression::zstd : Compression::none;
}

} // namespace

SavefileKind savefile_kind(const nflogcap_dump_options& options, std::string_view path)
{
    SavefileKind kind{.compression = take_compression(path),
                      .namer = {options.interface_name, options.context}};
    if (path.ends_with(".pcapng"))
        kind.format = FileFormat::pcapng;
    if (options.link_type != 0)
        kind.link_type = link_type(options.link_type);
    if (options.format > NFLOGCAP_FORMAT_PCAPNG)
        throw Error(EINVAL, "the format " + std::to_string(options.format) +
                                " is unknown; choose pcap or pcapng");
    if (options.format != 0)
        kind.format = static_cast<FileFormat>(options.format);
    if (options.compression > NFLOGCAP_COMPRESSION_ZSTD)
        throw Error(EINVAL, "the compression " + std::to_string(options.compression) +
                                " is unknown; choose none, gzip or zstd");
    if (options.compression != 0)
        kind.compression = static_cast<Compression>(options.compression);
    return kind;
}

} // namespace nflog
