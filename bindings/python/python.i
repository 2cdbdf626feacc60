// SPDX-License-Identifier: GPL-2.0-or-later
//
// What the interface of ../nflogcap.i is in Python. The module that SWIG makes of it is private to
// the package nflogcap beside this file.

%module nflogcap

// SWIG keeps what it knows of the module in variables of the process, so a second interpreter would
// use the objects of the first. Once the first has imported the module, Python gives another a copy
// without a call of the module's own: so the package asks too.
PyObject* require_main_interpreter();
%{
static PyObject* require_main_interpreter()
{
    if (PyInterpreterState_Get() == PyInterpreterState_Main())
        return SWIG_Py_Void();
    PyErr_SetString(PyExc_ImportError,
                    "nflogcap cannot be imported in a subinterpreter; import it in the main "
                    "interpreter, or use processes");
    return nullptr;
}

#undef SWIG_init
#define SWIG_init init_in_main_interpreter
extern "C" PyObject* init_in_main_interpreter(void);
extern "C" SWIGEXPORT PyObject* PyInit__nflogcap(void)
{
    PyObject* const is_main = require_main_interpreter();
    Py_XDECREF(is_main);
    return is_main == nullptr ? nullptr : init_in_main_interpreter();
}
%}

%{
#include "batch_type.hpp"
#include "packet_type.hpp"
#include "pickling.hpp"
#include "raise.hpp"
#include "without_gil.hpp"

#include <climits>
#include <cstring>
%}

%feature("docstring") binding::Packet
"A packet as the kernel logged it.

It owns its bytes, and outlives its capture. A field that the kernel did not
send, or that its headers do not say, is None. Interfaces are indexes in the
capture's network namespace. str() is one line for people. Packets are equal if
all that the kernel sent and the library says of them is.";
%feature("docstring") binding::Packet::asdict
"asdict() -> dict

All fields by their names.";
%feature("docstring") binding::Packet::to_json
"to_json() -> str

One JSON object on one line, with the fields that the packet has.";
%feature("docstring") binding::Packet::hexdump
"hexdump() -> str

The payload, 16 bytes a line, in hexadecimal and as ASCII.";
%feature("docstring") binding::Packet::frame
"frame() -> bytes

The frame: link-layer header, VLAN tag and payload, as far as the kernel sent
them.";
%feature("docstring") binding::Packet::attribute
"attribute(type) -> bytes or None

The raw bytes of an attribute of the kernel's message by its NFULA_* number, 0
to 65535. ValueError for another number.";

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
        PyErr_Format(PyExc_TypeError, "$1_name must be an integer, not '%.200s'",
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
        if (PyErr_Occurred() == nullptr) // a signal's handler may have raised
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
    const auto* described =
        static_cast<const SwigPyClientData*>($descriptor(binding::Packet*)->clientdata);
    if (Py_TYPE($input) != described->pytype) {
        PyErr_Format(PyExc_TypeError, "$1_name is a Packet, not '%.200s'",
                     Py_TYPE($input)->tp_name);
        SWIG_fail;
    }
    $1 = static_cast<binding::Packet*>(reinterpret_cast<SwigPyObject*>($input)->ptr);
}

%exception binding::Handle::set_option "binding::python::without_gil(*arg4, [&] { $action });"
%exception binding::Handle::start "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Dump::open "binding::python::without_gil(*arg3, [&] { $action });"
%exception binding::Dump::write "binding::python::without_gil(*arg3, [&] { $action });"
%exception binding::Dump::flush "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Dump::take_over "binding::python::without_gil(*arg2, [&] { $action });"
%exception binding::Dump::close "binding::python::without_gil(*arg2, [&] { $action });"
// A savefile that is dropped open writes what it has gathered.
%exception binding::Dump::~Dump {
    PyThreadState* const state = PyEval_SaveThread();
    $action
    PyEval_RestoreThread(state);
}

// What a wait came to: what arrived, None, or an exception.
%define ARRIVAL(WHAT)
%typemap(out) binding::python::Arrival<WHAT> {
    switch ($1.outcome) {
    case binding::Outcome::arrived:
        $result = SWIG_NewPointerObj($1.arrived, $descriptor(WHAT*), SWIG_POINTER_OWN);
        break;
    case binding::Outcome::nothing:
        $result = SWIG_Py_Void();
        break;
    case binding::Outcome::ended:
        PyErr_SetString(PyExc_EOFError, "the capture has ended");
        SWIG_fail;
    default:
        SWIG_fail;
    }
}

// What an event loop gets: what arrived. None: nothing has come yet. False: wakeup() was called.
// True: other tasks have to run first.
%typemap(out) binding::python::Look<WHAT> {
    if ($1.got > 0) {
        $result = SWIG_NewPointerObj($1.arrived, $descriptor(WHAT*), SWIG_POINTER_OWN);
    } else if ($1.got == 0) {
        $result = SWIG_Py_Void();
    } else if ($1.got == -ECANCELED || $1.got == binding::python::others_first) {
        $result = PyBool_FromLong($1.got != -ECANCELED);
    } else {
        binding::python::raise_end_or_failure(*arg1, $1.got);
        SWIG_fail;
    }
}
%enddef
ARRIVAL(binding::Packet)
ARRIVAL(binding::Batch)

// A `for` ends with all but a packet. NULL tells it so, with an exception set only if one was raised.
%typemap(out) binding::python::Arrival<binding::Packet> __next__ {
    if ($1.outcome != binding::Outcome::arrived)
        SWIG_fail;
    $result = SWIG_NewPointerObj($1.arrived, $descriptor(binding::Packet*), SWIG_POINTER_OWN);
}

%feature("python:tp_iter") binding::Handle "PyObject_SelfIter";
%feature("python:slot", "tp_iternext", functype="iternextfunc") binding::Handle::__next__;
// The end of a loop over batches is None.
%typemap(out) binding::python::Arrival<binding::Batch> next_batch {
    if ($1.outcome == binding::Outcome::arrived)
        $result = SWIG_NewPointerObj($1.arrived, $descriptor(binding::Batch*), SWIG_POINTER_OWN);
    else if ($1.outcome == binding::Outcome::raised)
        SWIG_fail;
    else
        $result = SWIG_Py_Void();
}
%extend binding::Handle {
    binding::python::Arrival<binding::Packet> __next__()
    {
        return binding::python::await_in_loop<binding::Packet>(*$self);
    }
    binding::python::Arrival<binding::Batch> next_batch()
    {
        return binding::python::await_in_loop<binding::Batch>(*$self);
    }
    binding::python::Arrival<binding::Packet> next(double seconds)
    {
        return binding::python::await<binding::Packet>(*$self, seconds);
    }
    binding::python::Arrival<binding::Batch> read_batch(double seconds)
    {
        return binding::python::await<binding::Batch>(*$self, seconds);
    }
    binding::python::Look<binding::Packet> look()
    {
        return binding::python::look<binding::Packet>(*$self);
    }
    binding::python::Look<binding::Batch> look_for_batch()
    {
        return binding::python::look<binding::Batch>(*$self);
    }
    void close() { binding::python::close(*$self); }
}

// Python itself sees to it that a method or a field of Packet is one of a Packet, and refuse_new()
// that this holds a packet; SWIG's own check of both costs more than the conversion of a field.
%typemap(in) binding::Packet* self {
    $1 = static_cast<binding::Packet*>(reinterpret_cast<SwigPyObject*>($input)->ptr);
}

%feature("python:tp_new") binding::Packet "binding::python::refuse_new";
%feature("python:tp_richcompare") binding::Packet "compare_packets";
%feature("python:tp_hash") binding::Packet "hash_packet";
// A packet has weak references in place of a dict, which could refer back to it and is not collected.
%feature("python:tp_dictoffset") binding::Packet "0";
%feature("python:tp_weaklistoffset") binding::Packet "offsetof(SwigPyObject, dict)";
%{
static const binding::Packet& packet_in(PyObject* object)
{
    return *static_cast<binding::Packet*>(reinterpret_cast<SwigPyObject*>(object)->ptr);
}

static PyObject* compare_packets(PyObject* one, PyObject* other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(one) != Py_TYPE(other))
        Py_RETURN_NOTIMPLEMENTED;
    const bool are_equal = binding::are_equal(packet_in(one), packet_in(other));
    return PyBool_FromLong(are_equal == (operation == Py_EQ) ? 1 : 0);
}

static Py_hash_t hash_packet(PyObject* packet)
{
    const auto hash = static_cast<Py_hash_t>(binding::hash_of(packet_in(packet)));
    return hash == -1 ? -2 : hash; // -1 is an error
}

static destructor swigs_dealloc = nullptr;
static void dealloc_packet(PyObject* packet)
{
    PyObject*& weak_references = reinterpret_cast<SwigPyObject*>(packet)->dict;
    if (weak_references != nullptr)
        PyObject_ClearWeakRefs(packet);
    weak_references = nullptr; // which SWIG takes for a dict
    swigs_dealloc(packet);
}
%}
%feature("python:slot", "tp_repr", functype="reprfunc") binding::Packet::__repr__;
%feature("python:slot", "tp_str", functype="reprfunc") binding::Packet::line;
%rename(__str__) binding::Packet::line;
%extend binding::Packet {
    PyObject* asdict() { return binding::python::asdict(*$self); }
    PyObject* __repr__() { return binding::python::repr($self->view); }
    PyObject* hexdump() { return binding::python::hexdump($self->view); }
    PyObject* __getstate__() { return binding::python::state_of(*$self); }
}

%typemap(out) binding::Packet* restore {
    if ($1 == nullptr)
        SWIG_fail;
    $result = SWIG_NewPointerObj($1, $descriptor(binding::Packet*), SWIG_POINTER_OWN);
}
namespace binding::python {
binding::Packet* restore(PyObject* state);
PyObject* layout();
}

%feature("python:tp_new") binding::Batch "binding::python::refuse_new";
%feature("python:bf_getbuffer", functype="getbufferproc") binding::Batch "batch_buffer";
%rename(Batch) binding::Batch;
%nodefaultctor binding::Batch;
%exception binding::Batch::packet {
    $action
    if (result == nullptr)
        SWIG_fail;
}
%newobject binding::Batch::packet;
namespace binding {
class Batch {
public:
    size_t size();
    %extend {
        ~Batch() { binding::Batch::release($self); }
        binding::Packet* packet(size_t index)
        {
            return binding::python::packet_at(*$self, index);
        }
        PyObject* payloads() { return binding::python::payloads(*$self); }
        PyObject* column(binding::Bytes field, binding::Failure& failure)
        {
            return binding::python::column(*$self, field, failure);
        }
    }
};
} // namespace binding
%{
static int batch_buffer(PyObject* self, Py_buffer* buffer, int flags)
{
    auto* batch = static_cast<binding::Batch*>(reinterpret_cast<SwigPyObject*>(self)->ptr);
    return binding::python::fill_buffer(self, *batch, buffer, flags);
}
%}

%include "nflogcap.i"

%{
static PyObject* packet_field(PyObject* self, void* closure)
{
    auto* packet = static_cast<binding::Packet*>(reinterpret_cast<SwigPyObject*>(self)->ptr);
    return binding::convert(*packet, *static_cast<const binding::Field*>(closure),
                            binding::python::Converter());
}
%}

%init %{
    auto* const packet_type =
        reinterpret_cast<PyTypeObject*>(PyDict_GetItemString(PyModule_GetDict(m), "Packet"));
    swigs_dealloc = packet_type->tp_dealloc;
    packet_type->tp_dealloc = dealloc_packet;
    // A failure leaves an exception set, with which the import fails. How this function itself fails
    // depends on the version of SWIG.
    static_cast<void>(binding::python::add_constants(m) &&
                      binding::python::add_fields(packet_type, packet_field));
%}

// What SWIG lets anybody do to its objects would only leak a packet, or free it twice. Other modules
// share SWIG's base type: nothing is removed from that, and packets derive from object alone.
%init %{
    for (const char* name : {"this", "thisown", "__dict__"}) {
        if (PyDict_DelItemString(packet_type->tp_dict, name) < 0)
            PyErr_Clear(); // not every SWIG has them all
    }
    packet_type->tp_base = &PyBaseObject_Type;
    Py_SETREF(packet_type->tp_bases, PyTuple_Pack(1, &PyBaseObject_Type));
    Py_SETREF(packet_type->tp_mro, PyTuple_Pack(2, packet_type, &PyBaseObject_Type));
    PyType_Modified(packet_type);
%}
