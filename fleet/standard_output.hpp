// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace fleet {

// Standard output, whose reader may be slow, or end before the program does.
class StandardOutput {
public:
    enum class End { none, reader_gone, stopped };

    // Writes all, as long as it takes: until the reader has ended, or, once a stop was requested,
    // until there was no room for two seconds. Throws command::Failure for any other error.
    static End write(std::string_view bytes);

    // Whether the reader has ended.
    [[nodiscard]] static bool is_reader_gone();
};

} // namespace fleet
