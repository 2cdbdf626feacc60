// SPDX-License-Identifier: GPL-2.0-or-later
#include "connection_options.hpp"

#include "option_values.hpp"
#include "server_address.hpp"

#include <nflogcap.h>

namespace fleet {

namespace {

// Takes the version from the header, because libnflogcap is not linked.
std::string version()
{
    return std::to_string(NFLOGCAP_VERSION_MAJOR) + "." + std::to_string(NFLOGCAP_VERSION_MINOR) +
           "." + std::to_string(NFLOGCAP_VERSION_PATCH);
}

} // namespace

void bind_connection(command::CommandLine& line, ConnectionOptions& options, std::string& stream)
{
    options.client = line.name();
    line.values("--server", [&options](const std::string& /*option*/, const std::string& text) {
        options.servers.push_back(address_of_server(text).url);
    });
    line.value("--stream", stream);
    line.value("--ca", options.ca);
    line.value("--cert", options.certificate);
    line.value("--key", options.key);
    line.value("--tls-name", options.tls_name);
    line.value("--credentials", options.credentials);
    line.value("--user", options.user);
    line.value("--password-file", options.password_file);
}

void bind_program(command::CommandLine& line, std::string& metrics)
{
    // If --config is the first word, parse_with_config() has already replaced it. So it is here
    // only if it is in a wrong place.
    line.value("--config", [&line](const std::string& option, const std::string& /*path*/) {
        command::refuse(option + " must be the first word: " + line.name() +
                        " --config FILE. A configuration cannot include another one");
    });
    line.value("--metrics", [&metrics](const std::string& option, const std::string& path) {
        if (path == "-")
            command::refuse(option + " replaces a file every 5 seconds and cannot write to '-'; "
                                     "name a file");
        metrics = path;
    });
    line.version("--version", line.name() + " " + version());
}

void require_connection(const ConnectionOptions& options, const std::string& stream)
{
    if (options.servers.empty())
        command::refuse("no broker is given; give its address, such as --server "
                        "nats://broker:4222");
    if (stream.find_first_of(" \t\r\n.*>/\\") != std::string::npos)
        command::refuse(
            "--stream: '" + stream +
            "' is not the name of a stream: it contains a blank, a dot, '*', '>' or a slash");
}

} // namespace fleet
