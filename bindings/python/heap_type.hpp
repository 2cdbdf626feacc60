// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <cstddef>
#include <type_traits>

// Types for objects that only this module creates.
namespace binding::python {

// Returns a slot of a type. PyType_Slot stores function pointers as void*; therefore this casts.
template <typename Target>
PyType_Slot slot(int which, Target* target)
{
    if constexpr (std::is_const_v<Target>)
        return {which, const_cast<std::remove_const_t<Target>*>(target)};
    else
        return {which, reinterpret_cast<void*>(target)};
}

// For Py_tp_new: a call of the type raises an error.
PyObject* refuse_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords);

// Adds a type, "module.Name", to the module as Name. Returns it as a borrowed reference, or NULL
// with an exception set. Objects of the type must not refer to other objects, unless `flags`
// contains Py_TPFLAGS_HAVE_GC.
PyTypeObject* add_type(PyObject* module, const char* name, std::size_t basic_size,
                       std::size_t item_size, PyType_Slot* slots, unsigned flags = 0);

} // namespace binding::python
