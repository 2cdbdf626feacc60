// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_type.hpp"

#include "lists.hpp"

#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace binding::python {

namespace {

const char* type_of(const Field& field)
{
    switch (field.form) {
    case Field::Form::integer:
        return "int";
    case Field::Form::seconds:
        return "float";
    case Field::Form::bytes:
    case Field::Form::payload:
        return "bytes";
    case Field::Form::list:
        return "list of int";
    default:
        return "str";
    }
}

std::string documentation(const Field& field)
{
    std::string words = field.description;
    words.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.front())));
    return words + " (" + type_of(field) + (field.is_optional() ? " or None" : "") +
           (field.unit.empty() ? "" : ", ") + field.unit + ").";
}

} // namespace

PyObject* Converter::list(const List& values) const
{
    PyObject* list = PyList_New(0);
    for (std::size_t i = 0; list != nullptr && i < values.length; ++i) {
        if (!append(list, integer(values[i])))
            Py_CLEAR(list);
    }
    return list;
}

bool add_fields(PyTypeObject* type, getter get)
{
    // The type refers to them for as long as the process lives.
    static const std::vector<std::string> words = [] {
        std::vector<std::string> all;
        for (const Field& field : fields())
            all.push_back(documentation(field));
        return all;
    }();
    static std::vector<PyGetSetDef> attributes = [get] {
        std::vector<PyGetSetDef> all;
        for (const Field& field : fields())
            all.push_back({field.name.c_str(), get, nullptr, words[all.size()].c_str(),
                           const_cast<Field*>(&field)});
        return all;
    }();
    for (PyGetSetDef& attribute : attributes) {
        PyObject* const descriptor = PyDescr_NewGetSet(type, &attribute);
        const bool added = descriptor != nullptr &&
                           PyDict_SetItemString(type->tp_dict, attribute.name, descriptor) == 0;
        Py_XDECREF(descriptor);
        if (!added)
            return false;
    }
    PyType_Modified(type);
    return true;
}

PyObject* asdict(Packet& packet)
{
    PyObject* all = PyDict_New();
    for (const Field& field : fields()) {
        if (all == nullptr)
            break;
        PyObject* const item = convert(packet, field, Converter());
        if (item == nullptr || PyDict_SetItemString(all, field.name.c_str(), item) < 0)
            Py_CLEAR(all);
        Py_XDECREF(item);
    }
    return all;
}

bool add_constants(PyObject* module)
{
    PyObject* const names = PyList_New(0);
    bool added = names != nullptr;
    for (const Constant& constant : binding::constants()) {
        PyObject* const value = PyLong_FromUnsignedLongLong(constant.value);
        added = added && value != nullptr &&
                PyObject_SetAttrString(module, constant.name.c_str(), value) == 0 &&
                append(names, PyUnicode_FromString(constant.name.c_str()));
        Py_XDECREF(value);
    }
    added = added && PyObject_SetAttrString(module, "constants", names) == 0;
    Py_XDECREF(names);
    return added;
}

PyObject* converted(const nflogcap_stats& stats)
{
    PyObject* list = PyList_New(0);
    for (std::size_t i = 0; const nflogcap_counter* counter = nflogcap_counter_at(i); ++i) {
        if (list != nullptr &&
            !append(list, PyLong_FromUnsignedLongLong(value_of(stats, *counter))))
            Py_CLEAR(list);
    }
    return list;
}

PyObject* repr(const nflogcap_packet& packet)
{
    const unsigned group = packet.group;
    const char* more = (packet.present & NFLOGCAP_HAS_WIRE_LENGTH) != 0 ? "" : " or more";
    if (packet.prefix == nullptr)
        return PyUnicode_FromFormat("<nflogcap.Packet: group %u, %u of %u%s bytes>", group,
                                    packet.payload_length, packet.wire_length, more);
    PyObject* const prefix = PyUnicode_DecodeUTF8(
        packet.prefix, static_cast<Py_ssize_t>(std::strlen(packet.prefix)), "surrogateescape");
    if (prefix == nullptr)
        return nullptr;
    PyObject* const text =
        PyUnicode_FromFormat("<nflogcap.Packet: group %u, prefix %R, %u of %u%s bytes>", group,
                             prefix, packet.payload_length, packet.wire_length, more);
    Py_DECREF(prefix);
    return text;
}

PyObject* hexdump(const nflogcap_packet& packet)
{
    constexpr std::size_t row = 16;
    constexpr std::size_t bytes_at = 6;                      // behind "0000  "
    constexpr std::size_t ascii_at = bytes_at + 3 * row + 2; // "45 " sixteen times
    const std::size_t length = packet.payload == nullptr ? 0 : packet.payload_length;
    try {
        std::string text;
        text.reserve((length / row + 1) * (ascii_at + row + 1));
        for (std::size_t start = 0; start < length; start += row) {
            std::array<char, ascii_at + row> line;
            line.fill(' ');
            // snprintf's NUL is overwritten by what follows
            std::snprintf(line.data(), line.size(), "%04zx", start);
            line[4] = ' ';
            std::size_t end = ascii_at;
            for (std::size_t i = 0; i < row && start + i < length; ++i) {
                const std::uint8_t byte = packet.payload[start + i];
                constexpr std::string_view digits = "0123456789abcdef";
                line[bytes_at + 3 * i] = digits[byte >> 4];
                line[bytes_at + 3 * i + 1] = digits[byte % digits.size()];
                line[end++] = byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : '.';
            }
            text.append(line.data(), end) += '\n';
        }
        return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
    } catch (const std::bad_alloc&) {
        return PyErr_NoMemory();
    }
}

PyObject* refuse_new(PyTypeObject* type, PyObject* /*arguments*/, PyObject* /*keywords*/)
{
    return PyErr_Format(PyExc_TypeError, "a '%.200s' comes only from a capture", type->tp_name);
}

} // namespace binding::python
