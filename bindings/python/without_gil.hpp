// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cerrno>
#include <values.hpp>

namespace binding::python {

// Calls a function that may wait, without the GIL, so that other threads run. Calls it again after
// each signal, unless the signal's handler raises an exception.
template <typename Call>
void without_gil(Failure& failure, Call call)
{
    do {
        failure.code = 0;
        PyThreadState* const state = PyEval_SaveThread();
        call();
        PyEval_RestoreThread(state);
    } while (failure.code == -EINTR && PyErr_CheckSignals() == 0);
}

} // namespace binding::python
