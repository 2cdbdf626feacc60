// SPDX-License-Identifier: GPL-2.0-or-later
#include "batch.hpp"

#include "raise.hpp"
#include "without_gil.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

namespace binding::python {

namespace {

constexpr std::size_t most = 256; // that nflogcap_next_batch() gives

struct Field {
    const char* name;
    std::size_t offset;
    std::size_t size; // of an unsigned integer
};

#define FIELD(name)                                                                                \
    Field                                                                                          \
    {                                                                                              \
#name, offsetof(nflogcap_packet, name), sizeof(nflogcap_packet::name)                      \
    }
constexpr std::array fields = {
    FIELD(present),     FIELD(payload_length),
    FIELD(wire_length), FIELD(timestamp_ns),
    FIELD(lost_before), FIELD(group),
    FIELD(family),      FIELD(hook),
    FIELD(hw_protocol), FIELD(hw_type),
    FIELD(mark),        FIELD(indev),
    FIELD(outdev),      FIELD(physindev),
    FIELD(physoutdev),  FIELD(uid),
    FIELD(gid),         FIELD(seq),
    FIELD(seq_global),  FIELD(ct_info),
    FIELD(vlan_tci),    FIELD(vlan_protocol),
};
#undef FIELD

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
        new (&views[i]) nflogcap_packet(rebased(*packets[i], message));
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
    std::array<const nflogcap_packet*, most> packets;
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
    PyObject* const list = PyList_New(static_cast<Py_ssize_t>(batch.size()));
    if (list == nullptr)
        return nullptr;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const Bytes bytes = payload(batch.views()[i]);
        PyObject* const item = PyBytes_FromStringAndSize(static_cast<const char*>(bytes.data),
                                                         static_cast<Py_ssize_t>(bytes.length));
        if (item == nullptr) {
            Py_DECREF(list);
            return nullptr;
        }
        PyList_SET_ITEM(list, static_cast<Py_ssize_t>(i), item);
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
    const auto append = [](PyObject* list, PyObject* item) {
        const bool appended = item != nullptr && PyList_Append(list, item) == 0;
        Py_XDECREF(item);
        return appended;
    };
    for (const Field& field : fields) {
        if (!append(names, PyUnicode_FromString(field.name)) ||
            !append(formats, PyUnicode_FromFormat("u%zu", field.size)) ||
            !append(offsets, PyLong_FromSize_t(field.offset))) {
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
