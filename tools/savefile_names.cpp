// SPDX-License-Identifier: GPL-2.0-or-later
#include "savefile_names.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace command {

namespace {

std::string directory_of(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// Returns 0 or an errno. Checks the effective user and groups, as open(2) does.
int access_error(const std::string& path, int mode)
{
    return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

// Returns the extension of a compressed savefile at the end of the name, or "" if it has no such
// extension.
std::string_view compression_of(std::string_view name)
{
    for (const std::string_view extension : {".gz", ".zst"}) {
        if (name.ends_with(extension))
            return name.substr(name.size() - extension.size());
    }
    return {};
}

// Returns the position of the extensions for the format and the compression. A file's number is
// inserted before them.
std::size_t extensions_at(std::string_view name)
{
    constexpr std::string_view pcapng = ".pcapng";
    name.remove_suffix(compression_of(name).size());
    return name.size() - (name.ends_with(pcapng) ? pcapng.size() : 0);
}

std::string with_time(const std::string& format, const std::tm& time)
{
    constexpr std::size_t max_bytes = 65536; // longer than any path
    const std::string ended =
        format + '.'; // never empty: an empty result then means that the name is too long
    std::string text(max_bytes, '\0');
// The user gives the format, so it is not a literal.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    const std::size_t length = std::strftime(text.data(), text.size(), ended.c_str(), &time);
#pragma GCC diagnostic pop
    if (length == 0)
        throw Failure("the name of a savefile is too long with its time in it; shorten it");
    text.resize(length - 1);
    return text;
}

void require_writable(const CaptureOptions& options, const std::string& path)
{
    int error = access_error(path, W_OK);
    if (error == ENOENT) {
        error = access_error(directory_of(path), W_OK | X_OK);
        if (error == ENOENT)
            return;
    }
    if (error == 0)
        return;
    throw Failure("cannot write the savefile " + path + ", a later file of this capture: " +
                  std::strerror(error) + advice_on_writing(error, options.user));
}

} // namespace

std::string savefile_name(const CaptureOptions& options, const std::tm& begin,
                          std::uint64_t repetition, std::uint64_t number)
{
    std::string text = options.rotate_seconds > 0 ? with_time(options.write, begin) : options.write;
    std::string number_text;
    if (repetition > 0)
        number_text = '.' + std::to_string(repetition + 1);
    const std::size_t digits = options.files == 0 ? 0 : std::to_string(options.files - 1).size();
    if (options.rotate_bytes > 0 && (number > 0 || digits > 0))
        append_padded(number_text, number, digits);
    return text.insert(extensions_at(text), number_text);
}

bool is_compressed(std::string_view name)
{
    return !compression_of(name).empty();
}

void require_writable_savefiles(const CaptureOptions& options)
{
    constexpr std::uint64_t max_names = 1000;
    const bool by_size = options.rotate_bytes > 0;
    const bool by_time = options.rotate_seconds > 0;
    if (!by_size && !by_time)
        return;
    const std::uint64_t files = options.files > 0 ? std::min(options.files, max_names) : max_names;
    const std::uint64_t periods = !by_time ? 1 : by_size ? max_names : files;
    // With -C and -G but without -W, only the second file is sure to be needed within a period.
    const std::uint64_t numbers = !by_size ? 1 : by_time && options.files == 0 ? 2 : files;
    const std::time_t now = std::time(nullptr);
    std::uint64_t names = 0;
    for (std::uint64_t period = 0; period < periods; ++period) {
        const std::time_t time = now + static_cast<std::time_t>(period * options.rotate_seconds);
        std::tm begin{};
        localtime_r(&time, &begin);
        for (std::uint64_t number = 0; number < numbers; ++number) {
            if (++names > max_names)
                return;
            require_writable(options, savefile_name(options, begin, 0, number));
        }
    }
}

} // namespace command
