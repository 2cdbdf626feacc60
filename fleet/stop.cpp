// SPDX-License-Identifier: GPL-2.0-or-later
#include "stop.hpp"

#include <csignal>

namespace fleet {

namespace {

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t requested = 0;

extern "C" void request(int number)
{
    if (requested != 0)
        std::raise(
            // The signal of the other kind: its default action takes effect when this handler
            // returns.
            number);
    requested = 1;
}

} // namespace

Stop::Stop()
{
    requested = 0;
    struct sigaction action = {}; // no SA_RESTART: system calls return EINTR
    action.sa_handler = request;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : ending) {
        struct sigaction before = {};
        sigaction(number, nullptr, &before);
        // nohup(1) makes the program ignore SIGHUP.
        if (number != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(number, &action, nullptr);
    }
}

Stop::~Stop()
{
    for (const int number : ending) {
        struct sigaction now = {};
        sigaction(number, nullptr, &now);
        if (now.sa_handler == request)
            std::signal(number, SIG_DFL);
    }
}

bool Stop::is_requested()
{
    return requested != 0;
}

} // namespace fleet
