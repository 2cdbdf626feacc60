// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the interface of ../nflogcap.i is in Python. The module that SWIG makes of it is private to
// the package nflogcap beside this file.

%module nflogcap

%{
#include "packet_type.hpp"
#include "raise.hpp"
#include "waiting.hpp"

#include <climits>
#include <cstring>
#include <initializer_list>
%}

%include "packet_docs.i"

%typemap(out) binding::Bytes {
    if ($1.data != nullptr)
        $result = PyBytes_FromStringAndSize(static_cast<const char*>($1.data),
                                            static_cast<Py_ssize_t>($1.length));
    else
        $result = SWIG_Py_Void();
}

%typemap(out) binding::Text {
    if ($1.data != nullptr)
        $result = PyUnicode_DecodeUTF8($1.data, static_cast<Py_ssize_t>(std::strlen($1.data)),
                                       "surrogateescape");
    else
        $result = SWIG_Py_Void();
}

%typemap(out) binding::Optional {
    $result = $1.present ? PyLong_FromUnsignedLongLong($1.value) : SWIG_Py_Void();
}

%typemap(in) long long {
    PyObject* const index = PyNumber_Index($input);
    if (index == nullptr) {
        PyErr_Format(PyExc_TypeError, "$1_name is an integer, not '%.200s'",
                     Py_TYPE($input)->tp_name);
        SWIG_fail;
    }
    int overflow = 0;
    $1 = PyLong_AsLongLongAndOverflow(index, &overflow);
    Py_DECREF(index);
    if (overflow != 0)
        $1 = overflow > 0 ? LLONG_MAX : LLONG_MIN;
}

%typemap(in, numinputs=0) binding::Failure& (binding::Failure failure) "$1 = &failure;"
%typemap(argout) binding::Failure& {
    if ($1->code != 0) {
        Py_CLEAR($result);
        binding::python::raise(*$1);
        SWIG_fail;
    }
}

%typemap(out) binding::python::Arrival {
    switch ($1.kind) {
    case binding::python::Arrival::Kind::packet:
        $result = SWIG_NewPointerObj($1.packet, $descriptor(nflogcap_packet*), SWIG_POINTER_OWN);
        break;
    case binding::python::Arrival::Kind::nothing:
        $result = SWIG_Py_Void();
        break;
    case binding::python::Arrival::Kind::ended:
        PyErr_SetString(PyExc_EOFError, "the capture has ended");
        SWIG_fail;
    case binding::python::Arrival::Kind::raised:
        SWIG_fail;
    }
}
// A `for` ends with all but a packet. NULL tells it so, with an exception set only if one was raised.
%typemap(out) binding::python::Arrival __next__ {
    if ($1.kind != binding::python::Arrival::Kind::packet)
        SWIG_fail;
    $result = SWIG_NewPointerObj($1.packet, $descriptor(nflogcap_packet*), SWIG_POINTER_OWN);
}

%feature("python:tp_iter") binding::Handle "PyObject_SelfIter";
%feature("python:slot", "tp_iternext", functype="iternextfunc") binding::Handle::__next__;
%extend binding::Handle {
    binding::python::Arrival __next__() { return binding::python::await_packet(*$self, -1); }
    binding::python::Arrival next(double seconds)
    {
        return binding::python::await_packet(*$self, seconds);
    }
    void close() { binding::python::close(*$self); }
}

// Python itself sees to it that a method or a field of Packet is one of a Packet, and refuse_new()
// that this holds a packet; SWIG's own check of both costs more than the conversion of a field.
%typemap(in) nflogcap_packet* self {
    $1 = static_cast<nflogcap_packet*>(reinterpret_cast<SwigPyObject*>($input)->ptr);
}

%feature("python:tp_new") nflogcap_packet "binding::python::refuse_new";
%feature("python:slot", "tp_repr", functype="reprfunc") nflogcap_packet::__repr__;
%extend nflogcap_packet {
    PyObject* __repr__() { return binding::python::repr(*$self); }
}

%include "nflogcap.i"

// What SWIG lets anybody do to its objects would only leak a packet, or free it twice.
%init %{
    const auto hide = [](PyTypeObject* type, std::initializer_list<const char*> names) {
        for (const char* name : names) {
            if (PyDict_DelItemString(type->tp_dict, name) < 0)
                PyErr_Clear(); // not every SWIG has them all
        }
        PyType_Modified(type);
    };
    hide(SwigPyObject_type(), {"acquire", "append", "disown", "next", "own"});
    hide(reinterpret_cast<PyTypeObject*>(&SwigPyBuiltin__nflogcap_packet_type), {"this", "thisown"});
%}
