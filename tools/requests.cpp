// SPDX-License-Identifier: GPL-2.0-or-later
#include "requests.hpp"

#include "signals.hpp"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace command {

namespace {

volatile std::sig_atomic_t asked_for_counts = 0;
volatile std::sig_atomic_t asked_for_flush = 0;
volatile std::sig_atomic_t hung_up = 0;

extern "C" void remember(int number)
{
    (number == SIGUSR1 ? asked_for_counts : number == SIGUSR2 ? asked_for_flush : hung_up) = 1;
    wake_capture();
}

// Handles the signal, and returns the previous handler.
void (*handle(int number))(int)
{
    struct sigaction action = {};
    struct sigaction before = {};
    action.sa_handler = remember;
    // System calls need no EINTR, because the handler wakes the capture.
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, &before);
    return before.sa_handler;
}

bool take(volatile std::sig_atomic_t& asked)
{
    if (asked == 0)
        return false;
    asked = 0; // cleared first, so that a signal that arrives now is not lost
    return true;
}

bool has_controlling_terminal()
{
    const int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return false;
    close(terminal);
    return true;
}

} // namespace

Requests::Requests(bool uses_hangup) : has_terminal_(uses_hangup && has_controlling_terminal())
{
    handle(SIGUSR1);
    handle(SIGUSR2);
    if (uses_hangup)
        outlives_terminal_ = handle(SIGHUP) == SIG_IGN;
}

// Ignores the signals, because a late signal must not end the process before it prints its summary.
Requests::~Requests()
{
    for (const int number : {SIGUSR1, SIGUSR2, SIGHUP}) {
        struct sigaction now = {};
        sigaction(number, nullptr, &now);
        if (now.sa_handler == remember)
            std::signal(number, SIG_IGN);
    }
}

bool Requests::take_counts()
{
    return take(asked_for_counts);
}

bool Requests::take_flush()
{
    return take(asked_for_flush);
}

bool Requests::take_hangup()
{
    if (!take(hung_up))
        return false;
    if (!has_terminal_ || has_controlling_terminal())
        return true;
    has_terminal_ = false;
    if (!outlives_terminal_)
        std::raise(SIGTERM);
    return false;
}

} // namespace command
