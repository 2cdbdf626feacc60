// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cerrno>
#include <handle.hpp>
#include <waiting.hpp>

namespace binding::python {

// All are called with the GIL held; those that wait let other threads run meanwhile, and signals be
// handled.

// A packet or a batch.
template <typename What>
struct Arrival {
    Outcome outcome; // raised where it failed
    What* arrived;
};
template <typename What>
Arrival<What> await(Handle& handle, double seconds);
template <typename What>
Arrival<What> await_in_loop(Handle& handle);

// What Handle::take() gives, without waiting; others_first after a time slice of packets.
constexpr int others_first = -EAGAIN;
template <typename What>
struct Look {
    int got;
    What* arrived;
};
template <typename What>
Look<What> look(Handle& handle);

// Sets the exception for a `got` of neither a packet nor none: EOFError after the end.
void raise_end_or_failure(const Handle& handle, int code);

// Frees the capture once all threads that wait on it have left, unless it was closed before.
void close(Handle& handle);

// Calls what may wait, again where a signal ended the wait, unless its handler raises.
template <typename Call>
void without_gil(Failure& failure, Call call)
{
    do {
        failure.code = 0;
        PyThreadState* const state = PyEval_SaveThread();
        call();
        PyEval_RestoreThread(state);
    } while (failure.code == -EINTR && PyErr_CheckSignals() == 0);
}

} // namespace binding::python
