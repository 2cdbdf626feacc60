// SPDX-License-Identifier: GPL-2.0-or-later
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "waiting.hpp"

#include "raise.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <poll.h>

namespace binding::python {

namespace {

using Clock = std::chrono::steady_clock;
using Nanoseconds = std::chrono::nanoseconds;

std::optional<Clock::time_point> deadline_of(double seconds)
{
    if (seconds < 0)
        return std::nullopt;
    // Longer than a computer runs, and no overflow.
    constexpr double most = 1e9;
    const std::chrono::duration<double> wait(std::min(seconds, most));
    return Clock::now() + std::chrono::ceil<Nanoseconds>(wait);
}

// Returns the errno of poll, or 0. The GIL is not taken back in a destructor: at the end of the
// interpreter that unwinds a thread, which no destructor survives.
int poll_without_gil(Handle& handle, int fd, const timespec* timeout)
{
    pollfd descriptor{fd, POLLIN, 0};
    handle.begin_wait();
    PyThreadState* const state = PyEval_SaveThread();
    const int error = ppoll(&descriptor, 1, timeout, nullptr) < 0 ? errno : 0;
    handle.end_wait();
    PyEval_RestoreThread(state);
    return error;
}

enum class Wait { look_again, timed_out, raised };

Wait wait_readable(Handle& handle, const std::optional<Clock::time_point>& deadline)
{
    timespec timeout{};
    if (deadline) {
        const Nanoseconds left = *deadline - Clock::now();
        if (left <= Nanoseconds::zero())
            return Wait::timed_out;
        const auto whole = std::chrono::floor<std::chrono::seconds>(left);
        timeout.tv_sec = whole.count();
        timeout.tv_nsec = (left - whole).count();
    }
    Failure failure;
    const int fd = handle.fd(failure);
    if (failure.code != 0) {
        raise(failure);
        return Wait::raised;
    }
    const int error = poll_without_gil(handle, fd, deadline ? &timeout : nullptr);
    if (error == EINTR)
        return PyErr_CheckSignals() == 0 ? Wait::look_again : Wait::raised;
    if (error != 0) {
        errno = error;
        PyErr_SetFromErrno(PyExc_OSError);
        return Wait::raised;
    }
    return Wait::look_again;
}

} // namespace

Arrival await_packet(Handle& handle, double seconds)
{
    using Kind = Arrival::Kind;
    std::optional<Clock::time_point> deadline;
    for (bool waited = false;; waited = true) {
        nflogcap_packet* packet = nullptr;
        const int got = handle.take(packet);
        if (got == 1)
            return {Kind::packet, packet};
        if (got == -ENODATA || (got == -EBADF && waited))
            return {Kind::ended, nullptr};
        if (got == -ECANCELED)
            return {Kind::nothing, nullptr};
        if (got != 0) {
            Failure failure;
            handle.explain(got, failure);
            raise(failure);
            return {Kind::raised, nullptr};
        }
        if (!waited)
            deadline = deadline_of(seconds);
        switch (wait_readable(handle, deadline)) {
        case Wait::look_again:
            break;
        case Wait::timed_out:
            return {Kind::nothing, nullptr};
        case Wait::raised:
            return {Kind::raised, nullptr};
        }
    }
}

void close(Handle& handle)
{
    nflogcap* const detached = handle.detach();
    if (detached == nullptr)
        return;
    PyThreadState* const state = PyEval_SaveThread();
    handle.free(detached);
    PyEval_RestoreThread(state);
}

} // namespace binding::python
