// SPDX-License-Identifier: GPL-2.0-or-later
#include "without_gil.hpp"

#include "raise.hpp"

#include <cerrno>

namespace binding::python {

namespace {

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

template <typename What, typename Take>
Arrival<What> await(Handle& handle, double seconds, Take take)
{
    What* arrived = nullptr;
    Failure failure;
    const Outcome outcome = binding::await(
        handle, seconds, failure, [&] { return take(arrived); },
        [&](int fd, const timespec* timeout, Failure& why) {
            return poll(handle, fd, timeout, why);
        });
    if (outcome == Outcome::failed) {
        raise(failure);
        return {Outcome::raised, nullptr};
    }
    return {outcome, arrived};
}

} // namespace

template <typename What>
Arrival<What> await(Handle& handle, double seconds)
{
    return await<What>(handle, seconds, [&](What*& arrived) { return handle.take(arrived); });
}
template Arrival<Packet> await(Handle& handle, double seconds);
template Arrival<Batch> await(Handle& handle, double seconds);

template <typename What>
Arrival<What> await_in_loop(Handle& handle)
{
    return await<What>(handle, -1, [&](What*& arrived) { return of_loop(handle.take(arrived)); });
}
template Arrival<Packet> await_in_loop(Handle& handle);
template Arrival<Batch> await_in_loop(Handle& handle);

template <typename What>
Look<What> look(Handle& handle)
{
    if (handle.slice().is_over()) {
        handle.slice().end();
        return {others_first, nullptr};
    }
    What* arrived = nullptr;
    const int got = handle.take(arrived);
    if (got <= 0)
        handle.slice().end();
    return {got, arrived};
}
template Look<Packet> look(Handle& handle);
template Look<Batch> look(Handle& handle);

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
