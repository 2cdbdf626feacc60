// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "packet_view.hpp"

#include <cstddef>
#include <span>

namespace nflog {

// Reads attributes of any length in any order, up to the end of the message, and finishes the view.
// Returns false if an attribute is cut or invalid.
bool walk_attributes(std::span<const std::uint8_t> attributes, PacketView packet) noexcept;

} // namespace nflog
