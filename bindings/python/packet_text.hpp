// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <nflogcap.h>

namespace binding::python {

// These functions return texts of a packet as new references, or NULL with an exception set.

PyObject* repr(const nflogcap_packet& packet);

// Returns the payload as lines of 16 bytes: the offset, the bytes in hexadecimal, and the bytes as
// ASCII.
PyObject* hexdump(const nflogcap_packet& packet);

} // namespace binding::python
