// SPDX-License-Identifier: GPL-2.0-or-later
// Replacements for libc: threads, and the network namespaces that they enter.
#include "interposed.hpp"

#include <pthread.h>

using seam::Fault;
using seam::next;
using seam::strike;

FAILS(int, setns, (int fd, int kind), (fd, kind), "setns", -1)

namespace {

struct Beginning {
    void* (*run)(void*);
    void* argument;
    bool watched;
};

void* run_thread(void* beginning)
{
    const Beginning begin = *static_cast<Beginning*>(beginning);
    delete static_cast<Beginning*>(beginning);
    if (begin.watched)
        seam::watch_thread(true);
    void* result = begin.run(begin.argument);
    if (begin.watched)
        seam::watch_thread(false);
    return result;
}

} // namespace

DEFINE(int, pthread_create,
       (pthread_t * thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument))
{
    static auto* const real = next(&interposed_pthread_create, "pthread_create");
    if (const Fault fault = strike("pthread_create"))
        return fault.error;
    const bool watched = seam::watched();
    const seam::Pass pass; // libc caches the memory of threads
    auto* beginning = new Beginning{run, argument, watched};
    const int error = real(thread, attributes, &run_thread, beginning);
    if (error != 0)
        delete beginning;
    return error;
}
