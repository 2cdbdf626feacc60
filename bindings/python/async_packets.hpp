// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <handle.hpp>

namespace binding::python {

// Returns an asynchronous iterator over packets, as a new reference, or NULL with an exception set.
// If a packet is already available, a step costs little more than in a plain loop. Otherwise the
// iterator awaits the coroutine that `wait_for_next()` returns. The coroutine's result is the next
// packet; at the end it raises StopAsyncIteration. The iterator keeps `owner`, the object that has
// the handle, alive.
PyObject* async_packets(Handle& handle, PyObject* owner, PyObject* wait_for_next);

// Adds the types of async_packets() to the module. Call this once, before the other functions.
bool add_async_types(PyObject* module);

} // namespace binding::python
