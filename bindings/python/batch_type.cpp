// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch_type.hpp"

#include "heap_type.hpp"
#include "lists.hpp"
#include "packet_type.hpp"
#include "raise.hpp"

#include <array>
#include <cstddef>
#include <fields.hpp>

namespace binding::python {

namespace {

struct Object {
    PyObject_HEAD Batch* batch;
};

PyTypeObject* type = nullptr; // it lives as long as the process

Batch& batch_of(PyObject* self)
{
    return *reinterpret_cast<Object*>(self)->batch;
}

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

PyObject* payloads(PyObject* self, PyObject* /*none*/)
{
    return list_of(batch_of(self), [](const Packet& packet) {
        return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(packet.view.payload),
                                         packet.view.payload_length);
    });
}

PyObject* column(PyObject* self, PyObject* name)
{
    Py_ssize_t length = 0;
    const char* const words = PyUnicode_AsUTF8AndSize(name, &length);
    if (words == nullptr)
        return nullptr;
    Failure failure;
    const Field* const field = find_field({words, static_cast<std::size_t>(length)}, failure);
    if (field == nullptr) {
        raise(failure);
        return nullptr;
    }
    return list_of(batch_of(self),
                   [&](Packet& packet) { return convert(packet, *field, Converter()); });
}

Py_ssize_t length_of(PyObject* self)
{
    return static_cast<Py_ssize_t>(batch_of(self).size());
}

PyObject* item_of(PyObject* self, Py_ssize_t index)
{
    if (index < 0 || index >= length_of(self)) {
        PyErr_SetString(PyExc_IndexError, "batch index out of range");
        return nullptr;
    }
    const Packet& packet = batch_of(self).packets()[static_cast<std::size_t>(index)];
    return packet_of(packet.view, *packet.interfaces);
}

// Exports the packets as a read-only buffer.
int fill_buffer(PyObject* self, Py_buffer* buffer, int flags)
{
    const std::span<Packet> packets = batch_of(self).packets();
    return PyBuffer_FillInfo(buffer, self, packets.data(),
                             static_cast<Py_ssize_t>(packets.size_bytes()), 1, flags);
}

void dealloc(PyObject* self)
{
    Batch::release(&batch_of(self));
    PyObject_Free(self);
    Py_DECREF(type);
}

std::array methods{PyMethodDef{"payloads", payloads, METH_NOARGS, nullptr},
                   PyMethodDef{"column", column, METH_O, nullptr}, PyMethodDef{}};

} // namespace

bool add_batch_type(PyObject* module)
{
    std::array slots{slot(Py_tp_new, refuse_new),         slot(Py_tp_dealloc, dealloc),
                     slot(Py_sq_length, length_of),       slot(Py_sq_item, item_of),
                     slot(Py_tp_methods, methods.data()), PyType_Slot{}};
    type = add_type(module, "nflogcap.Batch", sizeof(Object), 0, slots.data());
    if (type == nullptr)
        return false;
    type->tp_as_buffer->bf_getbuffer = fill_buffer;
    return true;
}

PyObject* wrapped(Batch* batch)
{
    auto* object = PyObject_New(Object, type);
    if (object == nullptr)
        Batch::release(batch);
    else
        object->batch = batch;
    return reinterpret_cast<PyObject*>(object);
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

} // namespace binding::python
