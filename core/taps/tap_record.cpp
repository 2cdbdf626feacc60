// SPDX-License-Identifier: GPL-2.0-or-later
#include "tap_record.hpp"

#include "error.hpp"

#include <cerrno>
#include <charconv>

namespace nflog {

namespace {

// Returns the hook in the form that the constructor of Tap expects.
std::string hook_words(const Tap& tap)
{
    if (tap.hooks().size() > 1)
        return {};
    const Tap::Hook& hook = tap.hooks().front();
    return hook.device.empty() ? hook.name : hook.name + ":" + hook.device;
}

void append(std::string& text, const std::string& value)
{
    text += value;
    text += '\0';
}

class Values {
public:
    explicit Values(std::string_view text) : text_(text) {}

    [[nodiscard]] bool is_at_end() const { return text_.empty(); }

    std::string text()
    {
        const std::size_t end = text_.find('\0');
        if (end == std::string_view::npos)
            throw damaged();
        std::string value(text_.substr(0, end));
        text_.remove_prefix(end + 1);
        return value;
    }

    std::uint32_t number()
    {
        const std::string words = text();
        std::uint32_t number = 0;
        const char* const end = words.data() + words.size();
        if (const auto [rest, error] = std::from_chars(words.data(), end, number);
            error != std::errc() || rest != end)
            throw damaged();
        return number;
    }

private:
    static Error damaged()
    {
        return {EBADMSG, "cannot adopt a capture: the record of its taps is damaged"};
    }

    std::string_view text_;
};

} // namespace

std::string text_of(const std::vector<TapRecord>& records)
{
    std::string text;
    for (const TapRecord& record : records) {
        append(text, record.name);
        append(text, std::to_string(record.port));
        append(text, std::to_string(record.taps.size()));
        for (const auto& [number, tap] : record.taps) {
            const TapOptions& options = tap.options();
            append(text, std::to_string(number));
            append(text, hook_words(tap));
            append(text, tap.match());
            append(text, options.priority);
            append(text, options.prefix);
            append(text, options.limit);
            append(text, std::to_string(options.sample));
        }
    }
    return text;
}

std::vector<TapRecord> tap_records_in(std::string_view text)
{
    std::vector<TapRecord> records;
    for (Values values(text); !values.is_at_end();) {
        TapRecord& record = records.emplace_back();
        record.name = values.text();
        record.port = values.number();
        for (std::uint32_t left = values.number(); left > 0; --left) {
            const std::size_t number = values.number();
            const std::string hook = values.text();
            const std::string match = values.text();
            TapOptions options;
            options.priority = values.text();
            options.prefix = values.text();
            options.limit = values.text();
            options.sample = values.number();
            record.taps.emplace(number, Tap(hook.c_str(), match.c_str(), options));
        }
    }
    return records;
}

} // namespace nflog
