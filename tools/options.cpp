// SPDX-License-Identifier: GPL-2.0-or-later
#include "options.hpp"

#include "extcap.hpp"
#include "failure.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <nflogcap.h>
#include <string_view>

namespace command {

namespace {

constexpr const char* footer = R"(Commands:
  nflogcap list              the groups that are bound here, whose they are and how they are set
  nflogcap doctor [-g GROUP] what a capture needs, and what to do where it is missing
  nflogcap demo              packets captured in a network namespace made for it

Examples:
  nflogcap -g 5                                     what the rules log that say 'log group 5'
  nflogcap --tap 'tcp dport 443' 'tcp[13] & 2 != 0' with a rule of its own, SYN segments alone
  nflogcap --tap udp -w - | wireshark -k -i -       live in Wireshark
  nflogcap -g 5 -w 'log-%F.pcap' -G 86400           a file a day

The manual is nflogcap(1).)";

// The group of options that are not in the help. CLI11 hides those of a group without a name, but
// then it does not name them in its errors either.
constexpr const char* wiresharks_own = "Wireshark";

constexpr std::uint64_t million = 1'000'000;
constexpr std::uint64_t longest_file = std::numeric_limits<std::int64_t>::max();

[[noreturn]] void refuse(const std::string& words)
{
    throw Failure(words, wrong_usage);
}

std::uint64_t number(const std::string& option, const std::string& text, std::uint64_t least,
                     std::uint64_t most)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
        refuse(option + ": '" + text + "' is not a number from " + std::to_string(least) + " to " +
               std::to_string(most));
    return value;
}

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
                   groups.push_back(static_cast<std::uint16_t>(
                       number("-g", text, 0, std::numeric_limits<std::uint16_t>::max())));
           },
           "a group that rules log to, 0 to 65535; repeatable")
        ->allow_extra_args(false)
        ->type_name("GROUP");
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

[[noreturn]] void refuse_empty(const std::string& option)
{
    refuse(option + ": its value is empty, as that of a shell variable that is not set; leave the "
                    "option out, or give it a value");
}

// Wireshark gives an empty value for a field that was left empty, and for no filter.
bool is_empty_field_of_wireshark(const CLI::App& app, const CLI::Option& option)
{
    constexpr std::array<std::string_view, 4> fields = {"--tap", "--hook", "--netns",
                                                        "--extcap-capture-filter"};
    const CLI::Option* interface = app.get_option_no_throw("--extcap-interface");
    return interface != nullptr && interface->count() > 0 &&
           std::ranges::find(fields, option.get_name()) != fields.end();
}

void require_values(const CLI::App& app)
{
    for (const CLI::Option* option : app.get_options()) {
        if (std::ranges::find(option->results(), "") != option->results().end() &&
            !is_empty_field_of_wireshark(app, *option))
            refuse_empty(option->get_name());
    }
}

// Parses, and returns what is left at the end; throws Words where these are asked for.
std::vector<std::string> parse(CLI::App& app, int argc, char** argv)
{
    // CLI11 would take the next argument for the value of "--netns=", and "--json=false" for a flag
    // that is not given.
    for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        const std::string_view argument = argv[i];
        const std::size_t equals = argument.find('=');
        if (!argument.starts_with('-') || equals == std::string_view::npos)
            continue;
        const std::string name(argument.substr(0, equals));
        const CLI::Option* option = app.get_option_no_throw(name);
        if (option != nullptr && option->get_items_expected_max() == 0)
            refuse(name + " takes no value; leave '" + std::string(argument.substr(equals)) +
                   "' out");
        if (name.starts_with("--") && equals + 1 == argument.size())
            refuse_empty(name);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        throw Words{app.help()};
    } catch (const CLI::CallForVersion& version) {
        throw Words{std::string(version.what()) + '\n'};
    } catch (const CLI::ParseError& error) {
        for (const CLI::Option* option : app.get_options()) {
            if (option->count() > 1 && option->get_items_expected_max() == 1)
                refuse(option->get_name() + " is given more than once; give it once");
        }
        refuse(std::string(error.what()) + "; '" + app.get_name() + " --help' tells the options");
    }
    require_values(app);
    std::vector<std::string> rest = app.remaining();
    if (!rest.empty() && rest[0] == "--")
        rest.erase(rest.begin());
    else if (!rest.empty() && rest[0].size() > 1 && rest[0][0] == '-')
        refuse("there is no option " + rest[0] + "; '" + app.get_name() +
               " --help' tells those that there are");
    return rest;
}

void require_nothing(const CLI::App& app, const std::vector<std::string>& rest)
{
    if (!rest.empty())
        refuse("'" + app.get_name() + "' does not know what '" + rest[0] + "' is to mean");
}

// The layout is this one with every release of CLI11; their own differ. The manual and the errors
// say which options exclude or need each other.
struct Help : CLI::Formatter {
    explicit Help(std::string usage) : usage_(std::move(usage)) {}

    std::string make_help(const CLI::App* app, std::string /*name*/,
                          CLI::AppFormatMode /*mode*/) const override
    {
        constexpr std::size_t description_column = 24;
        std::string text = app->get_description() + "\nUsage: " + usage_ + "\n\nOptions:\n";
        for (const CLI::Option* option : app->get_options()) {
            if (option->get_group() == wiresharks_own)
                continue;
            std::string names = "  " + option->get_name(false, true);
            if (option->get_type_size() != 0)
                names += ' ' + option->get_type_name();
            names.resize(std::max(names.size() + 1, description_column), ' ');
            text += names + option->get_description() + '\n';
        }
        const std::string end = app->get_footer();
        return end.empty() ? text : text + '\n' + end + '\n';
    }

private:
    std::string usage_;
};

void set_up(CLI::App& app, const std::string& usage)
{
    app.formatter(std::make_shared<Help>(usage));
    app.set_help_flag("-h,--help", "tell the options, and end");
    app.prefix_command();
}

Options parse_list(int argc, char** argv)
{
    CLI::App app("Lists the groups that are bound in the network namespace.", "nflogcap list");
    set_up(app, "nflogcap list [--netns NAME]");
    ListOptions options;
    add_netns(app, options.netns);
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

// What Wireshark says beside the options of a capture.
struct Extcap {
    bool interfaces = false;
    bool link_types = false;
    bool configuration = false;
    bool capture = false;
    std::string interface;
    std::string fifo;
    std::string filter;
    std::string version; // Wireshark's
    bool asks_about_filter = false;
};

void add_extcap(CLI::App& app, Extcap& extcap)
{
    app.add_flag("--extcap-interfaces", extcap.interfaces)->group(wiresharks_own);
    app.add_flag("--extcap-dlts", extcap.link_types)->group(wiresharks_own);
    app.add_flag("--extcap-config", extcap.configuration)->group(wiresharks_own);
    app.add_flag("--capture", extcap.capture)->group(wiresharks_own);
    app.add_option("--extcap-interface", extcap.interface)->group(wiresharks_own);
    app.add_option("--fifo", extcap.fifo)->group(wiresharks_own);
    app.add_option("--extcap-version", extcap.version)->group(wiresharks_own);
    app.add_option_function<std::string>("--extcap-capture-filter",
                                         [&extcap](const std::string& filter) {
                                             extcap.filter = filter;
                                             extcap.asks_about_filter = true;
                                         })
        ->group(wiresharks_own);
}

// CLI11 cannot check it: Wireshark leaves out --tap, if its field is empty, and gives --hook.
void require_tap_of_hook(const CaptureOptions& options)
{
    if (!options.hook.empty() && !options.tap)
        refuse("--hook requires --tap: give it a match, or 'all'");
}

// Refuses the options that have no effect on what Wireshark asks for by the one that is named
// first.
void allow_only(const CLI::App& app, const std::string& first,
                std::initializer_list<std::string_view> allowed)
{
    for (const CLI::Option* option : app.get_options()) {
        const std::string name = option->get_name();
        if (option->count() > 0 && name != first && name != "--extcap-version" &&
            std::ranges::find(allowed, name) == allowed.end())
            refuse(name + " has no effect with " + first + "; leave it out");
    }
}

void refuse_extcap_options(const CLI::App& app)
{
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group() == wiresharks_own && option->count() > 0)
            refuse(option->get_name() + " has no effect without --extcap-interface or "
                                        "--extcap-interfaces; leave it out");
    }
}

Options of_extcap(const CLI::App& app, const Extcap& extcap, CaptureOptions options)
{
    using About = ExtcapQuery::About;
    if (!options.filter.empty())
        refuse("the filter '" + options.filter +
               "' has no effect here; give it by --extcap-capture-filter");
    if (extcap.interfaces) {
        allow_only(app, "--extcap-interfaces", {});
        return ExtcapQuery{About::interfaces, {}, {}};
    }
    if (extcap.interface.empty())
        refuse("which interface? --extcap-interface says it");
    if (extcap.configuration) {
        allow_only(app, "--extcap-config", {"--extcap-interface"});
        return ExtcapQuery{About::configuration, extcap.interface, {}};
    }
    if (extcap.link_types) {
        allow_only(app, "--extcap-dlts", {"--extcap-interface"});
        return ExtcapQuery{About::link_types, extcap.interface, {}};
    }
    if (!extcap.capture) {
        if (!extcap.asks_about_filter)
            refuse("what about '" + extcap.interface +
                   "'? --extcap-dlts, --extcap-config, --extcap-capture-filter or --capture");
        allow_only(app, "--extcap-capture-filter", {"--extcap-interface"});
        return ExtcapQuery{About::filter, extcap.interface, extcap.filter};
    }
    allow_only(app, "--capture",
               {"--extcap-interface", "--extcap-capture-filter", "--fifo", "--group", "--tap",
                "--hook", "--netns", "--snaplen", "-c", "-Z"});
    if (extcap.fifo.empty())
        refuse("--capture wants to be told where to: --fifo");
    apply_extcap_interface(options, extcap.interface);
    require_tap_of_hook(options);
    options.write = extcap.fifo;
    options.to_wireshark = true;
    options.filter = extcap.filter;
    return options;
}

void require_sense(const CaptureOptions& options)
{
    require_tap_of_hook(options);
    if (options.groups.empty() && !options.tap && options.read.empty())
        refuse("capture what? -g GROUP names a group that rules log to, --tap MATCH makes a rule, "
               "-r FILE reads a savefile; 'nflogcap --help' tells more");
    if (options.files > 0 && options.rotate_bytes == 0 && options.rotate_seconds == 0)
        refuse("-W is the number of files that -C or -G make: give one of these");
    if ((options.rotate_bytes > 0 || options.rotate_seconds > 0) && options.write == "-")
        refuse("-C and -G make files, and '-w -' is none: name one");
}

// What is captured, and how much of it. Returns -r, which goes with nothing that is of the kernel.
CLI::Option* add_source(CLI::App& app, CaptureOptions& options)
{
    add_groups(app, options.groups);
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
    add_number(app, "-c", options.count, std::numeric_limits<std::uint64_t>::max(), "COUNT",
               "end after so many packets");

    for (CLI::Option* live : {tap, netns, snaplen})
        live->excludes(read);
    return read;
}

// Where it goes, and as whom it is written.
void add_output(CLI::App& app, CaptureOptions& options, CLI::Option* read)
{
    auto* write =
        app.add_option("-w", options.write, "write a savefile (pcap); '-' is standard output")
            ->type_name("FILE");
    constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
    auto* size = add_number(app, "-C", options.rotate_bytes, longest_file / million, "MILLIONS",
                            "a new file when one has more than so many million bytes");
    auto* seconds = add_number(app, "-G", options.rotate_seconds, most, "SECONDS",
                               "a new file after so long, named by strftime(3)");
    add_number(app, "-W", options.files, most, "COUNT",
               "files: with -C write over the first then, with -G end")
        ->needs(write);
    auto* json = app.add_flag("--json", options.json, "print all fields, an object a line");
    auto* no_payload =
        app.add_flag("--no-payload", options.no_payload, "with --json: leave the payload out");
    auto* hexdump = app.add_flag("-x", options.hexdump, "print payloads too, in hexadecimal");
    auto* user = app.add_option("-Z", options.user, "become this user once the capture has started")
                     ->type_name("USER");

    size->needs(write);
    seconds->needs(write);
    json->excludes(write);
    json->excludes(hexdump);
    no_payload->needs(json);
    hexdump->excludes(write);
    for (CLI::Option* live : {seconds, user})
        live->excludes(read);
}

Options parse_capture(int argc, char** argv)
{
    CLI::App app("Captures the packets that netfilter logs (NFLOG), and prints or saves them.",
                 "nflogcap");
    set_up(app, "nflogcap -g GROUP | --tap MATCH | -r FILE [OPTIONS] [FILTER]");
    app.set_version_flag("--version", std::string("nflogcap ") + nflogcap_version(),
                         "tell the version, and end");
    app.footer(footer);
    CaptureOptions options;
    Extcap extcap;

    add_output(app, options, add_source(app, options));
    add_extcap(app, extcap);

    const std::vector<std::string> words = parse(app, argc, argv);
    options.filter = CLI::detail::join(words, " ");
    options.rotate_bytes *= million;

    if (options.tap == "all")
        options.tap = "";
    if (extcap.interfaces || extcap.capture || extcap.link_types || extcap.configuration ||
        !extcap.interface.empty())
        return of_extcap(app, extcap, options);
    refuse_extcap_options(app);
    require_sense(options);
    return options;
}

} // namespace

Options parse_options(int argc, char** argv)
{
    const std::string_view first = argc > 1 ? argv[1] : "";
    try {
        if (first == "list")
            return parse_list(argc - 1, argv + 1);
        if (first == "doctor")
            return parse_doctor(argc - 1, argv + 1);
        if (first == "demo")
            return parse_demo(argc - 1, argv + 1);
        return parse_capture(argc, argv);
    } catch (const Words& words) {
        return words;
    }
}

} // namespace command
