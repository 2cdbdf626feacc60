// SPDX-License-Identifier: GPL-2.0-or-later
#include "heap_type.hpp"

#include <cstring>

namespace binding::python {

PyObject* refuse_new(PyTypeObject* type, PyObject* /*arguments*/, PyObject* /*keywords*/)
{
    return PyErr_Format(PyExc_TypeError,
                        "'%.200s' objects are not made by a call: a capture or a savefile has them",
                        type->tp_name);
}

PyTypeObject* add_type(PyObject* module, const char* name, std::size_t basic_size,
                       std::size_t item_size, PyType_Slot* slots, unsigned flags)
{
    PyType_Spec spec{};
    spec.name = name;
    spec.basicsize = static_cast<int>(basic_size);
    spec.itemsize = static_cast<int>(item_size);
    spec.flags = static_cast<unsigned>(Py_TPFLAGS_DEFAULT) | flags;
#ifdef Py_TPFLAGS_IMMUTABLETYPE
    spec.flags |= Py_TPFLAGS_IMMUTABLETYPE;
#endif
    spec.slots = slots;
    PyObject* const type = PyType_FromSpec(&spec);
    if (type == nullptr || PyObject_SetAttrString(module, std::strchr(name, '.') + 1, type) != 0)
        return nullptr;
    return reinterpret_cast<PyTypeObject*>(type); // the reference stays until the process ends
}

} // namespace binding::python
