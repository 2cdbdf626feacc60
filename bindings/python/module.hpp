// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

namespace binding::python {

// None; NULL, with an ImportError, in a subinterpreter. SWIG keeps what it knows of the module in
// variables of the process, so a second interpreter would use the objects of the first. Once the
// first has imported the module, Python gives another a copy without a call of the module's own: so
// the package asks too.
PyObject* require_main_interpreter();

} // namespace binding::python
