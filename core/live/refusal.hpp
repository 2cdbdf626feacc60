// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace nflog {

// Why the kernel refused to bind a group with EPERM. The kernel gives this answer if another socket
// owns the group, and also if the capability is missing.
struct Refusal {
    std::string words; // the reason, and what to do
    // true if no owner was seen and nothing else was missing. An owner may have unbound the group
    // after the refusal. The words apply only if the kernel refuses again.
    bool may_be_over;
};

// Reads the owner once, so that both members agree even if the owner unbinds the group meanwhile.
Refusal explain_refusal(std::uint16_t group);

} // namespace nflog
