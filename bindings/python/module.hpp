// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

namespace binding::python {

// Returns None; in a subinterpreter NULL with an ImportError. SWIG keeps its state in variables of
// the process, so a second interpreter would use the objects of the first. Python copies a module
// that is already imported without calling its initialization; therefore the package calls this
// too.
PyObject* require_main_interpreter();

} // namespace binding::python
