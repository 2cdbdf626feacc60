// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <handle.hpp>

// Reads packets and batches. Each function is called with the GIL held, and returns a new
// reference, or NULL with an exception set. Functions that wait release the GIL while they wait,
// and run signal handlers.
namespace binding::python {

// Returns a packet or a batch. Waits for it up to `seconds` (less than 0: for ever). Returns None
// after a timeout or a wake-up. Raises EOFError after the end.
PyObject* next(Handle& handle, double seconds);
PyObject* read_batch(Handle& handle, double seconds);

// Returns an iterator over packets. It ends when the capture has ended, is closed, or is woken. It
// keeps `owner`, the object that has the handle, alive.
PyObject* packets(Handle& handle, PyObject* owner);
// Makes one step of a loop over batches. Returns None at the end.
PyObject* next_batch(Handle& handle);

// Makes one step of an event loop, without waiting. Returns a packet or a batch; None if there is
// none yet; False if wakeup() was called; True if other tasks must run first. Raises EOFError after
// the end.
PyObject* look(Handle& handle);
PyObject* look_for_batch(Handle& handle);

// Adds the type of packets() to the module. Call this once, before the other functions.
bool add_iterator_type(PyObject* module);

// Frees the capture after all threads that wait on it have left. Does nothing if it was closed
// before.
void close(Handle& handle);

} // namespace binding::python
