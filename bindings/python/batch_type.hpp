// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <batch.hpp>
#include <cstddef>
#include <values.hpp>

// What Python's type of batches does that other types of SWIG's do not. Each function returns a new
// reference, or NULL with an exception set.
namespace binding::python {

// A packet of its own; NULL with an exception set, where the index is none too.
Packet* packet_at(Batch& batch, std::size_t index);

// A list of bytes.
PyObject* payloads(Batch& batch);

// A list of the values that the packets have of a field.
PyObject* column(Batch& batch, Bytes field, Failure& failure);

// What of a packet has a fixed size, for numpy's dtype: {"names", "formats", "offsets",
// "itemsize"}, of the packets that the batch's buffer holds.
PyObject* layout();

// The packets as a read-only buffer; for the slot bf_getbuffer.
int fill_buffer(PyObject* owner, Batch& batch, Py_buffer* buffer, int flags);

} // namespace binding::python
