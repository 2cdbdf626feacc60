// SPDX-License-Identifier: GPL-2.0-or-later
#include "signals.hpp"

#include <atomic>
#include <csignal>
#include <sys/time.h>
#include <unistd.h>

namespace command {

namespace {

constexpr int ending[] = {SIGINT, SIGTERM, SIGHUP};
constexpr int redrawing[] = {SIGWINCH, SIGCONT};

std::atomic<nflogcap*> capturing = nullptr;
volatile std::sig_atomic_t came = 0;
volatile std::sig_atomic_t alarms = 0;

static_assert(std::atomic<nflogcap*>::is_always_lock_free);

extern "C" void interrupt(int /*number*/)
{
    alarms = alarms + 1;
    alarm(1);
}

extern "C" void stop(int number)
{
    if (came != 0) {
        std::raise(
            // The signal of the other kind: its default action takes effect when this handler
            // returns.
            number);
        return;
    }
    came = 1;
    if (nflogcap* handle = capturing.load())
        nflogcap_hand_over(
            handle); // stops the capture, or leaves it to the next process if that one can adopt it
    // Set only now, because until now an alarm may belong to the process that started the command.
    struct sigaction action = {}; // no SA_RESTART: system calls return EINTR
    action.sa_handler = interrupt;
    sigaction(SIGALRM, &action, nullptr);
    alarm(1);
}

extern "C" void end_time(int number)
{
    if (came == 0) // otherwise another signal has already stopped the capture
        stop(number);
}

extern "C" void wake(int /*number*/)
{
    wake_capture();
}

} // namespace

StopOnSignal::StopOnSignal(nflogcap* handle)
{
    came = 0;
    alarms = 0;
    capturing = handle;
    struct sigaction action = {}; // no SA_RESTART: system calls return EINTR
    action.sa_handler = stop;
    // SA_RESETHAND: a second signal of the same kind is not handled, so that it always ends the
    // command.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int number : ending) {
        struct sigaction before = {};
        sigaction(number, nullptr, &before);
        // nohup(1) makes the command ignore SIGHUP, so that the capture continues after the
        // terminal is closed.
        if (number != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(number, &action, nullptr);
    }
}

void StopOnSignal::stop_after(std::chrono::milliseconds time)
{
    is_timed_ = true;
    struct sigaction action = {}; // no SA_RESTART: system calls return EINTR
    action.sa_handler = end_time;
    sigaction(SIGALRM, &action, nullptr);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    itimerval timer{};
    timer.it_value.tv_sec = static_cast<time_t>(seconds.count());
    timer.it_value.tv_usec =
        static_cast<suseconds_t>(std::chrono::microseconds(time - seconds).count());
    setitimer(ITIMER_REAL, &timer, nullptr);
}

StopOnSignal::~StopOnSignal()
{
    for (const int number : ending) {
        struct sigaction now = {};
        sigaction(number, nullptr, &now);
        if (now.sa_handler == stop)
            std::signal(number, SIG_DFL);
    }
    if (came != 0 || is_timed_) {
        alarm(0); // stop() and stop_after() share this timer
        std::signal(SIGALRM, SIG_DFL);
    }
    capturing = nullptr;
}

bool StopOnSignal::stopped()
{
    return came != 0;
}

void wake_capture()
{
    if (nflogcap* handle = capturing.load())
        nflogcap_wakeup(handle);
}

WakeOnRedraw::WakeOnRedraw()
{
    struct sigaction action = {};
    action.sa_handler = wake;
    // System calls need no EINTR, because the handler wakes the capture.
    action.sa_flags = SA_RESTART;
    for (const int number : redrawing)
        sigaction(number, &action, nullptr);
}

WakeOnRedraw::~WakeOnRedraw()
{
    for (const int number : redrawing)
        std::signal(number, SIG_DFL);
}

bool StallDetector::has_stalled(std::uint64_t done)
{
    if (!StopOnSignal::stopped())
        return false;
    if (since_ < 0 || done != done_) {
        done_ = done;
        since_ = alarms;
    }
    return alarms - since_ >= 2;
}

} // namespace command
