// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_kind.hpp"

#include "error.hpp"

#include <cerrno>
#include <string>

namespace nflog {

SavefileKind savefile_kind(const nflogcap_dump_options& options, std::string_view path)
{
    SavefileKind kind{.namer = {options.interface_name, options.context}};
    if (path.ends_with(".pcapng"))
        kind.format = FileFormat::pcapng;
    if (options.link_type != 0)
        kind.link_type = link_type(options.link_type);
    if (options.format > NFLOGCAP_FORMAT_PCAPNG)
        throw Error(EINVAL, "the format " + std::to_string(options.format) +
                                " is unknown; choose pcap or pcapng");
    if (options.format != 0)
        kind.format = static_cast<FileFormat>(options.format);
    return kind;
}

} // namespace nflog
