// SPDX-License-Identifier: GPL-2.0-or-later
#include "blockwise_decoder.hpp"

#include <algorithm>

namespace nflog {

Decoder::Progress BlockwiseDecoder::decode(std::span<const char> in, std::span<char> out) noexcept
{
    Progress done;
    while (error() == 0 && done.written < out.size()) {
        const std::size_t size = std::min(in.size() - done.read, wanted());
        if (size == 0 && !may_hold_output_)
            break;
        const std::span<char> room = out.subspan(done.written);
        const Step made = step(in.subspan(done.read, size), room);
        if (error() != 0)
            break;
        done.read += made.progress.read;
        done.written += made.progress.written;
        hint_ = made.hint;
        may_hold_output_ = hint_ != 0 && made.progress.written == room.size();
        set_between_parts(hint_ == 0);
    }
    return done;
}

// Returns how many bytes the next step may get: 0 until all output was written, and 1 after a
// frame, because the library's next hint requires one byte.
std::size_t BlockwiseDecoder::wanted() const noexcept
{
    if (may_hold_output_)
        return 0;
    return hint_ > block_header_bytes_ ? hint_ - block_header_bytes_
                                       : std::max<std::size_t>(hint_, 1);
}

} // namespace nflog
