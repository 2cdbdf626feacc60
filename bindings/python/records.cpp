// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.hpp"

#include "documentation.hpp"
#include "lists.hpp"

#include <string>

namespace binding::python {

namespace {

PyObject* types_of_records = nullptr; // a tuple

PyObject* fields_of(const Record& record)
{
    PyObject* list = PyList_New(0);
    for (const Field& field : record.fields) {
        const std::string words = documentation(field);
        if (list != nullptr &&
            !append(list, Py_BuildValue("(ss)", field.name.c_str(), words.c_str())))
            Py_CLEAR(list);
    }
    return list;
}

} // namespace

PyObject* records()
{
    PyObject* list = PyList_New(0);
    for (const Record& record : binding::records()) {
        if (list != nullptr &&
            !append(list, Py_BuildValue("(ssN)", record.name.c_str(), record.description.c_str(),
                                        fields_of(record))))
            Py_CLEAR(list);
    }
    return list;
}

PyObject* set_records(PyObject* types)
{
    PyObject* const tuple = PySequence_Tuple(types);
    if (tuple == nullptr)
        return nullptr;
    Py_XSETREF(types_of_records, tuple);
    Py_RETURN_NONE;
}

PyObject* made_of(const Record& record, PyObject* values)
{
    if (values == nullptr)
        return nullptr;
    PyObject* const type =
        PyTuple_GetItem(types_of_records, static_cast<Py_ssize_t>(record.index)); // borrowed
    PyObject* const made = type == nullptr ? nullptr : PyObject_CallObject(type, values);
    Py_DECREF(values);
    return made;
}

} // namespace binding::python
