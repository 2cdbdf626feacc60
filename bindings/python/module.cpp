// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.hpp"

#include <vector>

namespace binding::python {

namespace {

int refuse_subinterpreter(PyObject* /*module*/)
{
    PyObject* const is_main = require_main_interpreter();
    Py_XDECREF(is_main);
    return is_main == nullptr ? -1 : 0;
}

// Inserts the check before the functions that initialize the module.
void check_first(PyModuleDef& definition)
{
    static std::vector<PyModuleDef_Slot> slots; // the first call fills it
    if (!slots.empty())
        return;
    slots.push_back({Py_mod_exec, reinterpret_cast<void*>(&refuse_subinterpreter)});
    const PyModuleDef_Slot* slot = definition.m_slots;
    do
        slots.push_back(*slot);
    while (slot++->slot != 0);
    definition.m_slots = slots.data();
}

} // namespace

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

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): Python requires this
// name
PyMODINIT_FUNC PyInit__nflogcap();
PyMODINIT_FUNC PyInit__nflogcap()
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
{
    if (binding::python::refuse_subinterpreter(nullptr) != 0)
        return nullptr;
    PyObject* const made = init_by_swig();
    // SWIG 4.4 returns a definition, from which the importing interpreter initializes the module.
    // Then Python 3.13 calls this function in the main interpreter, even if another interpreter
    // imports.
    if (made != nullptr && PyObject_TypeCheck(made, &PyModuleDef_Type))
        binding::python::check_first(*reinterpret_cast<PyModuleDef*>(made));
    return made;
}
