// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <batch.hpp>

// Python's type of batches: a sequence of packets, of which each is made when it is asked for.
namespace binding::python {

// Adds the type to the module, as Batch. Called once, before all others.
bool add_batch_type(PyObject* module);

// A new reference to the batch as an object that owns it; NULL with an exception set.
PyObject* wrapped(Batch* batch);

// What of a packet has a fixed size, for numpy's dtype: {"names", "formats", "offsets",
// "itemsize"}, of the packets that a batch's buffer holds. NULL with an exception set.
PyObject* layout();

} // namespace binding::python
