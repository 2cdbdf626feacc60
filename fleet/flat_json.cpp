// SPDX-License-Identifier: GPL-2.0-or-later
#include "flat_json.hpp"

namespace fleet {

namespace {

class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}

    std::optional<FlatJson> parse()
    {
        skip_blanks();
        if (!rest_.starts_with('{') || !value("", 0))
            return {};
        skip_blanks();
        return rest_.empty() ? std::optional(std::move(found_)) : std::nullopt;
    }

private:
    static constexpr int max_depth = 16;

    void skip_blanks()
    {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    }

    bool take(char expected)
    {
        skip_blanks();
        if (!rest_.starts_with(expected))
            return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::optional<std::string> string()
    {
        if (!take('"'))
            return {};
        for (std::size_t at = 0; at < rest_.size(); ++at) {
            if (rest_[at] == '\\') {
                ++at;
            } else if (rest_[at] == '"') {
                std::string text(rest_.substr(0, at));
                rest_.remove_prefix(at + 1);
                return text;
            }
        }
        return {};
    }

    // NOLINTNEXTLINE(misc-no-recursion): the depth is at most max_depth
    bool value(const std::string& path, int depth)
    {
        skip_blanks();
        if (rest_.empty() || depth > max_depth)
            return false;
        if (rest_[0] == '{' || rest_[0] == '[')
            return members(path, depth);
        if (rest_[0] == '"') {
            std::optional<std::string> text = string();
            if (text)
                found_[path] = std::move(*text);
            return text.has_value();
        }
        const std::size_t end = std::min(rest_.find_first_of(",]} \t\r\n"), rest_.size());
        found_[path] = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return end > 0;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    bool members(const std::string& path, int depth)
    {
        const bool is_object = rest_[0] == '{';
        const char end = is_object ? '}' : ']';
        rest_.remove_prefix(1);
        if (take(end))
            return true;
        for (std::size_t index = 0;; ++index) {
            std::optional<std::string> key =
                is_object ? string() : std::optional(std::to_string(index));
            if (!key || (is_object && !take(':')) ||
                !value(path.empty() ? *key : path + "." + *key, depth + 1))
                return false;
            if (take(end))
                return true;
            if (!take(','))
                return false;
        }
    }

    std::string_view rest_;
    FlatJson found_;
};

} // namespace

std::optional<FlatJson> flat_json(std::string_view text)
{
    return Parser(text).parse();
}

std::string_view value_at(const FlatJson& json, std::string_view path)
{
    const auto found = json.find(path);
    return found == json.end() ? std::string_view() : found->second;
}

} // namespace fleet
