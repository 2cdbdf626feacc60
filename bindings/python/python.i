// SPDX-License-Identifier: GPL-2.0-or-later
//
// The Python part of ../nflogcap.i. Only the package nflogcap in this directory uses the module
// that SWIG generates. Packets and batches are types of this project.

%module nflogcap

// module.cpp initializes the module, and calls SWIG's initialization.
%begin %{
#define PyInit__nflogcap init_by_swig
%}

%{
#include "async_packets.hpp"
#include "batch_type.hpp"
#include "module.hpp"
#include "numbers.hpp"
#include "packet_type.hpp"
#include "pickling.hpp"
#include "raise.hpp"
#include "reading.hpp"
#include "records.hpp"
#include "without_gil.hpp"

#include <cstring>
%}

%typemap(out) binding::Optional {
    $result = $1.present ? binding::python::Converter().integer($1.value)
                        : binding::python::Converter().absent();
}

%typemap(out) binding::List "$result = binding::python::Converter().list($1);"

%typemap(in) long long {
    if (!binding::python::to_integer($input, "$1_name", $1))
        SWIG_fail;
}

%typemap(in, numinputs=0) binding::Failure& (binding::Failure failure) "$1 = &failure;"
%typemap(argout) binding::Failure& {
    if ($1->code != 0) {
        Py_CLEAR($result);
        if (PyErr_Occurred() == nullptr) // otherwise a signal handler has raised an exception
            binding::python::raise(*$1);
        SWIG_fail;
    }
}

%typemap(in) binding::Bytes {
    if (PyBytes_Check($input)) {
        $1.data = PyBytes_AS_STRING($input);
        $1.length = static_cast<std::size_t>(PyBytes_GET_SIZE($input));
    } else if ($input == Py_None) {
        $1 = {};
    } else {
        Py_ssize_t length = 0;
        $1.data = PyUnicode_AsUTF8AndSize($input, &length);
        if ($1.data == nullptr)
            SWIG_fail;
        $1.length = static_cast<std::size_t>(length);
    }
}

%typemap(out) nflogcap_stats "$result = binding::python::converted($1);"

%typemap(in) const binding::Packet& {
    $1 = binding::python::packet_in($input, "$1_name");
    if ($1 == nullptr)
        SWIG_fail;
}
%typemap(out) binding::Packet* "$result = binding::python::taken_over($1);"

%exception binding::Handle::set_option "binding::python::without_gil(*arg4, [&] { $action });"
%exception binding::Handle::start "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Handle::adopt "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Dump::open "binding::python::without_gil(*arg6, [&] { $action });"
%exception binding::Dump::write "binding::python::without_gil(*arg3, [&] { $action });"
%exception binding::Dump::flush "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Dump::take_over "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Dump::close "binding::python::without_gil(*arg2, [&] { $action });"
// The destructor of an open savefile writes the gathered packets, and may wait.
%exception binding::Dump::~Dump {
    PyThreadState* const state = PyEval_SaveThread();
    $action
    PyEval_RestoreThread(state);
}

%extend binding::Handle {
    void set_filter(binding::Bytes expression, binding::Failure& failure)
    {
        $self->set_filter(expression, failure, [](binding::Failure& why, auto call) {
            binding::python::without_gil(why, call);
        });
    }
    PyObject* next(double seconds) { return binding::python::next(*$self, seconds); }
    PyObject* read_batch(double seconds) { return binding::python::read_batch(*$self, seconds); }
    PyObject* packets(PyObject* owner) { return binding::python::packets(*$self, owner); }
    PyObject* async_packets(PyObject* owner, PyObject* wait_for_next)
    {
        return binding::python::async_packets(*$self, owner, wait_for_next);
    }
    PyObject* next_batch() { return binding::python::next_batch(*$self); }
    PyObject* look() { return binding::python::look(*$self); }
    PyObject* look_for_batch() { return binding::python::look_for_batch(*$self); }
    void close() { binding::python::close(*$self); }
}

namespace binding::python {
binding::Packet* restore(PyObject* state);
PyObject* layout();
PyObject* require_main_interpreter();
PyObject* set_enumerations(PyObject* members_of_fields);
PyObject* records();
PyObject* set_records(PyObject* types);
}

%ignore binding::Packet;
%include "nflogcap.i"

%init %{
    // If one of these fails, an exception is set, and the import fails. This function's own return
    // value for a failure would depend on SWIG's version.
    static_cast<void>(binding::python::add_packet_type(m) && binding::python::add_batch_type(m) &&
                      binding::python::add_iterator_type(m) && binding::python::add_async_types(m) &&
                      binding::python::add_constants(m));
%}
