// SPDX-License-Identifier: GPL-2.0-or-later
#include "without_gil.hpp"

#include "raise.hpp"

#include <cerrno>

namespace binding::python {

// The GIL is not taken back in a destructor: at the end of the interpreter that unwinds a thread,
// which no destructor survives.
Polled poll(Handle& handle, int fd, const timespec* timeout, Failure& failure)
{
    handle.begin_wait();
    PyThreadState* const state = PyEval_SaveThread();
    const Polled polled = poll_readable(fd, timeout, failure);
    handle.end_wait();
    PyEval_RestoreThread(state);
    if (polled != Polled::look_again)
        return polled;
    // Not only where it interrupted the wait: packets that the filter rejects may end each at once.
    return PyErr_CheckSignals() == 0 ? Polled::look_again : Polled::raised;
}

namespace {

template <typename Take>
Arrival await_packet(Handle& handle, double seconds, Take take)
{
    Packet* packet = nullptr;
    Failure failure;
    const Outcome outcome = await(
        handle, seconds, failure, [&] { return take(packet); },
        [&](int fd, const timespec* timeout, Failure& why) {
            return poll(handle, fd, timeout, why);
        });
    if (outcome == Outcome::failed) {
        raise(failure);
        return {Outcome::raised, nullptr};
    }
    return {outcome, packet};
}

} // namespace

Arrival await_packet(Handle& handle, double seconds)
{
    return await_packet(handle, seconds, [&](Packet*& packet) { return handle.take(packet); });
}

Arrival await_packet_of_loop(Handle& handle)
{
    return await_packet(handle, -1, [&](Packet*& packet) { return of_loop(handle.take(packet)); });
}

Look look(Handle& handle)
{
    if (handle.slice().is_over()) {
        handle.slice().end();
        return {Look::others_first, nullptr};
    }
    Packet* packet = nullptr;
    const int got = handle.take(packet);
    if (got != 1)
        handle.slice().end();
    return {got, packet};
}

void raise_end_or_failure(const Handle& handle, int code)
{
    if (code == -ENODATA || code == -EBADF) {
        PyErr_SetString(PyExc_EOFError, "the capture has ended");
        return;
    }
    Failure failure;
    handle.explain(code, failure);
    raise(failure);
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
