// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <batch.hpp>

// Python's type of batches, which is a sequence of packets. Each access creates a packet object.
namespace binding::python {

// Adds the type to the module as Batch. Call this once, before the other functions.
bool add_batch_type(PyObject* module);

// Returns a new reference to an object that owns the batch, or NULL with an exception set.
PyObject* wrapped(Batch* batch);

// Returns {"names", "formats", "offsets", "itemsize"} for numpy's dtype. They describe the fields
// of a fixed size in the packets of a batch's buffer. Returns NULL with an exception set on
// failure.
PyObject* layout();

} // namespace binding::python
