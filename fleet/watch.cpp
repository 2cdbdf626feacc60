// SPDX-License-Identifier: GPL-2.0-or-later
// The program nflogcap-watch: see nflogcap-watch(1).
#include "watch.hpp"

#include "printed_words.hpp"
#include "program.hpp"
#include "watch_options.hpp"

#include <cstdio>
#include <unistd.h>

namespace fleet {

namespace {

command::ExitStatus watch(const WatchOptions& options)
{
    if (!options.list && isatty(STDOUT_FILENO) == 1)
        throw command::Failure("standard output is a terminal, but a savefile is not text; add "
                               "'| tcpdump -n -r -', or --list for a table of the hosts",
                               command::wrong_usage);
    const HostPatterns patterns(options.hosts, options.groups);
    const ConnectionHandle connection = connect(options.connection, Reconnect::forever);
    return options.list ? watch_hosts(connection.get(), options.stream, patterns, options.once)
                        : watch_packets(connection.get(), patterns);
}

} // namespace

} // namespace fleet

int main(int argc, char** argv)
{
    return command::run_program("nflogcap-watch", [&] {
        try {
            return fleet::watch(fleet::parse_watch(argc, argv));
        } catch (const command::Words& words) {
            std::fputs(words.text.c_str(), stdout);
            return command::all_well;
        }
    });
}
