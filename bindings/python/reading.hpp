// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <handle.hpp>

// Reading packets and batches. Each function is called with the GIL held, and returns a new
// reference, or NULL with an exception set. Functions that wait release the GIL meanwhile, and run
// the handlers of signals.
namespace binding::python {

// Returns a packet or a batch, and waits for it that many seconds (less than 0: for ever). None if
// none came in time, or if woken. EOFError after the end.
PyObject* next(Handle& handle, double seconds);
PyObject* read_batch(Handle& handle, double seconds);

// An iterator over packets. It ends when the capture has ended, is closed, or is woken. It keeps
// `owner`, the object that has the handle.
PyObject* packets(Handle& handle, PyObject* owner);
// A step of a loop over batches; None at the end.
PyObject* next_batch(Handle& handle);

// A step of an event loop, without waiting: returns a packet or a batch. None: nothing to return
// yet. False: wakeup() was called. True: other tasks must run first. EOFError after the end.
PyObject* look(Handle& handle);
PyObject* look_for_batch(Handle& handle);

// Adds the type of packets() to the module. Called once, before all others.
bool add_iterator_type(PyObject* module);

// Frees the capture when all threads that wait on it have left, unless it was closed before.
void close(Handle& handle);

} // namespace binding::python
