// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch_type.hpp"

#include "lists.hpp"
#include "packet_type.hpp"

#include <fields.hpp>

namespace binding::python {

namespace {

template <typename Value>
PyObject* list_of(Batch& batch, Value value)
{
    PyObject* list = PyList_New(static_cast<Py_ssize_t>(batch.size()));
    Py_ssize_t next = 0;
    for (Packet& packet : batch.packets()) {
        if (list == nullptr)
            break;
        PyObject* const item = value(packet);
        if (item == nullptr)
            Py_CLEAR(list);
        else
            PyList_SET_ITEM(list, next++, item);
    }
    return list;
}

} // namespace

Packet* packet_at(Batch& batch, std::size_t index)
{
    if (index >= batch.size()) {
        PyErr_SetString(PyExc_IndexError, "the batch has no such packet");
        return nullptr;
    }
    const Packet& packet = batch.packets()[index];
    Packet* copied = copy(packet.view, *packet.interfaces);
    if (copied == nullptr)
        PyErr_NoMemory();
    return copied;
}

PyObject* payloads(Batch& batch)
{
    return list_of(batch, [](const Packet& packet) {
        return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(packet.view.payload),
                                         packet.view.payload_length);
    });
}

PyObject* column(Batch& batch, Bytes name, Failure& failure)
{
    const Field* const field = find_field(name, failure);
    if (field == nullptr)
        return nullptr;
    return list_of(batch, [&](Packet& packet) { return convert(packet, *field, Converter()); });
}

PyObject* layout()
{
    PyObject* const names = PyList_New(0);
    PyObject* const formats = PyList_New(0);
    PyObject* const offsets = PyList_New(0);
    PyObject* const described =
        Py_BuildValue("{s:N,s:N,s:N,s:n}", "names", names, "formats", formats, "offsets", offsets,
                      "itemsize", static_cast<Py_ssize_t>(sizeof(Packet)));
    if (described == nullptr)
        return nullptr;
    for (const Field& field : fields()) {
        if (field.form != Field::Form::integer || field.source.is_dissected != 0)
            continue;
        if (!append(names, PyUnicode_FromString(field.name.c_str())) ||
            !append(formats, PyUnicode_FromFormat("u%u", field.source.size)) ||
            !append(offsets, PyLong_FromSize_t(offsetof(Packet, view) + field.source.offset))) {
            Py_DECREF(described);
            return nullptr;
        }
    }
    return described;
}

int fill_buffer(PyObject* owner, Batch& batch, Py_buffer* buffer, int flags)
{
    return PyBuffer_FillInfo(buffer, owner, batch.packets().data(),
                             static_cast<Py_ssize_t>(batch.packets().size_bytes()), 1, flags);
}

} // namespace binding::python
