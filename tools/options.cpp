// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include "command_line.hpp"
#include "config.hpp"
#include "extcap_options.hpp"
#include "failure.hpp"
#include "nearest.hpp"
#include "network_namespace.hpp"
#include "option_values.hpp"
#include "savefile_names.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nflogcap.h>
#include <string_view>
#include <unistd.h>

namespace command {

namespace {

constexpr const char* examples = R"(
Examples:
  nflogcap -g 5                                     packets of the rules that say 'log group 5'
  nflogcap --tap 'tcp dport 443' 'tcp[13] & 2 != 0' SYN segments, with a rule of its own
  nflogcap --tap udp -w - | wireshark -k -i -       live in Wireshark
  nflogcap -g 5 -w 'log-%F.pcap' -G 86400           a file a day

The manual is nflogcap(1).)";

constexpr std::uint64_t million = 1'000'000;
constexpr std::uint64_t max_file_bytes = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t max_count = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t max_int = std::numeric_limits<std::int32_t>::max();

std::string footer()
{
    constexpr std::size_t brief_column = 29;
    std::string text = "Commands:\n";
    for (const CommandRow& command : command_table()) {
        std::string usage = "  nflogcap " + std::string(command.name);
        if (!command.arguments.empty())
            usage.append(" ").append(command.arguments);
        usage.resize(std::max(usage.size() + 1, brief_column), ' ');
        text.append(usage).append(command.brief).append("\n");
    }
    return text + examples;
}

// Functions that do more with an option's value than store it.

template <typename Number>
CommandLine::Take number_into(Number& number_given, std::uint64_t min, std::uint64_t max)
{
    return [&number_given, min, max](const std::string& option, const std::string& text) {
        number_given = static_cast<Number>(number(option, text, min, max));
    };
}

template <typename Number>
CommandLine::Take number_into(std::optional<Number>& number_given, std::uint64_t min,
                              std::uint64_t max)
{
    return [&number_given, min, max](const std::string& option, const std::string& text) {
        number_given = static_cast<Number>(number(option, text, min, max));
    };
}

CommandLine::Take groups_into(std::vector<std::uint16_t>& groups)
{
    return [&groups](const std::string& option, const std::string& text) {
        append_groups(option, text, groups);
    };
}

CommandLine::Take coloring_into(Coloring& coloring)
{
    return [&coloring](const std::string& option, const std::string& when) {
        if (when == "auto")
            coloring = Coloring::automatic;
        else if (when == "always")
            coloring = Coloring::always;
        else if (when == "never")
            coloring = Coloring::never;
        else
            refuse(option + ": '" + when + "' is not always, never or auto");
    };
}

CommandLine::Take spool_sync_into(spool::Sync& sync)
{
    return [&sync](const std::string& option, const std::string& when) {
        if (when == "segment")
            sync = spool::Sync::segment;
        else if (when == "chunk")
            sync = spool::Sync::chunk;
        else if (when == "never")
            sync = spool::Sync::never;
        else
            refuse(option + ": '" + when + "' is not segment, chunk or never");
    };
}

CommandLine::Take netns_into(std::string& path)
{
    return [&path](const std::string& /*option*/, const std::string& given) {
        path = given.empty() ? given : path_of_netns(given);
    };
}

Options parse_list(int argc, char** argv)
{
    CommandLine line("list", {"Lists the groups that are bound in the network namespace.",
                              "nflogcap list [--netns NAME] [--json]"});
    ListOptions options;
    line.value("--netns", netns_into(options.netns));
    line.flag("--json", options.json);
    line.value("--color", coloring_into(options.coloring));
    line.require_nothing(line.parse(argc, argv));
    return options;
}

Options parse_doctor(int argc, char** argv)
{
    CommandLine line(
        "doctor",
        {"Checks everything that a capture needs, and explains how to fix what is missing.",
         "nflogcap doctor [-g GROUP] [--netns NAME] [--spool DIR] [--json]"});
    DoctorOptions options;
    line.values("-g", groups_into(options.groups));
    line.value("--netns", netns_into(options.netns));
    line.value("--spool", options.spool);
    line.flag("--json", options.json);
    line.value("--color", coloring_into(options.coloring));
    line.require_nothing(line.parse(argc, argv));
    return options;
}

Options parse_spool(int argc, char** argv)
{
    CommandLine line("spool", {"Shows and checks the content of a directory of --spool.",
                               "nflogcap spool DIR [--json]"});
    SpoolOptions options;
    line.flag("--json", options.json);
    line.value("--color", coloring_into(options.coloring));
    const std::vector<std::string> words = line.parse(argc, argv);
    if (words.size() != 1 || words[0].empty())
        refuse("'nflogcap spool' requires the name of one directory, as given with --spool");
    options.path = words[0];
    return options;
}

template <const char* program>
Options parse_fleet(int argc, char** argv)
{
    return FleetProgram{program, {argv + 1, argv + argc}};
}
constexpr char ship[] = "nflogcap-ship";
constexpr char collect[] = "nflogcap-collect";
constexpr char watch[] = "nflogcap-watch";

Options parse_demo(int argc, char** argv)
{
    CommandLine line("demo",
                     {"Captures packets in its own network namespace, and removes it at the end.",
                      "nflogcap demo [--fleet]"});
    bool is_of_fleet = false;
    line.flag("--fleet", is_of_fleet);
    line.require_nothing(line.parse(argc, argv));
    if (is_of_fleet)
        return FleetProgram{"nflogcap-fleet-demo", {}};
    return DemoOptions{};
}

struct Command {
    std::string_view name;
    Options (*parse)(int argc, char** argv);
};
extern const std::array<Command, 8> commands;

const Command* command_of(std::string_view name);

// Refuses a filter that is a single word and probably the name of a command. Called if the options
// name no source of packets.
void require_no_command(const std::string& filter)
{
    if (filter.empty() || filter.find(' ') != std::string::npos)
        return;
    if (command_of(filter) != nullptr)
        refuse("the command '" + filter + "' must be the first word: nflogcap " + filter);
    refuse("there is no command '" + filter + "'; the nearest is '" +
           std::string(nflog::nearest_name(filter, commands)) +
           "'. If it is a filter, also give what to capture: -g GROUP, --tap MATCH or -r FILE");
}

void require_source(const CommandLine& line, const CaptureOptions& options)
{
    if (options.groups.empty() && !options.tap && options.read.empty()) {
        if (!options.top)
            require_no_command(options.filter);
        refuse("nothing to capture: give -g GROUP, --tap MATCH or -r FILE; '" + line.name() +
               " --help' explains them");
    }
    if (!options.filter_file.empty() && !options.filter.empty())
        refuse("-F and the argument '" + options.filter +
               "' both give a filter; leave one of them out");
}

void require_sense(const CaptureOptions& options)
{
    if (options.write == "-" && !options.json && isatty(STDOUT_FILENO) == 1)
        refuse("'-w -' writes a savefile, which is not text, to standard output, which is a "
               "terminal; name a "
               "file, or pipe it to a program: nflogcap ... -w - | wireshark -k -i -");
    if (options.json && is_compressed(options.write))
        refuse(
            "--json writes plain text, but the name '" + options.write +
            "' is that of a compressed file; leave the ending out, and compress each complete file "
            "with '-z gzip' or '-z zstd'");
    if ((options.rotate_bytes > 0 || options.rotate_seconds > 0) && options.write == "-")
        refuse("-C and -G begin new files, so '-w -' cannot be used with them; name a file");
}

// Binds the options that choose which packets are captured, and how many bytes of each.
void bind_source(CommandLine& line, CaptureOptions& options)
{
    constexpr std::uint64_t max_snaplen = 65531;
    constexpr std::uint64_t min_kib = 4;
    constexpr std::uint64_t max_kib = 1'048'575;
    line.values("-g", groups_into(options.groups));
    line.value("-i", [&options](const std::string& option, const std::string& text) {
        append_groups_of_device(option, text, options.groups);
    });
    line.value("--tap", [&options](const std::string& /*option*/, const std::string& match) {
        if (!match.empty())
            options.tap = match == "all" ? "" : match;
    });
    line.value("--hook", options.hook);
    line.value("--tap-priority", options.tap_priority);
    line.value("--tap-prefix", options.tap_prefix);
    line.value("--tap-limit", options.tap_limit);
    line.value("--tap-sample", options.tap_sample);
    line.value("-r", options.read);
    line.value("--netns", netns_into(options.netns));
    line.value("-s", number_into(options.snaplen, 0, max_snaplen));
    line.value("-B", number_into(options.socket_buffer_kib, min_kib, max_kib));
    line.value("-F", options.filter_file);
    line.value("-c", number_into(options.count, 1, max_count));
    line.value("--for", [&options](const std::string& option, const std::string& text) {
        options.lasting = duration(option, text);
    });
    line.value("-Z", options.user);
    line.flag("--hand-over", options.hand_over);
    line.value("--metrics", [&options](const std::string& option, const std::string& path) {
        if (path == "-")
            refuse(option +
                   " replaces a file every 5 seconds and cannot write to '-'; name a file");
        options.metrics = path;
    });
}

void bind_payload(CommandLine& line, CaptureOptions& options)
{
    const auto bind = [&](std::string_view name, PayloadForm form) {
        line.flag(name, [&options, form](std::int64_t count) {
            options.payload = form;
            options.has_frames = count > 1;
        });
    };
    bind("-x", PayloadForm::hex);
    bind("-X", PayloadForm::hex_and_ascii);
    bind("-A", PayloadForm::ascii);
}

// Binds the options that choose where packets go, and how they are printed.
void bind_output(CommandLine& line, CaptureOptions& options)
{
    line.value("-w", options.write);
    line.value("-y", [&options](const std::string& option, const std::string& name) {
        options.link_type = link_type(option, name);
    });
    line.flag("--pcapng", options.pcapng);
    line.value("-C", number_into(options.rotate_bytes, 1, max_file_bytes / million));
    line.value("-G", number_into(options.rotate_seconds, 1, max_int));
    line.value("-W", number_into(options.files, 1, max_int));
    line.value("-z", options.post_rotate);
    line.value("--spool", options.spool);
    line.value("--spool-size", [&options](const std::string& option, const std::string& text) {
        constexpr std::uint64_t min = std::uint64_t{1} << 20U;
        options.spool_bytes = bytes(option, text, min);
    });
    line.value("--spool-sync", spool_sync_into(options.spool_sync));
    line.flag("--json", options.json);
    line.flag("--no-payload", options.no_payload);
    bind_payload(line, options);
    line.flag("-t", [&options](std::int64_t count) {
        if (count > static_cast<std::int64_t>(TimeForm::since_first))
            refuse("-t is given " + std::to_string(count) + " times; give it at most five times");
        options.time = static_cast<TimeForm>(count);
    });
    line.flag("--utc", options.utc);
    line.value("--color", coloring_into(options.coloring));
}

// Refuses --config. If it is the first option, the words of the configuration have already replaced
// it; so it is here only if it is in a wrong place.
void bind_config(CommandLine& line)
{
    line.value("--config", [](const std::string& option, const std::string& path) {
        if (!path.empty()) // an empty path causes another error message
            refuse(option + " must be the first word: nflogcap --config FILE. A configuration "
                            "cannot include another one");
    });
}

// Binds options that users of tcpdump(8) type out of habit.
void bind_tcpdumps(CommandLine& line)
{
    // These options have no effect, because nflogcap always does what they request: it prints
    // addresses and ports as numbers, and writes out lines and packets as soon as no further packet
    // is waiting.
    for (const char* name : {"-n", "-l", "-U"})
        line.flag(name, [](std::int64_t /*count*/) {});
    const auto refused = [&line](const std::string& name, const std::string& reason) {
        line.flag(name, [name, reason](std::int64_t /*count*/) {
            refuse(name + " is not an option of nflogcap: " + reason);
        });
    };
    refused("-v", "lines have one level of detail; --json prints all fields of a packet");
    refused("-q", "lines have one level of detail; -t leaves out the time");
    refused("-e", "--json prints the link-layer header, and -XX the whole frame");
    refused("-p", "there is no promiscuous mode: packets come from rules of the firewall");
}

Options parse_capture(int argc, char** argv)
{
    CommandLine line("capture",
                     {"Captures the packets that netfilter logs (NFLOG), and prints or saves them.",
                      "nflogcap -g GROUP | --tap MATCH | -r FILE [OPTIONS] [FILTER]", footer()});
    CaptureOptions options;
    Extcap extcap;
    bool lists = false;
    bind_config(line);
    bind_source(line, options);
    bind_output(line, options);
    line.flag("--conntrack", options.conntrack);
    line.flag("-D", lists);
    line.version("--version", std::string("nflogcap ") + nflogcap_version());
    bind_tcpdumps(line);
    bind_extcap(line, extcap);

    options.filter = CLI::detail::join(line.parse(argc, argv), " ");
    options.rotate_bytes *= million;
    if (extcap.interfaces || extcap.capture || extcap.link_types || extcap.configuration ||
        !extcap.interface.empty())
        return of_extcap(line, extcap, options);
    refuse_extcap_options(line);
    if (lists) {
        line.allow_only("-D", {"--netns", "--json", "--color"});
        return ListOptions{options.netns, options.json, options.coloring};
    }
    require_source(line, options);
    require_sense(options);
    if (options.json && options.write == "-") // JSON goes to standard output by default
        options.write.clear();
    return options;
}

Options parse_top(int argc, char** argv)
{
    CommandLine line(
        "top",
        {"Shows what logs the most packets: a table of packets and bytes per second, every second.",
         "nflogcap top -g GROUP | --tap MATCH | -r FILE [OPTIONS] [FILTER]"});
    CaptureOptions options;
    TopOptions& top = options.top.emplace();
    bind_source(line, options);
    line.value("--by", [&top](const std::string& /*option*/, const std::string& name) {
        top.by = top_key_named(name);
    });
    line.value("--once", number_into(top.once_seconds, 1, max_int));
    line.flag("--json", options.json);
    options.filter = CLI::detail::join(line.parse(argc, argv), " ");
    require_source(line, options);
    return options;
}

const std::array<Command, 8> commands = {{{"list", parse_list},
                                          {"doctor", parse_doctor},
                                          {"top", parse_top},
                                          {"spool", parse_spool},
                                          {"ship", parse_fleet<ship>},
                                          {"collect", parse_fleet<collect>},
                                          {"watch", parse_fleet<watch>},
                                          {"demo", parse_demo}}};

// Returns the command with that name, or nullptr for a capture.
const Command* command_of(std::string_view name)
{
    const auto* const found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : found;
}

// Parses nflogcap help [COMMAND].
Options parse_help(int argc, char** argv)
{
    std::string help = "--help";
    std::array<char*, 2> words = {argv[0], help.data()};
    if (argc < 2)
        return parse_capture(words.size(), words.data());
    if (argc > 2)
        refuse("'nflogcap help' takes the name of only one command");
    const Command* const command = command_of(argv[1]);
    if (command == nullptr)
        refuse("there is no command '" + std::string(argv[1]) + "'; the nearest is '" +
               std::string(nflog::nearest_name(argv[1], commands)) + "'");
    return command->parse(words.size(), words.data());
}

Options parse_words(int argc, char** argv)
{
    const std::string_view first = argc > 1 ? argv[1] : "";
    try {
        if (first == "help")
            return parse_help(argc - 1, argv + 1);
        if (const Command* const command = command_of(first))
            return command->parse(argc - 1, argv + 1);
        return parse_capture(argc, argv);
    } catch (const Words& words) {
        return words;
    }
}

void require_filter(const std::string& expression)
{
    nflogcap_filter* filter = nullptr;
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    if (nflogcap_filter_new(&filter, expression.c_str(), error.data(), error.size()) < 0)
        throw Failure(error.data(), wrong_usage);
    nflogcap_filter_free(filter);
}

} // namespace

Options parse_options(int argc, char** argv)
{
    Options options;
    parse_with_config(argc, argv, [&](int count, char** words) {
        options = parse_words(count, words);
        // A word of the configuration that is not an option is part of the filter. The filter is
        // parsed here so that the message about an invalid filter names the file's line.
        const auto* const capture = std::get_if<CaptureOptions>(&options);
        if (capture != nullptr && words != argv)
            require_filter(capture->filter);
    });
    return options;
}

} // namespace command
