// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cstddef>
#include <handle.hpp>
#include <waiting.hpp>

namespace binding::python {

// Packets of one batch of the kernel's, in one allocation: first this, then their views, then their
// messages.
class Batch {
public:
    // NULL without memory.
    static Batch* of(const nflogcap_packet* const* packets, std::size_t size,
                     Interfaces& interfaces) noexcept;
    static void release(Batch* batch) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const nflogcap_packet* views() const noexcept { return views_; }
    [[nodiscard]] Interfaces& interfaces() const noexcept { return *interfaces_; }

private:
    Batch(Interfaces& interfaces, nflogcap_packet* views, std::size_t size) noexcept
        : interfaces_(interfaces.share()), views_(views), size_(size)
    {
    }

    Interfaces* interfaces_;
    nflogcap_packet* views_;
    std::size_t size_;
};

struct BatchArrival {
    Outcome outcome; // raised where it failed
    Batch* batch;
};
BatchArrival await_batch(Handle& handle, double seconds);

// A packet of its own; NULL with an exception set, where the index is none too.
Packet* packet_at(const Batch& batch, std::size_t index);

// A list of bytes; NULL with an exception set.
PyObject* payloads(const Batch& batch);

// What of a packet has a fixed size, for numpy's dtype: {"names", "formats", "offsets",
// "itemsize"}, of the views that the batch's buffer holds.
PyObject* layout();

// The views as a read-only buffer; for the slot bf_getbuffer.
int fill_buffer(PyObject* owner, const Batch& batch, Py_buffer* buffer, int flags);

} // namespace binding::python
