// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <batch.hpp>

// Python's type of batches: a sequence of packets. Each access creates a packet.
namespace binding::python {

// Adds the type to the module, as Batch. Called once, before all others.
bool add_batch_type(PyObject* module);

// A new reference to an object that owns the batch; NULL with an exception set.
PyObject* wrapped(Batch* batch);

// The fields of a packet with a fixed size, for numpy's dtype: {"names", "formats", "offsets",
// "itemsize"}, of the packets in a batch's buffer. NULL with an exception set.
PyObject* layout();

} // namespace binding::python
