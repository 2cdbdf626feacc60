// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace nflog {

// The result of a call of next(). Failures are exceptions.
enum class Outcome {
    packet,
    timeout,
    woken,
    ended,
    interrupted, // a signal interrupted the call
};

} // namespace nflog
