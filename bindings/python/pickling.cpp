// SPDX-License-Identifier: GPL-2.0-or-later
#include "pickling.hpp"

#include <algorithm>
#include <cstring>

namespace binding::python {

namespace {

// Where in the message the field starts; -1: the packet has none.
Py_ssize_t offset_of(const nflogcap_packet& packet, const void* field)
{
    return field == nullptr ? -1 : static_cast<const std::uint8_t*>(field) - packet.message;
}

// Leads the field to that offset; -1: the packet has none. False: it would not lie in the message
// whole, or has a length and is none.
bool place(const nflogcap_packet& packet, const std::uint8_t*& field, Py_ssize_t offset,
           std::size_t length)
{
    const std::size_t whole = packet.message_length;
    if (offset == -1)
        return length == 0;
    if (offset < 0 || static_cast<std::size_t>(offset) > whole ||
        length > whole - static_cast<std::size_t>(offset))
        return false;
    field = packet.message + offset;
    return true;
}

// Likewise, and it has to end in the message.
bool place_prefix(nflogcap_packet& packet, Py_ssize_t offset)
{
    const std::uint8_t* text = nullptr;
    if (!place(packet, text, offset, 0))
        return false;
    packet.prefix = reinterpret_cast<const char*>(text);
    return text == nullptr ||
           std::memchr(text, 0,
                       static_cast<std::size_t>(packet.message + packet.message_length - text)) !=
               nullptr;
}

PyObject* names_of(const Packet& packet)
{
    PyObject* const names = PyDict_New();
    for (const std::uint32_t index :
         {packet.view.indev, packet.view.outdev, packet.view.physindev, packet.view.physoutdev}) {
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

// The view and the names that the state tells, which lie in it. False with an exception set.
bool read(PyObject* state, nflogcap_packet& view, PyObject*& names)
{
    const char* message = nullptr;
    Py_ssize_t message_length = 0;
    unsigned long long present = 0;
    unsigned long long timestamp_ns = 0;
    unsigned long long lost_before = 0;
    Py_ssize_t payload = -1;
    Py_ssize_t hw_address = -1;
    Py_ssize_t hw_header = -1;
    Py_ssize_t l2_header = -1;
    Py_ssize_t ct = -1;
    Py_ssize_t prefix = -1;
    if (PyArg_ParseTuple(
            state, "y#(KKK)(IIIIIIIIII)(HBBHHHH)((nI)(nH)(nH)(nH)(nI)n)O!", &message,
            &message_length, &present, &timestamp_ns, &lost_before, &view.wire_length, &view.mark,
            &view.indev, &view.outdev, &view.physindev, &view.physoutdev, &view.uid, &view.gid,
            &view.seq, &view.seq_global, &view.group, &view.family, &view.hook, &view.hw_protocol,
            &view.hw_type, &view.vlan_tci, &view.vlan_protocol, &payload, &view.payload_length,
            &hw_address, &view.hw_address_length, &hw_header, &view.hw_header_length, &l2_header,
            &view.l2_header_length, &ct, &view.ct_length, &prefix, &PyDict_Type, &names) == 0)
        return false;
    view.present = present;
    view.timestamp_ns = timestamp_ns;
    view.lost_before = lost_before;
    view.message = reinterpret_cast<const std::uint8_t*>(message);
    view.message_length = static_cast<std::uint32_t>(message_length);
    if (place(view, view.payload, payload, view.payload_length) &&
        place(view, view.hw_address, hw_address, view.hw_address_length) &&
        place(view, view.hw_header, hw_header, view.hw_header_length) &&
        place(view, view.l2_header, l2_header, view.l2_header_length) &&
        place(view, view.ct, ct, view.ct_length) && place_prefix(view, prefix))
        return true;
    PyErr_SetString(PyExc_ValueError, "this is no pickled packet: a field lies outside of it");
    return false;
}

} // namespace

PyObject* state_of(const Packet& packet)
{
    const nflogcap_packet& view = packet.view;
    PyObject* const names = names_of(packet);
    if (names == nullptr)
        return nullptr;
    return Py_BuildValue(
        "(y#(KKK)(IIIIIIIIII)(HBBHHHH)((nI)(nH)(nH)(nH)(nI)n)N)",
        reinterpret_cast<const char*>(view.message), static_cast<Py_ssize_t>(view.message_length),
        static_cast<unsigned long long>(view.present),
        static_cast<unsigned long long>(view.timestamp_ns),
        static_cast<unsigned long long>(view.lost_before), view.wire_length, view.mark, view.indev,
        view.outdev, view.physindev, view.physoutdev, view.uid, view.gid, view.seq, view.seq_global,
        view.group, view.family, view.hook, view.hw_protocol, view.hw_type, view.vlan_tci,
        view.vlan_protocol, offset_of(view, view.payload), view.payload_length,
        offset_of(view, view.hw_address), view.hw_address_length, offset_of(view, view.hw_header),
        view.hw_header_length, offset_of(view, view.l2_header), view.l2_header_length,
        offset_of(view, view.ct), view.ct_length, offset_of(view, view.prefix), names);
}

Packet* restore(PyObject* state)
{
    nflogcap_packet view{};
    PyObject* names = nullptr;
    if (!read(state, view, names))
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
