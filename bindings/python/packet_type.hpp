// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <fields.hpp>
#include <packet.hpp>

#include "records.hpp"

// Python's type of packets. Each function returns a new reference, or NULL with an exception set.
namespace binding::python {

// The language's functions for convert().
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
    [[nodiscard]] static PyObject* text(const char* data, std::size_t length);
    [[nodiscard]] PyObject* list(const List& values) const;
    template <typename Fields>
    [[nodiscard]] PyObject* record(const Record& record, const Fields& fields) const
    {
        PyObject* values = PyTuple_New(static_cast<Py_ssize_t>(record.fields.size()));
        Py_ssize_t next = 0;
        for (const Field& field : record.fields) {
            PyObject* const value = values == nullptr ? nullptr : fields(field, *this);
            if (value == nullptr)
                Py_CLEAR(values);
            else
                PyTuple_SET_ITEM(values, next++, value);
        }
        return made_of(record, values);
    }
};
// NOLINTEND(readability-convert-member-functions-to-static)

// Adds the type to the module as Packet. Call this once, before the other functions.
bool add_packet_type(PyObject* module);

// Makes packets return members_of_fields[field][value], instead of the number, for these fields.
PyObject* set_enumerations(PyObject* members_of_fields);

// Returns a packet with a copy of these bytes.
PyObject* packet_of(const nflogcap_packet& packet, Interfaces& interfaces);
// Returns a packet with a copy, and releases `packet`. If `packet` is NULL, the caller has set an
// error, and the result is NULL.
PyObject* taken_over(Packet* packet);

// Returns the packet in an object. If the object is not a packet, returns NULL with a TypeError
// that names the argument.
Packet* packet_in(PyObject* object, const char* name);

} // namespace binding::python
