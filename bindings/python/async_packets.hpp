// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <handle.hpp>

namespace binding::python {

// An asynchronous iterator over packets. A packet that is already available costs little more than
// in a plain loop. Otherwise the iterator awaits the coroutine that `wait_for_next()` returns; its
// result is the next packet, and it raises StopAsyncIteration at the end. The iterator keeps
// `owner`, the object that has the handle. Returns a new reference, or NULL with an exception set.
PyObject* async_packets(Handle& handle, PyObject* owner, PyObject* wait_for_next);

// Adds the types of async_packets() to the module. Called once, before all others.
bool add_async_types(PyObject* module);

} // namespace binding::python
