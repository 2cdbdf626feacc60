// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_options.hpp"

#include "command_line.hpp"
#include "config.hpp"
#include "connection_options.hpp"
#include "option_values.hpp"

namespace fleet {

namespace {

constexpr const char* usage = R"(nflogcap-collect --server URL --out DIR [OPTIONS]
       nflogcap-collect --report --out DIR [--json])";
constexpr const char* footer = R"(Example:
  nflogcap-collect --server nats://broker:4222 --out /var/lib/nflogcap -G 86400 -w %h-g%g-%F.pcap

The manual is nflogcap-collect(1).)";

void bind_naming(command::CommandLine& line, Naming& naming)
{
    constexpr std::uint64_t million = 1'000'000;
    constexpr std::uint64_t max_millions = 9'223'372'036'854;
    constexpr std::uint64_t max_seconds = 2'147'483'647;
    const auto bind = [&line](const char* name, std::uint64_t& value, std::uint64_t max,
                              std::uint64_t unit) {
        line.value(name, [&value, max, unit](const std::string& option, const std::string& text) {
            value = command::number(option, text, 1, max) * unit;
        });
    };
    line.value("-w", naming.name);
    bind("-C", naming.rotate_bytes, max_millions, million);
    bind("-G", naming.rotate_seconds, max_seconds, 1);
    bind("-W", naming.files, million, 1);
}

CollectOptions parse(int argc, char** argv)
{
    command::CommandLine line(
        "collect", {"Stores the packets that many hosts send to a NATS server with JetStream.",
                    usage, footer});
    CollectOptions options;
    CollectionSettings& collection = options.collection;
    collection.stream = "NFLOG";
    line.value("--out", collection.directory);
    bind_naming(line, collection.naming);
    line.flag("--json", collection.is_json);
    line.flag("--report", options.is_report);
    line.value("--stream-config", options.stream_config);
    bind_connection(line, options.connection, collection.stream);
    bind_program(line, options.metrics);
    line.require_nothing(line.parse(argc, argv));
    if (collection.directory.empty())
        command::refuse("no directory for the packets is given; give one with --out DIR");
    if (options.is_report)
        return options;
    if (collection.naming.name.empty())
        collection.naming.name = collection.is_json ? "%h-g%g.json" : "%h-g%g.pcap";
    require_usable(collection.naming);
    require_connection(options.connection, collection.stream);
    options.connection.inbox = "_INBOX_collect";
    return options;
}

} // namespace

CollectOptions parse_collect(int argc, char** argv)
{
    CollectOptions options;
    command::parse_with_config(
        argc, argv, [&options](int count, char** words) { options = parse(count, words); });
    return options;
}

} // namespace fleet
