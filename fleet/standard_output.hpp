// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace fleet {

// Standard output. Its reader may be slow, or end before the program does.
class StandardOutput {
public:
    enum class End { none, reader_gone, stopped };

    // Writes everything, however long it takes, until the reader has ended. After a stop was
    // requested, it gives up when nothing could be written for two seconds. Throws command::Failure
    // for any other error.
    static End write(std::string_view bytes);

    // Whether the reader has ended.
    [[nodiscard]] static bool is_reader_gone();
};

} // namespace fleet
