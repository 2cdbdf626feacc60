// SPDX-License-Identifier: GPL-2.0-or-later
#include "ship_options.hpp"

#include "command_line.hpp"
#include "config.hpp"
#include "connection_options.hpp"
#include "message.hpp"
#include "option_values.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace fleet {

namespace {

constexpr const char* footer = R"(Example:
  nflogcap-ship --spool /var/spool/nflogcap/web --server nats://broker:4222

The manual is nflogcap-ship(1).)";

std::string own_name()
{
    constexpr std::size_t max_length = 256;
    std::array<char, max_length + 1> name{};
    if (gethostname(name.data(), max_length) < 0)
        command::refuse("this host has no name; give one with --host NAME");
    return name.data();
}

void require_host(const std::string& host)
{
    constexpr std::size_t max_token = 200; // a token is a part of file names
    constexpr unsigned char del = 0x7f;
    if (host.empty() ||
        std::ranges::any_of(host, [](unsigned char byte) { return byte < ' ' || byte == del; }))
        command::refuse("--host: '" + host + "' is not a name of a host");
    if (token_of_host(host).size() > max_token)
        command::refuse("--host: '" + host +
                        "' is too long: in a subject it can have at most 200 characters");
}

ShipOptions parse(int argc, char** argv)
{
    command::CommandLine line(
        "ship",
        {"Sends the packets that nflogcap keeps in a spool to a NATS server with JetStream.",
         "nflogcap-ship --spool DIR --server URL [--host NAME] [OPTIONS]", footer});
    ShipOptions options;
    line.value("--spool", options.spool);
    line.value("--host", options.host);
    line.flag("--until-acknowledged", options.until_acknowledged);
    bind_connection(line, options.connection, options.stream);
    bind_program(line, options.metrics);
    line.require_nothing(line.parse(argc, argv));
    if (options.spool.empty())
        command::refuse("no spool is given; give the directory of 'nflogcap --spool' with "
                        "--spool DIR");
    require_connection(options.connection, options.stream);
    if (options.host.empty())
        options.host = own_name();
    require_host(options.host);
    options.connection.inbox = "_INBOX_" + token_of_host(options.host);
    return options;
}

} // namespace

std::variant<ShipOptions, command::Words> parse_ship_options(int argc, char** argv)
{
    ShipOptions options;
    try {
        command::parse_with_config(
            argc, argv, [&options](int count, char** words) { options = parse(count, words); });
    } catch (const command::Words& words) {
        return words;
    }
    return options;
}

} // namespace fleet
