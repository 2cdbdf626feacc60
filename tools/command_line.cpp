// SPDX-License-Identifier: GPL-2.0-or-later
#include "command_line.hpp"

#include "nearest.hpp"
#include "option_values.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace command {

namespace {

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

[[noreturn]] void refuse_unknown(const CLI::App& app, const std::string& word)
{
    struct Name {
        std::string name;
    };
    std::vector<Name> names;
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_group() != wiresharks_own)
            for (const std::string& name : option->get_lnames())
                names.push_back({"--" + name});
    }
    std::string words = "there is no option " + word;
    if (word.starts_with("--"))
        words += "; the nearest is " + std::string(nflog::nearest_name(word, names));
    refuse(words + "; '" + app.get_name() +
           " --help' lists the options. Words behind -- are never options");
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
            if (option->get_group() == wiresharks_own || option->get_group() == tcpdumps_own)
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

} // namespace

void set_up(CLI::App& app, const std::string& usage)
{
    app.formatter(std::make_shared<Help>(usage));
    app.set_help_flag("-h,--help", "show this help and exit");
    app.allow_extras();
}

std::vector<std::string> parse(CLI::App& app, int argc, char** argv)
{
    const auto end =
        static_cast<int>(std::find(argv + 1, argv + argc, std::string_view("--")) - argv);
    // CLI11 would take the next argument for the value of "--netns=", and "--json=false" for a flag
    // that is not given.
    for (int i = 1; i < end; ++i) {
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
        app.parse(end, argv);
    } catch (const CLI::CallForHelp&) {
        throw Words{app.help()};
    } catch (const CLI::CallForVersion& version) {
        throw Words{std::string(version.what()) + '\n'};
    } catch (const CLI::ParseError& error) {
        for (const CLI::Option* option : app.get_options()) {
            if (option->count() > 1 && option->get_items_expected_max() == 1)
                refuse(option->get_name() + " is given more than once; give it once");
        }
        refuse(std::string(error.what()) + "; '" + app.get_name() + " --help' lists the options");
    }
    require_values(app);
    std::vector<std::string> words = app.remaining();
    for (const std::string& word : words) {
        if (word.size() > 1 && word[0] == '-')
            refuse_unknown(app, word);
    }
    if (end < argc)
        words.insert(words.end(), argv + end + 1, argv + argc);
    return words;
}

void require_nothing(const CLI::App& app, const std::vector<std::string>& words)
{
    if (!words.empty())
        refuse("'" + app.get_name() + "' does not know what '" + words[0] + "' is to mean");
}

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

} // namespace command
