// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include "command_line.hpp"
#include "extcap_options.hpp"
#include "nearest.hpp"
#include "option_values.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <nflogcap.h>
#include <string_view>
#include <unistd.h>

namespace command {

namespace {

constexpr const char* footer = R"(Commands:
  nflogcap list              the groups that are bound here, their owners and settings
  nflogcap doctor [-g GROUP] what a capture needs, and what to do where it is missing
  nflogcap top -g GROUP      what logs most, as a table each second
  nflogcap demo              packets captured in a network namespace made for it
  nflogcap help COMMAND      the options of one of these

Examples:
  nflogcap -g 5                                     what the rules log that say 'log group 5'
  nflogcap --tap 'tcp dport 443' 'tcp[13] & 2 != 0' with a rule of its own, SYN segments alone
  nflogcap --tap udp -w - | wireshark -k -i -       live in Wireshark
  nflogcap -g 5 -w 'log-%F.pcap' -G 86400           a file a day

The manual is nflogcap(1).)";

constexpr std::uint64_t million = 1'000'000;
constexpr std::uint64_t longest_file = std::numeric_limits<std::int64_t>::max();

CLI::Option* add_number(CLI::App& app, const std::string& name, std::uint64_t& value,
                        std::uint64_t most, const std::string& what, const std::string& description)
{
    return app
        .add_option_function<std::string>(
            name,
            [&value, name, most](const std::string& text) { value = number(name, text, 1, most); },
            description)
        ->type_name(what);
}

void add_groups(CLI::App& app, std::vector<std::uint16_t>& groups)
{
    app.add_option_function<std::vector<std::string>>(
           "-g,--group",
           [&groups](const std::vector<std::string>& texts) {
               for (const std::string& text : texts)
                   append_groups("-g", text, groups);
           },
           "a group that rules log to, 0 to 65535; several: 5,6")
        ->allow_extra_args(false)
        ->type_name("GROUP");
}

CLI::Option* add_coloring(CLI::App& app, Coloring& coloring)
{
    return app
        .add_option_function<std::string>(
            "--color",
            [&coloring](const std::string& when) {
                if (when == "auto")
                    coloring = Coloring::automatic;
                else if (when == "always")
                    coloring = Coloring::always;
                else if (when == "never")
                    coloring = Coloring::never;
                else
                    refuse("--color: '" + when + "' is not always, never or auto");
            },
            "always, never, or by default auto: on a terminal")
        ->type_name("WHEN");
}

CLI::Option* add_netns(CLI::App& app, std::string& path)
{
    return app
        .add_option_function<std::string>(
            "--netns",
            [&path](const std::string& given) {
                path = given.empty() || given.find('/') != std::string::npos
                           ? given
                           : "/run/netns/" + given;
            },
            "in this network namespace: a name of 'ip netns', or a path")
        ->type_name("NAME|PATH");
}

Options parse_list(int argc, char** argv)
{
    CLI::App app("Lists the groups that are bound in the network namespace.", "nflogcap list");
    set_up(app, "nflogcap list [--netns NAME]");
    ListOptions options;
    add_netns(app, options.netns);
    add_coloring(app, options.coloring);
    require_nothing(app, parse(app, argc, argv));
    return options;
}

Options parse_doctor(int argc, char** argv)
{
    CLI::App app("Tells whether all is there that a capture needs, and what to do where not.",
                 "nflogcap doctor");
    set_up(app, "nflogcap doctor [-g GROUP] [--netns NAME]");
    DoctorOptions options;
    add_groups(app, options.groups);
    add_netns(app, options.netns);
    add_coloring(app, options.coloring);
    require_nothing(app, parse(app, argc, argv));
    return options;
}

Options parse_demo(int argc, char** argv)
{
    CLI::App app("Captures packets in a network namespace of its own, which is gone at the end.",
                 "nflogcap demo");
    set_up(app, "nflogcap demo");
    require_nothing(app, parse(app, argc, argv));
    return DemoOptions{};
}

struct Command {
    std::string_view name;
    Options (*parse)(int argc, char** argv);
};
extern const std::array<Command, 4> commands;

const Command* command_of(std::string_view name);

// Without anything to capture, a single word is probably meant to be a command.
void require_no_command(const std::string& filter)
{
    if (filter.empty() || filter.find(' ') != std::string::npos)
        return;
    if (command_of(filter) != nullptr)
        refuse("the command '" + filter + "' must be the first word: nflogcap " + filter);
    refuse("there is no command '" + filter + "'; the nearest is '" +
           std::string(nflog::nearest_name(filter, commands)) +
           "'. As a filter it needs to be told what to capture: -g GROUP, --tap MATCH or -r FILE");
}

std::uint32_t link_type(const std::string& name)
{
    std::array<char, NFLOGCAP_ERROR_SIZE> error{};
    const int found = nflogcap_find_link_type(name.c_str(), error.data(), error.size());
    if (found < 0)
        refuse(std::string("-y: ") + error.data());
    return static_cast<std::uint32_t>(found);
}

void require_source(const CLI::App& app, const CaptureOptions& options)
{
    require_tap_of_hook(options);
    if (options.groups.empty() && !options.tap && options.read.empty()) {
        if (!options.top)
            require_no_command(options.filter);
        refuse("nothing to capture: give -g GROUP, --tap MATCH or -r FILE; '" + app.get_name() +
               " --help' explains them");
    }
    if (!options.filter_file.empty() && !options.filter.empty())
        refuse("-F has the filter, and so has '" + options.filter + "'; leave one of them out");
}

void require_sense(const CaptureOptions& options)
{
    if (options.write == "-" && isatty(STDOUT_FILENO) == 1)
        refuse(
            "'-w -' writes a savefile, which is no text, and standard output is a terminal; name a "
            "file, or give it to a program: nflogcap ... -w - | wireshark -k -i -");
    if (options.files > 0 && options.rotate_bytes == 0 && options.rotate_seconds == 0)
        refuse("-W is the number of files that -C or -G make: give one of these");
    if ((options.rotate_bytes > 0 || options.rotate_seconds > 0) && options.write == "-")
        refuse("-C and -G make files, and '-w -' is none: name one");
}

// What is captured, and how much of it. Returns -r, which goes with nothing that is of the kernel.
CLI::Option* add_source(CLI::App& app, CaptureOptions& options)
{
    add_groups(app, options.groups);
    app.add_option_function<std::string>(
           "-i,--interface",
           [&options](const std::string& text) {
               append_groups_of_device("-i", text, options.groups);
           },
           "the same by libpcap's name of the device: nflog:5")
        ->type_name("DEVICE");
    auto* tap = app.add_option("--tap", options.tap,
                               "log what this matches, such as 'tcp dport 443', or 'all'")
                    ->type_name("MATCH");
    app.add_option("--hook", options.hook,
                   "where: prerouting, input, forward, output, postrouting or ingress:DEVICE")
        ->type_name("HOOK");
    auto* read = app.add_option("-r", options.read, "read a savefile; '-' is standard input")
                     ->type_name("FILE");
    auto* netns = add_netns(app, options.netns);
    auto* snaplen = app.add_option_function<std::string>(
                           "-s,--snaplen",
                           [&options](const std::string& text) {
                               constexpr std::uint64_t most = 65531;
                               options.snaplen =
                                   static_cast<std::uint32_t>(number("-s", text, 0, most));
                           },
                           "of each packet, 0 (metadata only) to 65531; by default 65528")
                        ->type_name("BYTES");
    constexpr std::uint64_t least_kib = 4;
    constexpr std::uint64_t most_kib = 1'048'575;
    auto* buffer = app.add_option_function<std::string>(
                          "-B",
                          [&options](const std::string& text) {
                              options.socket_buffer_kib = static_cast<std::uint32_t>(
                                  number("-B", text, least_kib, most_kib));
                          },
                          "socket buffer to ask the kernel for, 4 to 1048575; by default 32768")
                       ->type_name("KIB");
    app.add_option("-F", options.filter_file, "a file that holds the filter")->type_name("FILE");
    add_number(app, "-c", options.count, std::numeric_limits<std::uint64_t>::max(), "COUNT",
               "end after so many packets");
    auto* lasting =
        app.add_option_function<std::string>(
               "--for",
               [&options](const std::string& text) { options.lasting = duration("--for", text); },
               "end after so long: 10s, 5m, 2h")
            ->type_name("TIME");

    for (CLI::Option* live : {tap, netns, snaplen, buffer, lasting})
        live->excludes(read);
    return read;
}

CLI::Option* add_payload(CLI::App& app, CaptureOptions& options, const std::string& name,
                         PayloadForm form, const std::string& description)
{
    return app.add_flag_function(
        name,
        [&options, form](std::int64_t count) {
            options.payload = form;
            options.has_frames = count > 1;
        },
        description);
}

CLI::Option* add_times(CLI::App& app, CaptureOptions& options)
{
    return app.add_flag_function(
        "-t",
        [&options](std::int64_t count) {
            if (count > static_cast<std::int64_t>(TimeForm::since_first))
                refuse("-t is given " + std::to_string(count) + " times; five times is the most");
            options.time = static_cast<TimeForm>(count);
        },
        "no time in lines; twice: epoch, 3: difference, 4: with date, 5: since first");
}

// Options that users of tcpdump(8) type out of habit.
void add_tcpdumps(CLI::App& app)
{
    // Addresses and ports are never looked up; lines and packets go out as soon as no packet waits.
    for (const char* name : {"-n", "-l", "-U"})
        app.add_flag(name)->group(tcpdumps_own);
    const auto refused = [&app](const std::string& name, const std::string& reason) {
        app.add_flag_function(name,
                              [name, reason](std::int64_t /*count*/) {
                                  refuse(name + " is not known here: " + reason);
                              })
            ->group(tcpdumps_own);
    };
    refused("-v", "a line is as long as it gets; --json prints all fields of a packet");
    refused("-q", "a line has no details to leave out; -t leaves out the time");
    refused("-e", "--json prints the link-layer header, and -XX the whole frame");
    refused("-p", "there is no promiscuous mode to leave: packets come from rules of the firewall");
}

CLI::Option* add_user(CLI::App& app, CaptureOptions& options)
{
    return app.add_option("-Z", options.user, "become this user once the capture has started")
        ->type_name("USER");
}

// Parses, and completes what is captured by the words at the end.
void parse_source(CLI::App& app, CaptureOptions& options, int argc, char** argv)
{
    options.filter = CLI::detail::join(parse(app, argc, argv), " ");
    if (options.tap == "all")
        options.tap = "";
}

// Where it goes, and as whom it is written.
void add_output(CLI::App& app, CaptureOptions& options, CLI::Option* read)
{
    auto* write = app.add_option("-w", options.write, "write a savefile; '-' is standard output")
                      ->type_name("FILE");
    app.add_option_function<std::string>(
           "-y", [&options](const std::string& name) { options.link_type = link_type(name); },
           "link type of -w: nflog, raw (IP packets) or ethernet; by default nflog")
        ->type_name("LINKTYPE")
        ->needs(write);
    app.add_flag("--pcapng", options.pcapng, "-w writes pcapng, as for a name that ends in .pcapng")
        ->needs(write);
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    auto* size = add_number(app, "-C", options.rotate_bytes, longest_file / million, "MILLIONS",
                            "a new file when one has more than so many million bytes");
    auto* seconds = add_number(app, "-G", options.rotate_seconds, most, "SECONDS",
                               "a new file after so long, named by strftime(3)");
    add_number(app, "-W", options.files, most, "COUNT",
               "with -C: keep so many files, overwrite the oldest; with -G: exit after them")
        ->needs(write);
    auto* json = app.add_flag("--json", options.json, "print all fields, an object a line");
    auto* no_payload =
        app.add_flag("--no-payload", options.no_payload, "with --json: leave the payload out");
    auto* hex = add_payload(app, options, "-x", PayloadForm::hex,
                            "print payloads too, in hexadecimal; twice: whole frames");
    auto* both = add_payload(app, options, "-X", PayloadForm::hex_and_ascii,
                             "the same in hexadecimal and ASCII; twice: whole frames");
    auto* ascii = add_payload(app, options, "-A", PayloadForm::ascii,
                              "the same in ASCII; twice: whole frames");
    auto* times = add_times(app, options);
    auto* utc = app.add_flag("--utc", options.utc, "times of lines in UTC, not local time");
    auto* color = add_coloring(app, options.coloring);
    auto* user = add_user(app, options);

    size->needs(write);
    seconds->needs(write);
    json->excludes(write);
    no_payload->needs(json);
    for (CLI::Option* of_lines : {hex, both, ascii, times, utc, color}) {
        of_lines->excludes(write);
        of_lines->excludes(json);
    }
    hex->excludes(both);
    hex->excludes(ascii);
    both->excludes(ascii);
    for (CLI::Option* live : {seconds, user})
        live->excludes(read);
}

Options parse_capture(int argc, char** argv)
{
    CLI::App app("Captures the packets that netfilter logs (NFLOG), and prints or saves them.",
                 "nflogcap");
    set_up(app, "nflogcap -g GROUP | --tap MATCH | -r FILE [OPTIONS] [FILTER]");
    app.set_version_flag("--version", std::string("nflogcap ") + nflogcap_version(),
                         "show the version and exit");
    app.footer(footer);
    CaptureOptions options;
    Extcap extcap;

    add_output(app, options, add_source(app, options));
    bool lists = false;
    app.add_flag("-D", lists, "list the groups that are bound, as 'nflogcap list'");
    add_tcpdumps(app);
    add_extcap(app, extcap);

    parse_source(app, options, argc, argv);
    options.rotate_bytes *= million;
    if (extcap.interfaces || extcap.capture || extcap.link_types || extcap.configuration ||
        !extcap.interface.empty())
        return of_extcap(app, extcap, options);
    refuse_extcap_options(app);
    if (lists) {
        allow_only(app, "-D", {"--netns", "--color"});
        return ListOptions{options.netns, options.coloring};
    }
    require_source(app, options);
    require_sense(options);
    return options;
}

Options parse_top(int argc, char** argv)
{
    CLI::App app("Shows what logs most: packets and bytes a second, as a table each second.",
                 "nflogcap top");
    set_up(app, "nflogcap top -g GROUP | --tap MATCH | -r FILE [OPTIONS] [FILTER]");
    CaptureOptions options;
    TopOptions& top = options.top.emplace();
    auto* read = add_source(app, options);
    app.add_option_function<std::string>(
           "--by", [&top](const std::string& name) { top.by = top_key_named(name); },
           "prefix (default), source, destination, port, uid, device or group")
        ->type_name("KEY");
    auto* once =
        add_number(app, "--once", top.once_seconds, std::numeric_limits<std::int32_t>::max(),
                   "SECONDS", "show one table, of so many seconds, and end");
    app.add_flag("--json", options.json, "print each table as an object a line, with all rows");
    for (CLI::Option* live : {once, add_user(app, options)})
        live->excludes(read);
    parse_source(app, options, argc, argv);
    require_source(app, options);
    return options;
}

const std::array<Command, 4> commands = {
    {{"list", parse_list}, {"doctor", parse_doctor}, {"top", parse_top}, {"demo", parse_demo}}};

// The command of that name; nullptr: a capture is meant.
const Command* command_of(std::string_view name)
{
    const auto* const found = std::ranges::find(commands, name, &Command::name);
    return found == commands.end() ? nullptr : found;
}

// nflogcap help [COMMAND]
Options parse_help(int argc, char** argv)
{
    std::string help = "--help";
    std::array<char*, 2> words = {argv[0], help.data()};
    if (argc < 2)
        return parse_capture(words.size(), words.data());
    if (argc > 2)
        refuse("'nflogcap help' takes the name of one command");
    const Command* const command = command_of(argv[1]);
    if (command == nullptr)
        refuse("there is no command '" + std::string(argv[1]) + "'; the nearest is '" +
               std::string(nflog::nearest_name(argv[1], commands)) + "'");
    return command->parse(words.size(), words.data());
}

} // namespace

Options parse_options(int argc, char** argv)
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

} // namespace command
