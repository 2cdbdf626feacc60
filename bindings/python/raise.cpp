// SPDX-License-Identifier: GPL-2.0-or-later
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "raise.hpp"

#include <cerrno>

namespace binding::python {

namespace {

// Returns whether the program passed an invalid value; otherwise the system refused the call.
bool is_by_argument(int code)
{
    switch (-code) {
    case EBADF: // the object is closed
    case EEXIST:
    case EINVAL:
    case ERANGE:
        return true;
    default:
        return false;
    }
}

} // namespace

void raise(const Failure& failure)
{
    if (failure.code == -ENOMEM) {
        PyErr_NoMemory();
        return;
    }
    PyObject* const words = PyUnicode_FromString(failure.words);
    if (words == nullptr)
        return;
    if (is_by_argument(failure.code)) {
        PyErr_SetObject(PyExc_ValueError, words);
    } else if (PyObject* const error =
                   PyObject_CallFunction(PyExc_OSError, "iO", -failure.code, words)) {
        // The type of `error` is OSError's subclass for the errno.
        PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
        Py_DECREF(error);
    }
    Py_DECREF(words);
}

} // namespace binding::python
