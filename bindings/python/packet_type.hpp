// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fields.hpp>
#include <packet.hpp>

// What Python's type of packets does that other types of SWIG's do not.
namespace binding::python {

// For convert(). Each returns a new reference, or NULL with an exception set, as all functions
// here.
// NOLINTBEGIN(readability-convert-member-functions-to-static): other languages have a state
struct Converter {
    [[nodiscard]] PyObject* absent() const { return Py_INCREF(Py_None), Py_None; }
    [[nodiscard]] PyObject* integer(std::uint64_t value) const
    {
        return PyLong_FromUnsignedLongLong(value);
    }
    [[nodiscard]] PyObject* seconds(double value) const { return PyFloat_FromDouble(value); }
    [[nodiscard]] PyObject* bytes(const char* data, std::size_t length) const
    {
        return PyBytes_FromStringAndSize(data, static_cast<Py_ssize_t>(length));
    }
    [[nodiscard]] PyObject* text(const char* data, std::size_t length) const
    {
        return PyUnicode_DecodeUTF8(data, static_cast<Py_ssize_t>(length), "surrogateescape");
    }
    [[nodiscard]] PyObject* list(const List& values) const;
};
// NOLINTEND(readability-convert-member-functions-to-static)

// Gives the type an attribute for each field. `get` has the Field as its closure.
bool add_fields(PyTypeObject* type, getter get);

// All fields by their names.
PyObject* asdict(Packet& packet);

// Adds the constants to the module, and their names as a list of its own, `constants`.
bool add_constants(PyObject* module);

// The counters' values, in the order of nflogcap_counter_at().
PyObject* converted(const nflogcap_stats& stats);

PyObject* repr(const nflogcap_packet& packet);

// The payload as text: 16 bytes a line, with their offset, in hexadecimal and as ASCII.
PyObject* hexdump(const nflogcap_packet& packet);

// Refuses, since a packet that no capture has filled holds nothing to read.
PyObject* refuse_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords);

} // namespace binding::python
