// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <mutex>

namespace nflog {

// Waits until no other thread holds the lock, and takes it. While the lock is held, fork() waits.
// Therefore a child inherits no held lock, and no library in the middle of a call.
[[nodiscard]] std::unique_lock<std::recursive_mutex> lock_out_fork();

} // namespace nflog
