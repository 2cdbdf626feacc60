// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <packet.hpp>

namespace binding::python {

// Converts a packet to a tuple of plain values for pickle, and back. Returns NULL with an exception
// set on failure. restore() checks the values of the tuple, because a pickle can be forged.
PyObject* state_of(const Packet& packet);
Packet* restore(PyObject* state);

} // namespace binding::python
