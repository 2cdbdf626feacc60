// SPDX-License-Identifier: GPL-2.0-or-later
#include "command_line.hpp"

#include "nearest.hpp"
#include "option_values.hpp"
#include "printed_words.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace command {

namespace {

[[noreturn]] void refuse_empty(const std::string& option)
{
    refuse(option + ": the value is empty (an unset shell variable?); leave the "
                    "option out, or give it a value");
}

// Defines the layout of --help, because CLI11's own layout differs between its releases. The help
// does not list which options exclude or require each other: the manual and the error messages do.
struct Help : CLI::Formatter {
    Help(std::string_view command, HelpTexts texts) : command_(command), texts_(std::move(texts)) {}

    std::string make_help(const CLI::App* /*app*/, std::string /*name*/,
                          CLI::AppFormatMode /*mode*/) const override
    {
        constexpr std::size_t description_column = 24;
        std::string text = texts_.description + "\nUsage: " + texts_.usage + "\n\nOptions:\n";
        for (const OptionRow& row : shown_options(command_)) {
            std::string names = "  " + std::string(row.names);
            if (!row.argument.empty())
                names.append(" ").append(row.argument);
            names.resize(std::max(names.size() + 1, description_column), ' ');
            text.append(names).append(row.brief).append("\n");
        }
        return texts_.footer.empty() ? text : text + '\n' + texts_.footer + '\n';
    }

private:
    std::string command_;
    HelpTexts texts_;
};

std::vector<OptionRow> rows_of(std::string_view command)
{
    std::vector<OptionRow> rows;
    std::ranges::copy_if(option_table(), std::back_inserter(rows),
                         [command](const OptionRow& row) { return belongs_to(row, command); });
    return rows;
}

} // namespace

CommandLine::CommandLine(std::string_view command, const HelpTexts& texts)
    : app_(texts.description, name_on_command_line(command)), command_(command),
      rows_(rows_of(command))
{
    app_.formatter(std::make_shared<Help>(command, texts));
    app_.set_help_flag(std::string(row_of("-h").names));
    app_.allow_extras();
}

const OptionRow& CommandLine::row_of(std::string_view name) const
{
    const auto row = std::ranges::find(rows_, name, first_name);
    if (row == rows_.end())
        throw std::logic_error("the table of options has no " + std::string(name) + " for " +
                               app_.get_name());
    return *row;
}

void CommandLine::flag(std::string_view name, bool& is_given)
{
    app_.add_flag(std::string(row_of(name).names), is_given);
}

void CommandLine::flag(std::string_view name, const std::function<void(std::int64_t count)>& take)
{
    app_.add_flag_function(std::string(row_of(name).names), take);
}

void CommandLine::value(std::string_view name, std::string& value)
{
    app_.add_option(std::string(row_of(name).names), value);
}

void CommandLine::value(std::string_view name, const Take& take)
{
    app_.add_option_function<std::string>(
        std::string(row_of(name).names),
        [take, option = std::string(name)](const std::string& text) { take(option, text); });
}

void CommandLine::values(std::string_view name, const Take& take)
{
    app_.add_option_function<std::vector<std::string>>(
            std::string(row_of(name).names),
            [take, option = std::string(name)](const std::vector<std::string>& texts) {
                for (const std::string& text : texts)
                    take(option, text);
            })
        ->allow_extra_args(false);
}

void CommandLine::version(std::string_view name, const std::string& text)
{
    app_.set_version_flag(std::string(row_of(name).names), text);
}

void CommandLine::require_all_bound() const
{
    for (const OptionRow& row : rows_) {
        if (app_.get_option_no_throw(std::string(first_name(row))) == nullptr)
            throw std::logic_error("nothing is bound to the option " +
                                   std::string(first_name(row)) + " of " + app_.get_name());
    }
}

bool CommandLine::is_given(std::string_view option) const
{
    const CLI::Option* found = app_.get_option_no_throw(std::string(option));
    return found != nullptr && found->count() > 0;
}

std::vector<OptionRow> CommandLine::given() const
{
    std::vector<OptionRow> rows;
    std::ranges::copy_if(rows_, std::back_inserter(rows),
                         [this](const OptionRow& row) { return is_given(first_name(row)); });
    return rows;
}

// Refuses empty values, except from Wireshark: it passes an empty value for an empty field, and for
// a capture without a filter.
void CommandLine::require_values() const
{
    constexpr std::array<std::string_view, 4> fields = {"--tap", "--hook", "--netns",
                                                        "--extcap-capture-filter"};
    const bool is_wireshark = is_given("--extcap-interface");
    for (const OptionRow& row : given()) {
        const std::string name(first_name(row));
        const std::vector<std::string>& values = app_.get_option(name)->results();
        const bool is_field = std::ranges::find(fields, name) != fields.end();
        if (std::ranges::find(values, "") != values.end() && !(is_wireshark && is_field))
            refuse_empty(name);
    }
}

// Checks which options exclude or require each other. With --extcap-interface it does not check
// what an option requires, because Wireshark omits --tap if its field is empty, but still passes
// --hook. of_extcap() checks these options.
void CommandLine::require_rules() const
{
    const auto is_one_given = [this](std::string_view names) {
        return std::ranges::any_of(split(names, '|'),
                                   [this](std::string_view name) { return is_given(name); });
    };
    for (const OptionRow& row : given()) {
        const std::string name(first_name(row));
        for (const std::string_view other : split(row.excludes, ' ')) {
            if (is_given(other))
                refuse(name + " excludes " + std::string(other) + "; leave one of them out");
        }
        for (const std::string_view others : split(row.needs, ' ')) {
            if (!is_one_given(others) && !is_given("--extcap-interface"))
                refuse(name + " requires " + join(split(others, '|'), ", ", " or ") +
                       "; give it too, or leave " + name + " out");
        }
    }
}

void CommandLine::refuse_unknown(const std::string& word) const
{
    struct Name {
        std::string_view name;
    };
    std::vector<Name> names;
    for (const OptionRow& row : rows_) {
        for (const std::string_view name : split(row.names, ',')) {
            if (name.starts_with("--") && row.section != wiresharks_own)
                names.push_back({name});
        }
    }
    std::string words = "there is no option " + word;
    if (word.starts_with("--"))
        words += "; the nearest is " + std::string(nflog::nearest_name(word, names));
    refuse(words + "; '" + name() +
           " --help' lists the options. Arguments after -- are never options");
}

// Refuses "--netns=" and "--json=false". CLI11 would read the next argument as the value of
// "--netns=", and would read "--json=false" as a flag that is not set.
void CommandLine::refuse_lost_values(int end, char** argv) const
{
    for (int i = 1; i < end; ++i) {
        const std::string_view argument = argv[i];
        const std::size_t equals = argument.find('=');
        if (!argument.starts_with('-') || equals == std::string_view::npos)
            continue;
        const std::string name(argument.substr(0, equals));
        const CLI::Option* option = app_.get_option_no_throw(name);
        if (option != nullptr && option->get_items_expected_max() == 0)
            refuse(name + " takes no value; leave '" + std::string(argument.substr(equals)) +
                   "' out");
        if (name.starts_with("--") && equals + 1 == argument.size())
            refuse_empty(name);
    }
}

std::vector<std::string> CommandLine::parse(int argc, char** argv)
{
    require_all_bound();
    const auto end =
        static_cast<int>(std::find(argv + 1, argv + argc, std::string_view("--")) - argv);
    refuse_lost_values(end, argv);
    try {
        app_.parse(end, argv);
    } catch (const CLI::CallForHelp&) {
        throw Words{app_.help()};
    } catch (const CLI::CallForVersion& version) {
        throw Words{std::string(version.what()) + '\n'};
    } catch (const CLI::ParseError& error) {
        for (const OptionRow& row : given()) {
            const std::string option(first_name(row));
            const CLI::Option* const parsed = app_.get_option(option);
            if (parsed->count() > 1 && parsed->get_items_expected_max() == 1)
                refuse(option + " is given more than once; give it once");
        }
        refuse(std::string(error.what()) + "; '" + name() + " --help' lists the options");
    }
    require_values();
    require_rules();
    std::vector<std::string> words = app_.remaining();
    for (const std::string& word : words) {
        if (word.size() > 1 && word[0] == '-')
            refuse_unknown(word);
    }
    if (end < argc)
        words.insert(words.end(), argv + end + 1, argv + argc);
    return words;
}

void CommandLine::require_nothing(const std::vector<std::string>& words) const
{
    if (!words.empty())
        refuse("'" + name() + "' takes no argument '" + words[0] + "'; leave it out");
}

void CommandLine::allow_only(std::string_view first,
                             std::initializer_list<std::string_view> allowed) const
{
    for (const OptionRow& row : given()) {
        const std::string name(first_name(row));
        if (name != first && name != "--extcap-version" &&
            std::ranges::find(allowed, name) == allowed.end())
            refuse(name + " has no effect with " + std::string(first) + "; leave it out");
    }
}

} // namespace command
