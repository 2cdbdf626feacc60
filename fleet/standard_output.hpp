// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace fleet {

// Standard output. Its reader may be slow, and may end earlier than this program.
class StandardOutput {
public:
    enum class End { none, reader_gone, stopped };

    // Writes all bytes, and waits for the reader as long as necessary. Stops if the reader has
    // ended. After a stop was requested, it also stops if nothing could be written for two seconds.
    // Throws command::Failure for any other error.
    static End write(std::string_view bytes);

    // Returns whether the reader has ended.
    [[nodiscard]] static bool is_reader_gone();
};

} // namespace fleet
