// SPDX-License-Identifier: GPL-2.0-or-later
#include "pickling.hpp"

#include "raise.hpp"

#include <fields.hpp>
#include <limits>

namespace binding::python {

namespace {

// A pickled packet consists of its message, the values that are not in the message, and the names
// of its interfaces and of the capturing machine. Therefore each version can read the pickles of
// other versions, except fields that it does not know.

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
    PyObject* const names = names_of(packet);
    if (names == nullptr)
        return nullptr;
    return Py_BuildValue("(y#KKNy)", reinterpret_cast<const char*>(packet.view.message),
                         static_cast<Py_ssize_t>(packet.view.message_length),
                         static_cast<unsigned long long>(packet.view.timestamp_ns),
                         static_cast<unsigned long long>(packet.view.lost_before), names,
                         packet.interfaces->host());
}

Packet* restore(PyObject* state)
{
    const char* message = nullptr;
    Py_ssize_t message_length = 0;
    long long timestamp_ns = 0;
    long long lost_before = 0;
    PyObject* names = nullptr;
    const char* host = nullptr;
    // Of the host's bytes, which may not be UTF-8, and are followed by a NUL.
    Py_ssize_t host_length = 0;
    if (PyArg_ParseTuple(state, "y#LLO!|z#", &message, &message_length, &timestamp_ns, &lost_before,
                         &PyDict_Type, &names, &host, &host_length) == 0)
        return nullptr;
    constexpr Range counts{0, std::numeric_limits<long long>::max()};
    Failure failure;
    Packet* packet = nullptr;
    if (counts.holds(lost_before))
        packet = parse_packet({message, static_cast<std::size_t>(message_length)}, timestamp_ns,
                              failure);
    else
        failure.set_out_of_range("lost_before", lost_before, counts);
    if (packet == nullptr) {
        raise(failure);
        return nullptr;
    }
    packet->interfaces->set_host(host);
    packet->view.lost_before = static_cast<std::uint64_t>(lost_before);
    if (!restore_names(names, *packet->interfaces)) {
        release(packet);
        return nullptr;
    }
    return packet;
}

} // namespace binding::python
