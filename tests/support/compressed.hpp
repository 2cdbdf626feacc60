// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

// Compresses bytes in each format that the library reads.
namespace support {

using FileBytes = std::vector<std::byte>;

using Compress = FileBytes (*)(std::span<const std::byte> bytes);

FileBytes gzip(std::span<const std::byte> bytes);
FileBytes zstd(std::span<const std::byte> bytes);
FileBytes lz4(std::span<const std::byte> bytes);

constexpr Compress compressions[] = {gzip, zstd, lz4};

// Returns a skippable frame, a frame without data that zstd and lz4 support.
FileBytes skippable_frame();

// Returns the beginning of a zstd frame that needs 256 MiB of memory.
FileBytes large_zstd_window();

inline FileBytes joined(FileBytes first, const FileBytes& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

} // namespace support
