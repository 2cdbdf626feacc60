// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace nflog {

// Why the kernel answered EPERM when a group was bound. The kernel gives the same answer if another
// socket owns the group and if the capability is missing.
struct Refusal {
    std::string words; // why, and what to do
    // No owner was seen, and nothing else was missing: an owner may have let go of the group since
    // the refusal. The words are true only if the kernel goes on refusing.
    bool may_be_over;
};

// Looks at the owner once. Words and verdict agree even if the owner lets go of the group
// meanwhile.
Refusal explain_refusal(std::uint16_t group);

} // namespace nflog
