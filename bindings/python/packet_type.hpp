// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <nflogcap.h>

// What Python's type of packets does that other types of SWIG's do not.
namespace binding::python {

PyObject* repr(const nflogcap_packet& packet);

// The payload as text: 16 bytes a line, with their offset, in hexadecimal and as ASCII.
PyObject* hexdump(const nflogcap_packet& packet);

// Refuses, since a packet that no capture has filled holds nothing to read.
PyObject* refuse_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords);

} // namespace binding::python
