// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <handle.hpp>

namespace binding::python {

// An asynchronous iterator over packets. A packet that is at hand costs little more than in a plain
// loop; for another one it awaits what `wait_for_next()` returns: a coroutine, of the next packet,
// which raises StopAsyncIteration at the end. It keeps `owner`, the object that has the handle.
// Returns a new reference, or NULL with an exception set.
PyObject* async_packets(Handle& handle, PyObject* owner, PyObject* wait_for_next);

// Adds the types of async_packets() to the module. Called once, before all others.
bool add_async_types(PyObject* module);

} // namespace binding::python
