// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_type.hpp"

#include <cstring>

namespace binding::python {

PyObject* repr(const nflogcap_packet& packet)
{
    const unsigned group = packet.group;
    if (packet.prefix == nullptr)
        return PyUnicode_FromFormat("<nflogcap.Packet: group %u, %u of %u bytes>", group,
                                    packet.payload_length, packet.wire_length);
    PyObject* const prefix = PyUnicode_DecodeUTF8(
        packet.prefix, static_cast<Py_ssize_t>(std::strlen(packet.prefix)), "surrogateescape");
    if (prefix == nullptr)
        return nullptr;
    PyObject* const text =
        PyUnicode_FromFormat("<nflogcap.Packet: group %u, prefix %R, %u of %u bytes>", group,
                             prefix, packet.payload_length, packet.wire_length);
    Py_DECREF(prefix);
    return text;
}

PyObject* refuse_new(PyTypeObject* type, PyObject* /*arguments*/, PyObject* /*keywords*/)
{
    return PyErr_Format(PyExc_TypeError, "a '%.200s' comes only from a capture", type->tp_name);
}

} // namespace binding::python
