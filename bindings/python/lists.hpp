// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

namespace binding::python {

// Appends an item that may be NULL with an exception set, and drops the reference to it.
inline bool append(PyObject* list, PyObject* item)
{
    const bool appended = item != nullptr && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return appended;
}

} // namespace binding::python
