// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

namespace binding::python {

// Returns None in the main interpreter. In a subinterpreter it returns NULL with an ImportError:
// SWIG keeps its state in variables of the process, so a second interpreter would use the objects
// of the first one. The package calls this too, because Python can copy an imported module without
// initializing it again.
PyObject* require_main_interpreter();

} // namespace binding::python
