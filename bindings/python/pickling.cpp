// SPDX-License-Identifier: GPL-2.0-or-later
#include "pickling.hpp"

#include <cstring>
#include <fields.hpp>

namespace binding::python {

namespace {

// A packet is pickled as its message, a dict of what its view says, and the names of its
// interfaces. The dict has a number for each field, and for one that lies in the message its offset
// there and its length. A field that only one of two versions knows is left out.

char* place_of(nflogcap_packet& view, std::uint32_t offset)
{
    return reinterpret_cast<char*>(&view) + offset;
}

const std::uint8_t* pointer_at(const nflogcap_packet& view, const nflogcap_field& field)
{
    const std::uint8_t* pointer = nullptr;
    std::memcpy(&pointer, reinterpret_cast<const char*>(&view) + field.offset, sizeof pointer);
    return pointer;
}

bool lies_in_message(const nflogcap_field& field)
{
    return field.kind == NFLOGCAP_BYTES || field.kind == NFLOGCAP_TEXT;
}

// Calls visit(name, field) for each field of the C struct, until one returns false.
template <typename Visit>
bool each_field(Visit visit)
{
    for (const Field& field : fields()) { // NOLINT(readability-use-anyofallof): visit acts
        if (field.source.is_dissected == 0 && field.name == field.source.name &&
            !visit(field.name.c_str(), field.source))
            return false;
    }
    return true;
}

// What the state says of a field: a new reference.
PyObject* saved(const nflogcap_packet& view, const nflogcap_field& field)
{
    const auto number_at = [&](std::uint32_t offset, std::uint32_t size) {
        return unsigned_at(reinterpret_cast<const char*>(&view) + offset, size);
    };
    if (!lies_in_message(field))
        return PyLong_FromUnsignedLongLong(number_at(field.offset, field.size));
    const std::uint8_t* const pointer = pointer_at(view, field);
    if (pointer == nullptr)
        Py_RETURN_NONE;
    const std::uint64_t length = field.kind == NFLOGCAP_TEXT
                                     ? std::strlen(reinterpret_cast<const char*>(pointer)) + 1
                                     : number_at(field.length_offset, field.length_size);
    return Py_BuildValue("nK", static_cast<Py_ssize_t>(pointer - view.message),
                         static_cast<unsigned long long>(length));
}

bool refuse(const char* name)
{
    PyErr_Format(PyExc_ValueError, "this is not a pickled packet: its %s is not valid", name);
    return false;
}

// Stores a number where it fits. A value of another type raises its own exception.
bool set_number(nflogcap_packet& view, const char* name, std::uint32_t offset, std::uint32_t size,
                PyObject* value)
{
    const unsigned long long number = PyLong_AsUnsignedLongLong(value);
    if (PyObject* const raised = PyErr_Occurred())
        return PyErr_GivenExceptionMatches(raised, PyExc_OverflowError) == 0 ? false : refuse(name);
    constexpr unsigned bits_per_byte = 8;
    if (size < sizeof number && number >> (bits_per_byte * size) != 0)
        return refuse(name);
    // The struct and the number are in host order.
    const auto store = [&]<typename Integer>(Integer integer) {
        std::memcpy(place_of(view, offset), &integer, sizeof integer);
    };
    switch (size) {
    case sizeof(std::uint8_t):
        store(static_cast<std::uint8_t>(number));
        break;
    case sizeof(std::uint16_t):
        store(static_cast<std::uint16_t>(number));
        break;
    case sizeof(std::uint32_t):
        store(static_cast<std::uint32_t>(number));
        break;
    default:
        store(std::uint64_t{number});
    }
    return true;
}

// Leads a field to its place in the message, which it must not leave.
bool set_pointer(nflogcap_packet& view, const char* name, const nflogcap_field& field,
                 PyObject* value)
{
    Py_ssize_t offset = 0;
    Py_ssize_t length = 0;
    if (!PyTuple_Check(value)) {
        PyErr_Format(PyExc_TypeError, "the %s of a pickled packet must be a tuple or None", name);
        return false;
    }
    if (PyArg_ParseTuple(value, "nn", &offset, &length) == 0)
        return false;
    const auto whole = static_cast<Py_ssize_t>(view.message_length);
    if (offset < 0 || length < 0 || offset > whole || length > whole - offset)
        return refuse(name);
    const std::uint8_t* const pointer = view.message + offset;
    if (field.kind == NFLOGCAP_TEXT) {
        if (length == 0 || pointer[length - 1] != 0)
            return refuse(name);
    } else {
        PyObject* const number = PyLong_FromSsize_t(length);
        const bool set = number != nullptr &&
                         set_number(view, name, field.length_offset, field.length_size, number);
        Py_XDECREF(number);
        if (!set)
            return false;
    }
    std::memcpy(place_of(view, field.offset), &pointer, sizeof pointer);
    return true;
}

bool set_field(nflogcap_packet& view, const char* name, const nflogcap_field& field,
               PyObject* value)
{
    if (!lies_in_message(field))
        return set_number(view, name, field.offset, field.size, value);
    return value == Py_None || set_pointer(view, name, field, value);
}

PyObject* view_of(const nflogcap_packet& view)
{
    PyObject* state = PyDict_New();
    each_field([&](const char* name, const nflogcap_field& field) {
        PyObject* const value = state == nullptr ? nullptr : saved(view, field);
        if (value == nullptr || PyDict_SetItemString(state, name, value) < 0)
            Py_CLEAR(state);
        Py_XDECREF(value);
        return state != nullptr;
    });
    return state;
}

// False with an exception set.
bool restore_view(PyObject* state, nflogcap_packet& view)
{
    if (!each_field([&](const char* name, const nflogcap_field& field) {
            PyObject* const value = PyDict_GetItemString(state, name);
            return value == nullptr || set_field(view, name, field, value);
        }))
        return false;
    // A field that is said to be there must be: the library relies on that.
    for (const nflogcap_field* field : pointers()) {
        if (pointer_at(view, *field) == nullptr) {
            view.present &= ~field->present;
            if (field->length_size > 0)
                std::memset(place_of(view, field->length_offset), 0, field->length_size);
        }
    }
    return true;
}

PyObject* names_of(const Packet& packet)
{
    PyObject* const names = PyDict_New();
    for (const nflogcap_field* field : interfaces()) {
        const auto index = static_cast<std::uint32_t>(
            unsigned_at(reinterpret_cast<const char*>(&packet.view) + field->offset, field->size));
        const char* name = packet.interfaces->name(index);
        if (names == nullptr || name == nullptr)
            continue;
        PyObject* const key = PyLong_FromUnsignedLong(index);
        PyObject* const value = PyBytes_FromString(name);
        const bool set =
            key != nullptr && value != nullptr && PyDict_SetItem(names, key, value) == 0;
        Py_XDECREF(key);
        Py_XDECREF(value);
        if (!set) {
            Py_DECREF(names);
            return nullptr;
        }
    }
    return names;
}

bool restore_names(PyObject* names, Interfaces& interfaces)
{
    PyObject* key = nullptr;
    PyObject* value = nullptr;
    for (Py_ssize_t position = 0; PyDict_Next(names, &position, &key, &value) != 0;) {
        const unsigned long index = PyLong_AsUnsignedLong(key);
        const char* name = PyBytes_AsString(value);
        if (PyErr_Occurred() != nullptr || name == nullptr)
            return false;
        if (!interfaces.set(static_cast<std::uint32_t>(index), name)) {
            PyErr_NoMemory();
            return false;
        }
    }
    return true;
}

} // namespace

PyObject* state_of(const Packet& packet)
{
    PyObject* const view = view_of(packet.view);
    PyObject* const names = names_of(packet);
    if (view != nullptr && names != nullptr)
        return Py_BuildValue("(y#NN)", reinterpret_cast<const char*>(packet.view.message),
                             static_cast<Py_ssize_t>(packet.view.message_length), view, names);
    Py_XDECREF(view);
    Py_XDECREF(names);
    return nullptr;
}

Packet* restore(PyObject* state)
{
    nflogcap_packet view{};
    const char* message = nullptr;
    Py_ssize_t message_length = 0;
    PyObject* described = nullptr;
    PyObject* names = nullptr;
    if (PyArg_ParseTuple(state, "y#O!O!", &message, &message_length, &PyDict_Type, &described,
                         &PyDict_Type, &names) == 0)
        return nullptr;
    view.message = reinterpret_cast<const std::uint8_t*>(message);
    view.message_length = static_cast<std::uint32_t>(message_length);
    if (!restore_view(described, view))
        return nullptr;
    Interfaces* const interfaces = Interfaces::make();
    if (interfaces == nullptr) {
        PyErr_NoMemory();
        return nullptr;
    }
    Packet* packet = nullptr;
    if (restore_names(names, *interfaces)) {
        packet = copy(view, *interfaces);
        if (packet == nullptr)
            PyErr_NoMemory();
    }
    interfaces->release();
    return packet;
}

} // namespace binding::python
