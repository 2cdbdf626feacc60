// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "option_table/option_table.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace command {

// The texts of --help that do not describe options.
struct HelpTexts {
    std::string description;
    std::string usage;
    std::string footer{};
};

// The command line of one command. The table of options defines its options; the functions below
// bind each option to the code that handles its value. An option that is only bound, or that is
// only in the table, causes a std::logic_error.
class CommandLine {
public:
    CommandLine(std::string_view command, const HelpTexts& texts);

    // Handles an option's value. The option's name is for error messages.
    using Take = std::function<void(const std::string& option, const std::string& value)>;

    // Each function binds the option that has `name` as its first name in the table.
    void flag(std::string_view name, bool& is_given);
    void flag(std::string_view name, const std::function<void(std::int64_t count)>& take);
    void value(std::string_view name, std::string& value);
    void value(std::string_view name, const Take& take);
    void values(std::string_view name, const Take& take); // accepts the option several times
    void version(std::string_view name, const std::string& text);

    // Parses the command line, and returns the arguments that belong to no option. Throws Words if
    // the user requests the help or the version. Throws Failure with wrong_usage if the command
    // line is invalid. Options may follow other arguments, but not "--", as in programs that use
    // getopt(3).
    std::vector<std::string> parse(int argc, char** argv);

    // Returns the command's name as users type it: "nflogcap list".
    [[nodiscard]] std::string name() const { return app_.get_name(); }
    [[nodiscard]] bool is_given(std::string_view option) const;
    // Returns the table rows of the options that the user gave.
    [[nodiscard]] std::vector<OptionRow> given() const;

    // Refuses arguments that belong to no option, for a command without such arguments.
    void require_nothing(const std::vector<std::string>& words) const;
    // Refuses options that have no effect together with the option `first`.
    void allow_only(std::string_view first, std::initializer_list<std::string_view> allowed) const;

private:
    [[nodiscard]] const OptionRow& row_of(std::string_view name) const;
    void require_all_bound() const;
    void require_values() const;
    void require_rules() const;
    [[noreturn]] void refuse_unknown(const std::string& word) const;
    void refuse_lost_values(int end, char** argv) const;

    CLI::App app_;
    std::string command_;
    std::vector<OptionRow> rows_; // the options of this command
};

} // namespace command
