// SPDX-License-Identifier: GPL-2.0-or-later
#include "watch_options.hpp"

#include "command_line.hpp"
#include "config.hpp"
#include "connection_options.hpp"
#include "option_values.hpp"

#include <algorithm>

namespace fleet {

namespace {

WatchOptions parse(int argc, char** argv)
{
    WatchOptions options;
    command::CommandLine line(
        "watch",
        {"Shows the packets of many hosts as they arrive, as a savefile on standard output, or a "
         "table "
         "of the hosts.",
         "nflogcap-watch --server URL [HOST...] | wireshark -k -i -\n"
         "       nflogcap-watch --server URL --list [--once] [HOST...]",
         "A HOST is a name or a pattern such as 'web-*'. nflogcap-watch(1) is the manual."});
    bind_connection(line, options.connection, options.stream);
    line.values("-g", [&options](const std::string& option, const std::string& text) {
        command::append_groups(option, text, options.groups);
    });
    line.flag("--list", options.list);
    line.flag("--once", options.once);
    line.value("--config", [](const std::string& option, const std::string& /*path*/) {
        command::refuse(option + " must be the first word: nflogcap-watch --config FILE. A "
                                 "configuration cannot include another one");
    });
    line.version("--version", "nflogcap-watch " PROJECT_VERSION);
    options.hosts = line.parse(argc, argv);
    if (std::ranges::find(options.hosts, "") != options.hosts.end())
        command::refuse("the name of a host is empty (an unset shell variable?); leave it "
                        "out, or give a name");
    require_connection(options.connection, options.stream);
    options.connection.inbox = "_INBOX_watch";
    return options;
}

} // namespace

WatchOptions parse_watch(int argc, char** argv)
{
    WatchOptions options;
    command::parse_with_config(
        argc, argv, [&options](int count, char** words) { options = parse(count, words); });
    return options;
}

} // namespace fleet
