// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.hpp"

#include "config_file.hpp"
#include "failure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace command {

namespace {

// The file that the first words of the command line name with --config.
struct Named {
    std::string path; // "": no file is named
    int rest = 1;     // index of the first word after --config FILE
};

Named config_named(int argc, char** argv)
{
    constexpr std::string_view option = "--config";
    const std::string_view first = argc > 1 ? argv[1] : "";
    if (first == option && argc > 2)
        return {argv[2], 3};
    if (first.starts_with(option) && first.substr(option.size()).starts_with('='))
        return {std::string(first.substr(option.size() + 1)), 2};
    return {};
}

// A command line into which the words of a file are inserted, up to one of the file's lines.
class Expanded {
public:
    Expanded(const Named& named, int argc, char** argv,
             const std::function<void(int argc, char** argv)>& parse)
        : words_(words_in_config(named.path)), program_(argv[0]),
          rest_(argv + named.rest, argv + argc), parse_(parse)
    {
    }

    void parse_all() const { parse_up_to(static_cast<std::size_t>(-1)); }

    // Returns the line of the file that causes this error. Parses the first line alone, then the
    // first two lines, and so on, and returns the last line of the first part that fails with the
    // same error. Returns 0 if the file does not cause the error.
    [[nodiscard]] std::size_t line_at_fault(std::string_view failure) const
    {
        if (fails_so(0, failure))
            return 0;
        std::size_t line = 0;
        for (const ConfigWord& word : words_) {
            if (word.line != line && fails_so(line = word.line, failure))
                break;
        }
        return line;
    }

private:
    void parse_up_to(std::size_t line) const
    {
        std::vector<std::string> texts = {program_};
        for (const ConfigWord& word : words_) {
            if (word.line <= line)
                texts.push_back(word.text);
        }
        texts.insert(texts.end(), rest_.begin(), rest_.end());
        std::vector<char*> pointers;
        pointers.reserve(texts.size());
        for (std::string& text : texts)
            pointers.push_back(text.data());
        parse_(static_cast<int>(pointers.size()), pointers.data());
    }

    [[nodiscard]] bool fails_so(std::size_t line, std::string_view words) const
    {
        try {
            parse_up_to(line);
        } catch (const Failure& failure) {
            return failure.what() == words;
        }
        return false;
    }

    std::vector<ConfigWord> words_;
    std::string program_;
    std::vector<std::string> rest_;
    const std::function<void(int argc, char** argv)>& parse_;
};

} // namespace

bool has_config(int argc, char** argv)
{
    return !config_named(argc, argv).path.empty();
}

void parse_with_config(int argc, char** argv,
                       const std::function<void(int argc, char** argv)>& parse)
{
    const Named named = config_named(argc, argv);
    if (named.path.empty()) {
        parse(argc, argv);
        return;
    }
    const Expanded expanded(named, argc, argv, parse);
    try {
        expanded.parse_all();
    } catch (const Failure& failure) {
        const std::size_t line = expanded.line_at_fault(failure.what());
        if (line == 0)
            throw;
        throw Failure(named.path + ':' + std::to_string(line) + ": " + failure.what(),
                      failure.status);
    }
}

} // namespace command
