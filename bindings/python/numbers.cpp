// SPDX-License-Identifier: GPL-2.0-or-later
#include "numbers.hpp"

#include "lists.hpp"

#include <climits>
#include <fields.hpp>

namespace binding::python {

bool to_integer(PyObject* object, const char* name, long long& integer)
{
    PyObject* const index = PyNumber_Index(object);
    if (index == nullptr) {
        PyErr_Format(PyExc_TypeError, "%s must be an integer, not '%.200s'", name,
                     Py_TYPE(object)->tp_name);
        return false;
    }
    int overflow = 0;
    integer = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (overflow != 0)
        integer = overflow > 0 ? LLONG_MAX : LLONG_MIN;
    return true;
}

bool add_constants(PyObject* module)
{
    PyObject* const names = PyList_New(0);
    bool added = names != nullptr;
    for (const Constant& constant : binding::constants()) {
        PyObject* const value = PyLong_FromUnsignedLongLong(constant.value);
        added = added && value != nullptr &&
                PyObject_SetAttrString(module, constant.name.c_str(), value) == 0 &&
                append(names, PyUnicode_FromString(constant.name.c_str()));
        Py_XDECREF(value);
    }
    added = added && PyObject_SetAttrString(module, "constants", names) == 0;
    Py_XDECREF(names);
    return added;
}

PyObject* converted(const nflogcap_stats& stats)
{
    PyObject* list = PyList_New(0);
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i) {
        if (list != nullptr &&
            !append(list, PyLong_FromUnsignedLongLong(value_of(stats, *counter))))
            Py_CLEAR(list);
    }
    return list;
}

} // namespace binding::python
