// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <nflogcap.h>

namespace binding::python {

// Texts of a packet, as new references, or NULL with an exception set.

PyObject* repr(const nflogcap_packet& packet);

// The payload as text: lines of 16 bytes with their offset, in hexadecimal and as ASCII.
PyObject* hexdump(const nflogcap_packet& packet);

} // namespace binding::python
