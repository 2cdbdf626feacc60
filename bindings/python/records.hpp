// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fields.hpp>

// The types of values that have fields. Python code creates these types from the descriptions. Each
// function returns a new reference, or NULL with an exception set.
namespace binding::python {

// Returns a list of records: the name, the description, and a list of the fields (name and
// documentation).
PyObject* records();

// Sets the types, in the order of records(). From now on, a record is created by a call of its type
// with the values of its fields.
PyObject* set_records(PyObject* types);

// Makes a record from a tuple of its fields' values. Takes the reference to the tuple. If the tuple
// is NULL, an exception is already set, and the result is NULL.
PyObject* made_of(const Record& record, PyObject* values);

} // namespace binding::python
