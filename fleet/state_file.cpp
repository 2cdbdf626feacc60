// SPDX-License-Identifier: GPL-2.0-or-later
#include "state_file.hpp"

#include "advice.hpp"
#include "failure.hpp"
#include "file_descriptor.hpp"
#include "replaced_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace fleet {

std::optional<std::string> read_state_file(int directory, const char* name, const std::string& what)
{
    const nflog::FileDescriptor fd(openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0 && errno == ENOENT)
        return std::nullopt;
    constexpr std::size_t block = 65536;
    std::string content;
    ssize_t got = fd.get() < 0 ? -1 : 1;
    while (got > 0) {
        std::array<char, block> bytes;
        got = read(fd.get(), bytes.data(), bytes.size());
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            content.append(bytes.data(), static_cast<std::size_t>(got));
    }
    if (got < 0)
        throw command::Failure("cannot read " + what + ": " + std::strerror(errno) +
                               command::advice_on(errno));
    return content;
}

void replace_state_file(int directory, const char* name, std::string_view content,
                        const std::string& what)
{
    constexpr mode_t owner_alone = 0600;
    const int error = command::replace_file_in(directory, name, content, owner_alone,
                                               command::Survives::crash_of_the_machine);
    if (error != 0)
        throw command::Failure("cannot write " + what + ": " + std::strerror(error) +
                               command::advice_on_writing(error, "") +
                               ". Nothing was acknowledged since the last successful write");
}

} // namespace fleet
