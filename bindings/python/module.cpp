// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.hpp"

namespace binding::python {

PyObject* require_main_interpreter()
{
    if (PyInterpreterState_Get() == PyInterpreterState_Main())
        Py_RETURN_NONE;
    PyErr_SetString(PyExc_ImportError,
                    "nflogcap cannot be imported in a subinterpreter; import it in the main "
                    "interpreter, or use processes");
    return nullptr;
}

} // namespace binding::python

PyMODINIT_FUNC init_by_swig();

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): Python's name for it
PyMODINIT_FUNC PyInit__nflogcap();
PyMODINIT_FUNC PyInit__nflogcap()
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
{
    PyObject* const is_main = binding::python::require_main_interpreter();
    Py_XDECREF(is_main);
    return is_main == nullptr ? nullptr : init_by_swig();
}
