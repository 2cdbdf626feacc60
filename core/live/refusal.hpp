// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace nflog {

// The reason for the kernel's EPERM when a group was bound. The kernel gives the same answer if
// another socket owns the group and if the capability is missing.
struct Refusal {
    std::string words; // the reason, and what to do
    // No owner was seen, and nothing else was missing: an owner may have unbound the group since
    // the refusal. The words are true only if the kernel continues to refuse.
    bool may_be_over;
};

// Looks at the owner once, so that both members agree even if the owner unbinds the group
// meanwhile.
Refusal explain_refusal(std::uint16_t group);

} // namespace nflog
