// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace nflog {

// Why the kernel answered EPERM when the group was bound, and what to do. The kernel gives the same
// answer if another socket owns the group and if the capability is missing.
std::string explain_refusal(std::uint16_t group);

} // namespace nflog
