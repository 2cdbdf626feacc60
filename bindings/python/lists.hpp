// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

namespace binding::python {

// Appends an item, and drops the reference to it. The item may be NULL with an exception set; then
// this fails.
inline bool append(PyObject* list, PyObject* item)
{
    const bool appended = item != nullptr && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return appended;
}

} // namespace binding::python
