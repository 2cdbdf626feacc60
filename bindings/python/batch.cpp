// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch.hpp"

#include "lists.hpp"
#include "raise.hpp"
#include "without_gil.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fields.hpp>
#include <new>

namespace binding::python {

namespace {

constexpr std::size_t max_batch = 256; // packets that nflogcap_next_batch() returns at most

} // namespace

Batch* Batch::of(const nflogcap_packet* const* packets, std::size_t size,
                 Interfaces& interfaces) noexcept
{
    static_assert(sizeof(Batch) % alignof(nflogcap_packet) == 0);
    std::size_t bytes = sizeof(Batch) + size * sizeof(nflogcap_packet);
    for (std::size_t i = 0; i < size; ++i)
        bytes += packets[i]->message_length;
    auto* memory = static_cast<std::uint8_t*>(std::malloc(bytes));
    if (memory == nullptr)
        return nullptr;
    auto* views = reinterpret_cast<nflogcap_packet*>(memory + sizeof(Batch));
    std::uint8_t* message = memory + sizeof(Batch) + size * sizeof(nflogcap_packet);
    for (std::size_t i = 0; i < size; ++i) {
        std::memcpy(message, packets[i]->message, packets[i]->message_length);
        rebase(*new (&views[i]) nflogcap_packet, *packets[i], message);
        message += packets[i]->message_length;
    }
    return new (memory) Batch(interfaces, views, size);
}

void Batch::release(Batch* batch) noexcept
{
    batch->interfaces_->release();
    std::free(batch);
}

BatchArrival await_batch(Handle& handle, double seconds)
{
    std::array<const nflogcap_packet*, max_batch> packets;
    int got = 0;
    Failure failure;
    const Outcome outcome = await(
        handle, seconds, failure, [&] { return got = handle.take(packets.data(), packets.size()); },
        [&](int fd, const timespec* timeout, Failure& why) {
            return poll(handle, fd, timeout, why);
        });
    if (outcome == Outcome::failed) {
        raise(failure);
        return {Outcome::raised, nullptr};
    }
    if (outcome != Outcome::arrived)
        return {outcome, nullptr};
    Batch* batch = Batch::of(packets.data(), static_cast<std::size_t>(got), handle.interfaces());
    if (batch == nullptr) {
        PyErr_NoMemory();
        return {Outcome::raised, nullptr};
    }
    return {outcome, batch};
}

Packet* packet_at(const Batch& batch, std::size_t index)
{
    if (index >= batch.size()) {
        PyErr_SetString(PyExc_IndexError, "the batch has no such packet");
        return nullptr;
    }
    Packet* packet = copy(batch.views()[index], batch.interfaces());
    if (packet == nullptr)
        PyErr_NoMemory();
    return packet;
}

PyObject* payloads(const Batch& batch)
{
    PyObject* list = PyList_New(0);
    for (std::size_t i = 0; list != nullptr && i < batch.size(); ++i) {
        const nflogcap_packet& packet = batch.views()[i];
        if (!append(list, PyBytes_FromStringAndSize(reinterpret_cast<const char*>(packet.payload),
                                                    packet.payload_length)))
            Py_CLEAR(list);
    }
    return list;
}

PyObject* layout()
{
    PyObject* const names = PyList_New(0);
    PyObject* const formats = PyList_New(0);
    PyObject* const offsets = PyList_New(0);
    PyObject* const described =
        Py_BuildValue("{s:N,s:N,s:N,s:n}", "names", names, "formats", formats, "offsets", offsets,
                      "itemsize", static_cast<Py_ssize_t>(sizeof(nflogcap_packet)));
    if (described == nullptr)
        return nullptr;
    for (const Field& field : fields()) {
        if (field.form != Field::Form::integer || field.source.is_dissected != 0)
            continue;
        if (!append(names, PyUnicode_FromString(field.name.c_str())) ||
            !append(formats, PyUnicode_FromFormat("u%u", field.source.size)) ||
            !append(offsets, PyLong_FromUnsignedLong(field.source.offset))) {
            Py_DECREF(described);
            return nullptr;
        }
    }
    return described;
}

int fill_buffer(PyObject* owner, const Batch& batch, Py_buffer* buffer, int flags)
{
    // The API has no const pointer for what is read-only.
    auto* views = const_cast<nflogcap_packet*>(batch.views());
    return PyBuffer_FillInfo(buffer, owner, views,
                             static_cast<Py_ssize_t>(batch.size() * sizeof *views), 1, flags);
}

} // namespace binding::python
