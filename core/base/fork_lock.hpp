// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <mutex>

namespace nflog {

// Waits until no other thread holds the lock. A fork() waits while the lock is held, so that the
// child inherits neither a held lock nor another library in the middle of a call.
[[nodiscard]] std::unique_lock<std::recursive_mutex> lock_out_fork();

} // namespace nflog
