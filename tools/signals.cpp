// SPDX-License-Identifier: GPL-2.0-or-later
#include "signals.hpp"

#include <atomic>
#include <csignal>

namespace command {

namespace {

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP};

std::atomic<nflogcap*> capturing = nullptr;
volatile std::sig_atomic_t came = 0;

static_assert(std::atomic<nflogcap*>::is_always_lock_free);

extern "C" void stop(int number)
{
    if (came != 0) {
        std::raise(number); // another one: its default, once this handler returns
        return;
    }
    came = 1;
    if (nflogcap* handle = capturing.load())
        nflogcap_stop(handle);
}

} // namespace

StopOnSignal::StopOnSignal(nflogcap* handle)
{
    came = 0;
    capturing = handle;
    struct sigaction action = {};
    action.sa_handler = stop;
    // A write that it interrupts goes on; the wait for packets ends. The same one again is not
    // handled, so that it ends the command whatever that does.
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    for (const int number : ending) {
        struct sigaction before = {};
        sigaction(number, nullptr, &before);
        // nohup(1) has it ignored, and the capture then outlives the terminal.
        if (number != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(number, &action, nullptr);
    }
}

StopOnSignal::~StopOnSignal()
{
    for (const int number : ending) {
        struct sigaction now = {};
        sigaction(number, nullptr, &now);
        if (now.sa_handler == stop)
            std::signal(number, SIG_DFL);
    }
    capturing = nullptr;
}

bool StopOnSignal::stopped()
{
    return came != 0;
}

void ignore_sigpipe()
{
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace command
