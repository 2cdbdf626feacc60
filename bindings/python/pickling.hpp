// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <packet.hpp>

namespace binding::python {

// A packet as a tuple of plain values, for pickle, and back. NULL with an exception set. The values
// of a tuple are checked, because a pickle can be forged.
PyObject* state_of(const Packet& packet);
Packet* restore(PyObject* state);

} // namespace binding::python
