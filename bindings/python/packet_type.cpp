// SPDX-License-Identifier: GPL-2.0-or-later
#include "packet_type.hpp"

#include "documentation.hpp"
#include "heap_type.hpp"
#include "lists.hpp"
#include "numbers.hpp"
#include "packet_text.hpp"
#include "pickling.hpp"
#include "raise.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <datetime.h>
#include <linux/netfilter.h>
#include <string>
#include <vector>

namespace binding::python {

namespace {

// A packet object. The packet's message follows it in the same memory block.
struct Object {
    PyObject_VAR_HEAD PyObject* weak_references;
    Packet packet;
};

PyTypeObject* type = nullptr; // it lives until the process ends

Packet& packet_of(PyObject* self)
{
    return reinterpret_cast<Object*>(self)->packet;
}

// A field, and the members of its enumeration by their values, if the field has an enumeration.
struct Attribute {
    const Field* field;
    PyObject* members;
};

// The attributes. Their addresses never change.
std::vector<Attribute>& attributes()
{
    static std::vector<Attribute> attributes = [] {
        std::vector<Attribute> all;
        for (const Field& field : fields())
            all.push_back({&field, nullptr});
        return all;
    }();
    return attributes;
}

// Returns whether the field is the hook of a packet in a family in which the numbers of HOOK_* mean
// other hooks.
bool is_hook_of_arp_or_netdev(const nflogcap_packet& packet, const Field& field)
{
    return field.source.is_dissected == 0 &&
           field.source.offset == offsetof(nflogcap_packet, hook) &&
           (packet.family == NFPROTO_ARP || packet.family == NFPROTO_NETDEV);
}

PyObject* value_of(PyObject* self, const Attribute& attribute)
{
    Packet& packet = packet_of(self);
    PyObject* const value = convert(packet, *attribute.field, Converter());
    if (attribute.members == nullptr || value == nullptr ||
        is_hook_of_arp_or_netdev(packet.view, *attribute.field))
        return value;
    PyObject* const member = PyObject_GetItem(attribute.members, value);
    Py_DECREF(value);
    return member;
}

PyObject* get_value(PyObject* self, void* attribute)
{
    return value_of(self, *static_cast<const Attribute*>(attribute));
}

// Finds attributes by the address of their interned name, because an ordinary look-up takes longer
// than most conversions. Python uses the interned names in compiled programs.
class AttributesByName {
public:
    // Returns false with an exception set if there is no memory.
    bool fill()
    {
        entries_.resize(
            std::bit_ceil(4 * attributes().size())); // many free entries keep searches short
        for (const Attribute& attribute : attributes()) {
            PyObject* const name = PyUnicode_InternFromString(attribute.field->name.c_str());
            if (name == nullptr)
                return false;
            std::size_t place = place_of(name);
            while (entries_[place].name != nullptr)
                place = after(place);
            entries_[place] = {name, &attribute}; // the reference stays until the process ends
        }
        return true;
    }

    [[nodiscard]] const Attribute* find(const PyObject* name) const noexcept
    {
        std::size_t place = place_of(name);
        while (entries_[place].name != name) {
            if (entries_[place].name == nullptr)
                return nullptr;
            place = after(place);
        }
        return entries_[place].attribute;
    }

private:
    struct Entry {
        PyObject* name;
        const Attribute* attribute;
    };

    [[nodiscard]] std::size_t place_of(const PyObject* name) const noexcept
    {
        constexpr unsigned alignment = 4; // the low bits, which are equal in all addresses
        constexpr unsigned some = 8;
        const auto address = reinterpret_cast<std::uintptr_t>(name) >> alignment;
        return (address ^ (address >> some)) & (entries_.size() - 1);
    }
    [[nodiscard]] std::size_t after(std::size_t place) const noexcept
    {
        return (place + 1) & (entries_.size() - 1);
    }

    std::vector<Entry> entries_;
};

AttributesByName attributes_by_name;

PyObject* get_attribute(PyObject* self, PyObject* name)
{
    if (const Attribute* const attribute = attributes_by_name.find(name))
        return value_of(self, *attribute);
    return PyObject_GenericGetAttr(self, name);
}

PyObject* datetime_of(PyObject* self, void* /*none*/)
{
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    constexpr std::uint64_t ns_per_us = 1000;
    const std::uint64_t ns = packet_of(self).view.timestamp_ns;
    const auto seconds = static_cast<std::time_t>(ns / ns_per_second);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    constexpr int first_year = 1900;
    return PyDateTimeAPI->DateTime_FromDateAndTime(
        utc.tm_year + first_year, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
        static_cast<int>(ns % ns_per_second / ns_per_us), PyDateTime_TimeZone_UTC,
        PyDateTimeAPI->DateTimeType);
}

// Returns the getters. The type refers to them until the process ends.
PyGetSetDef* getters()
{
    static const std::vector<std::string> words = [] {
        std::vector<std::string> all;
        for (const Field& field : fields())
            all.push_back(documentation(field));
        return all;
    }();
    static std::vector<PyGetSetDef> getters = [] {
        std::vector<PyGetSetDef> all;
        for (Attribute& attribute : attributes())
            all.push_back({attribute.field->name.c_str(), get_value, nullptr,
                           words[all.size()].c_str(), &attribute});
        all.push_back({"datetime", datetime_of, nullptr,
                       "When the packet was logged (datetime.datetime in UTC), to the microsecond.",
                       nullptr});
        all.push_back({});
        return all;
    }();
    return getters.data();
}

PyObject* as_dictionary(PyObject* self, PyObject* /*none*/)
{
    PyObject* all = PyDict_New();
    for (const Attribute& attribute : attributes()) {
        if (all == nullptr)
            break;
        PyObject* const item = value_of(self, attribute);
        if (item == nullptr || PyDict_SetItemString(all, attribute.field->name.c_str(), item) < 0)
            Py_CLEAR(all);
        Py_XDECREF(item);
    }
    return all;
}

PyObject* formatted(PyObject* self, int form)
{
    Failure failure;
    const Text text = format(packet_of(self), form, failure);
    if (text.data == nullptr) {
        raise(failure);
        return nullptr;
    }
    PyObject* const words = Converter::text(text.data, std::strlen(text.data));
    std::free(const_cast<char*>(text.data));
    return words;
}

PyObject* to_json(PyObject* self, PyObject* arguments, PyObject* named)
{
    int has_payload = 1;
    std::array names{const_cast<char*>("payload"), static_cast<char*>(nullptr)};
    if (PyArg_ParseTupleAndKeywords(arguments, named, "|$p:to_json", names.data(), &has_payload) ==
        0)
        return nullptr;
    return formatted(self, has_payload != 0 ? NFLOGCAP_JSON : NFLOGCAP_JSON | NFLOGCAP_NO_PAYLOAD);
}

PyObject* line(PyObject* self)
{
    return formatted(self, NFLOGCAP_LINE);
}

PyObject* represent(PyObject* self)
{
    return repr(packet_of(self).view);
}

PyObject* dump_hexadecimal(PyObject* self, PyObject* /*none*/)
{
    return hexdump(packet_of(self).view);
}

PyObject* frame_of(PyObject* self, PyObject* /*none*/)
{
    Failure failure;
    const Bytes bytes = frame(packet_of(self).view, failure);
    if (bytes.data == nullptr) {
        raise(failure);
        return nullptr;
    }
    PyObject* const copied = Converter().bytes(static_cast<const char*>(bytes.data), bytes.length);
    std::free(const_cast<void*>(bytes.data));
    return copied;
}

PyObject* attribute_of(PyObject* self, PyObject* number)
{
    long long of_type = 0;
    if (!to_integer(number, "type", of_type))
        return nullptr;
    Failure failure;
    const Bytes bytes = attribute(packet_of(self).view, of_type, failure);
    if (failure.code != 0) {
        raise(failure);
        return nullptr;
    }
    if (bytes.data == nullptr)
        return Converter().absent();
    return Converter().bytes(static_cast<const char*>(bytes.data), bytes.length);
}

PyObject* get_state(PyObject* self, PyObject* /*none*/)
{
    return state_of(packet_of(self));
}

PyObject* compare(PyObject* one, PyObject* other, int operation)
{
    if ((operation != Py_EQ && operation != Py_NE) || Py_TYPE(one) != Py_TYPE(other))
        Py_RETURN_NOTIMPLEMENTED;
    const bool equal = are_equal(packet_of(one), packet_of(other));
    return PyBool_FromLong(equal == (operation == Py_EQ) ? 1 : 0);
}

Py_hash_t hash(PyObject* self)
{
    const auto value = static_cast<Py_hash_t>(hash_of(packet_of(self)));
    return value == -1 ? -2 : value; // -1 would mean an error
}

void dealloc(PyObject* self)
{
    if (reinterpret_cast<Object*>(self)->weak_references != nullptr)
        PyObject_ClearWeakRefs(self);
    packet_of(self).interfaces->release();
    PyObject_Free(self);
    Py_DECREF(type);
}

constexpr const char* words =
    "A packet as the kernel logged it.\n\n"
    "It owns its bytes and outlives its capture. Fields that the kernel did not send,\n"
    "and those that the packet's headers do not contain, have the value None. Interfaces are\n"
    "indexes in the capture's network namespace. str() is one line for people. Two packets\n"
    "are equal if all their fields are equal, except the names of interfaces.";

std::array methods{
    PyMethodDef{"asdict", as_dictionary, METH_NOARGS,
                "asdict() -> dict\n\nReturns all fields by name."},
    PyMethodDef{
        "to_json", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(to_json)),
        METH_VARARGS | METH_KEYWORDS,
        "to_json(*, payload=True) -> str\n\nReturns one JSON object on one line, with the fields "
        "that the packet has,\nas nflogcap(1) describes it. The payload is left out if payload is "
        "false."},
    PyMethodDef{"hexdump", dump_hexadecimal, METH_NOARGS,
                "hexdump() -> str\n\nReturns the payload as lines of 16 bytes, in hexadecimal and "
                "as ASCII."},
    PyMethodDef{
        "frame", frame_of, METH_NOARGS,
        "frame() -> bytes\n\nReturns the frame: link-layer header, VLAN tag and payload, as far as "
        "the kernel sent\nthem."},
    PyMethodDef{
        "attribute", attribute_of, METH_O,
        "attribute(type) -> bytes or None\n\nReturns the raw bytes of an attribute of the kernel's "
        "message by its NFULA_* number, 0\nto 65535. ValueError for another number."},
    PyMethodDef{"__getstate__", get_state, METH_NOARGS, "The state of a pickled packet."},
    PyMethodDef{},
};

} // namespace

PyObject* Converter::text(const char* data, std::size_t length)
{
    // Keeps the object of the last prefix, because most packets have the same prefix as the packet
    // before them.
    static PyObject* last = nullptr;
    const auto size = static_cast<Py_ssize_t>(length);
    if (last != nullptr && PyUnicode_GET_LENGTH(last) == size &&
        std::memcmp(PyUnicode_1BYTE_DATA(last), data, length) == 0) {
        Py_INCREF(last);
        return last;
    }
    PyObject* const made = PyUnicode_DecodeUTF8(data, size, "surrogateescape");
    if (made != nullptr && PyUnicode_IS_ASCII(made)) {
        Py_INCREF(made);
        Py_XSETREF(last, made);
    }
    return made;
}

PyObject* Converter::list(const List& values) const
{
    PyObject* list = PyList_New(0);
    for (std::size_t i = 0; list != nullptr && i < values.length; ++i) {
        if (!append(list, integer(values[i])))
            Py_CLEAR(list);
    }
    return list;
}

bool add_packet_type(PyObject* module)
{
    PyDateTime_IMPORT;
    if (PyDateTimeAPI == nullptr)
        return false;
    std::array slots{slot(Py_tp_doc, words),
                     slot(Py_tp_new, refuse_new),
                     slot(Py_tp_dealloc, dealloc),
                     slot(Py_tp_getattro, get_attribute),
                     slot(Py_tp_getset, getters()),
                     slot(Py_tp_methods, methods.data()),
                     slot(Py_tp_str, line),
                     slot(Py_tp_repr, represent),
                     slot(Py_tp_richcompare, compare),
                     slot(Py_tp_hash, hash),
                     PyType_Slot{}};
    type = add_type(module, "nflogcap.Packet", sizeof(Object), 1, slots.data());
    if (type == nullptr || !attributes_by_name.fill())
        return false;
    type->tp_weaklistoffset = offsetof(Object, weak_references);
    return true;
}

PyObject* set_enumerations(PyObject* members_of_fields)
{
    for (Attribute& attribute : attributes()) {
        PyObject* const members =
            PyDict_GetItemString(members_of_fields, attribute.field->name.c_str());
        if (members != nullptr) {
            Py_INCREF(members);
            Py_XSETREF(attribute.members, members);
        }
    }
    Py_RETURN_NONE;
}

PyObject* packet_of(const nflogcap_packet& packet, Interfaces& interfaces)
{
    auto* object = PyObject_NewVar(Object, type, static_cast<Py_ssize_t>(packet.message_length));
    if (object == nullptr)
        return nullptr;
    object->weak_references = nullptr;
    copy_into(&object->packet, packet, packet.message, *interfaces.share());
    return reinterpret_cast<PyObject*>(object);
}

PyObject* taken_over(Packet* packet)
{
    if (packet == nullptr)
        return nullptr;
    PyObject* const object = packet_of(packet->view, *packet->interfaces);
    release(packet);
    return object;
}

Packet* packet_in(PyObject* object, const char* name)
{
    if (Py_TYPE(object) == type)
        return &packet_of(object);
    PyErr_Format(PyExc_TypeError, "%s must be a Packet, not '%.200s'", name,
                 Py_TYPE(object)->tp_name);
    return nullptr;
}

} // namespace binding::python
