// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect_name.hpp"

#include "failure.hpp"
#include "message.hpp"
#include "option_values.hpp"
#include "savefile_names.hpp"

#include <ctime>
#include <string_view>

namespace fleet {

namespace {

// Returns the text for a format of strftime(3), if `is_format`: there '%' is written as "%%".
std::string for_strftime(const std::string& text, bool is_format)
{
    std::string safe;
    for (const char character : text)
        safe.append(is_format && character == '%' ? 2 : 1, character);
    return safe;
}

bool has_conversion(std::string_view name, char conversion)
{
    for (std::size_t i = 0; i + 1 < name.size(); ++i) {
        if (name[i] == '%' && name[++i] == conversion)
            return true;
    }
    return false;
}

std::string with_host_and_group(const Naming& naming, const GroupKey& key)
{
    const bool is_format = naming.rotate_seconds > 0;
    const std::string& name = naming.name;
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char next = name[i] == '%' && i + 1 < name.size() ? name[i + 1] : '\0';
        if (next == 'h')
            text += for_strftime(token_of_host(key.first), is_format);
        else if (next == 'g')
            text += std::to_string(key.second);
        else if (next == '%')
            text += is_format ? "%%" : "%";
        else {
            text += name[i];
            continue;
        }
        ++i;
    }
    return text;
}

} // namespace

void require_usable(const Naming& naming)
{
    const std::string& name = naming.name;
    const auto refuse = [&name](const std::string& why) {
        command::refuse("-w " + name + ": " + why);
    };
    if (!has_conversion(name, 'h') || !has_conversion(name, 'g'))
        refuse("each host and group has its own file; use %h and %g in the name");
    const std::string between = '/' + name + '/';
    if (name[0] == '/' || between.find("/../") != std::string::npos || name.ends_with('/'))
        refuse("files are in the directory of --out; give a name below it, without '..'");
    if (command::is_compressed(name) || name.ends_with(".pcapng"))
        refuse("files are neither compressed nor pcapng; give a name without that ending");
}

std::int64_t current_period(const Naming& naming)
{
    if (naming.rotate_seconds == 0)
        return 0;
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    const std::int64_t seconds = timegm(&local);
    const auto length = static_cast<std::int64_t>(naming.rotate_seconds);
    return seconds - seconds % length;
}

std::string name_of(const Naming& naming, const GroupKey& key, const Output& output)
{
    command::CaptureOptions options;
    options.write = with_host_and_group(naming, key);
    options.rotate_bytes = naming.rotate_bytes;
    options.rotate_seconds = naming.rotate_seconds;
    options.files = naming.files;
    const std::time_t period = output.period;
    std::tm begin{};
    gmtime_r(&period, &begin);
    begin.tm_isdst = -1;
    return command::savefile_name(options, begin, output.repetition, output.number);
}

} // namespace fleet
