// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fields.hpp>

// The types of values that have fields of their own, which Python code makes of what is said here.
// Each function returns a new reference, or NULL with an exception set.
namespace binding::python {

// A list with each record's name, its description, and a list of its fields: name, documentation.
PyObject* records();

// From now on a record is made by a call of its type with the values of its fields. The types are
// in the order of records().
PyObject* set_records(PyObject* types);

// A record of a tuple of the values of its fields, to which it takes the reference. NULL, with the
// exception that is set, if the tuple is NULL.
PyObject* made_of(const Record& record, PyObject* values);

} // namespace binding::python
