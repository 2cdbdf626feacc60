// SPDX-License-Identifier: GPL-2.0-or-later
#include "fork_lock.hpp"

#include <new>
#include <pthread.h>

namespace nflog {

namespace {

// Recursive, because a signal handler may call fork().
std::recursive_mutex one_at_a_time;

// The functions are registered when the library is loaded, before any thread can use the lock.
// NOLINTNEXTLINE(cert-err58-cpp): fork() calls the functions later
const int not_registered =
    pthread_atfork([] { one_at_a_time.lock(); }, [] { one_at_a_time.unlock(); },
                   // The child cannot unlock the mutex, because another thread locked it.
                   [] { new (&one_at_a_time) std::recursive_mutex; });

} // namespace

std::unique_lock<std::recursive_mutex> lock_out_fork()
{
    if (not_registered != 0)
        throw std::bad_alloc();
    return std::unique_lock(one_at_a_time);
}

} // namespace nflog
