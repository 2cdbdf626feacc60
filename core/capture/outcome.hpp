// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace nflog {

// What a call of next came to. Failures are exceptions.
enum class Outcome {
    packet,
    timeout,
    woken,
    ended,
    interrupted, // by a signal
};

} // namespace nflog
