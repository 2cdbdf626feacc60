// SPDX-License-Identifier: GPL-2.0-or-later
#include "reading.hpp"

#include "batch_type.hpp"
#include "heap_type.hpp"
#include "packet_type.hpp"
#include "raise.hpp"

#include <array>
#include <cerrno>
#include <waiting.hpp>

namespace binding::python {

namespace {

// The GIL is not taken back in a destructor: at the end of the interpreter, taking it unwinds the
// thread, and a destructor must not do that.
Polled poll(Handle& handle, int fd, const timespec* timeout, Failure& failure)
{
    handle.begin_wait();
    PyThreadState* const state = PyEval_SaveThread();
    const Polled polled = poll_readable(fd, timeout, failure);
    handle.end_wait();
    PyEval_RestoreThread(state);
    if (polled != Polled::look_again)
        return polled;
    // Signal handlers run after each wait, not only after an interrupted one, because rejected
    // packets can end each wait before a signal does.
    return PyErr_CheckSignals() == 0 ? Polled::look_again : Polled::raised;
}

PyObject* object_of(Handle& handle, const nflogcap_packet* packet)
{
    return packet_of(*packet, handle.interfaces());
}

PyObject* object_of(Handle& /*handle*/, Batch* batch)
{
    return wrapped(batch);
}

using Borrowed = const nflogcap_packet*;

// Sets `outcome`, and on failure an exception. Returns the object that arrived, or NULL.
template <typename What, typename Take>
PyObject* await(Handle& handle, double seconds, Outcome& outcome, Take take)
{
    What arrived = nullptr;
    Failure failure;
    outcome = binding::await(
        handle, seconds, failure, [&] { return take(arrived); },
        [&](int fd, const timespec* timeout, Failure& why) {
            return poll(handle, fd, timeout, why);
        });
    if (outcome == Outcome::arrived)
        return object_of(handle, arrived);
    if (outcome == Outcome::failed)
        raise(failure);
    return nullptr;
}

PyObject* end()
{
    PyErr_SetString(PyExc_EOFError, "the capture has ended");
    return nullptr;
}

template <typename What>
PyObject* await(Handle& handle, double seconds)
{
    Outcome outcome{};
    PyObject* const object =
        await<What>(handle, seconds, outcome, [&](What& arrived) { return handle.take(arrived); });
    if (outcome == Outcome::nothing)
        Py_RETURN_NONE;
    return outcome == Outcome::ended ? end() : object;
}

// Returns NULL on failure, and also at the end.
template <typename What>
PyObject* await_in_loop(Handle& handle)
{
    Outcome outcome{};
    return await<What>(handle, -1, outcome,
                       [&](What& arrived) { return of_loop(handle.take(arrived)); });
}

template <typename What>
PyObject* look(Handle& handle)
{
    if (handle.slice().is_over()) {
        handle.slice().end();
        Py_RETURN_TRUE;
    }
    What arrived = nullptr;
    const int got = handle.take(arrived);
    if (got > 0)
        return object_of(handle, arrived);
    handle.slice().end();
    switch (got) {
    case 0:
        Py_RETURN_NONE;
    case -ECANCELED:
        Py_RETURN_FALSE;
    case -ENODATA:
    case -EBADF:
        return end();
    default:
        Failure failure;
        handle.explain(got, failure);
        raise(failure);
        return nullptr;
    }
}

struct Iterator {
    PyObject_HEAD PyObject* owner;
    Handle* handle;
};

PyTypeObject* iterator_type = nullptr; // it lives until the process ends

PyObject* step(PyObject* self)
{
    return await_in_loop<Borrowed>(*reinterpret_cast<Iterator*>(self)->handle);
}

void dealloc(PyObject* self)
{
    Py_DECREF(reinterpret_cast<Iterator*>(self)->owner);
    PyObject_Free(self);
    Py_DECREF(iterator_type);
}

} // namespace

PyObject* next(Handle& handle, double seconds)
{
    return await<Borrowed>(handle, seconds);
}

PyObject* read_batch(Handle& handle, double seconds)
{
    return await<Batch*>(handle, seconds);
}

PyObject* packets(Handle& handle, PyObject* owner)
{
    auto* iterator = PyObject_New(Iterator, iterator_type);
    if (iterator == nullptr)
        return nullptr;
    Py_INCREF(owner);
    iterator->owner = owner;
    iterator->handle = &handle;
    return reinterpret_cast<PyObject*>(iterator);
}

PyObject* next_batch(Handle& handle)
{
    PyObject* const batch = await_in_loop<Batch*>(handle);
    if (batch == nullptr && PyErr_Occurred() == nullptr)
        Py_RETURN_NONE;
    return batch;
}

PyObject* look(Handle& handle)
{
    return look<Borrowed>(handle);
}

PyObject* look_for_batch(Handle& handle)
{
    return look<Batch*>(handle);
}

bool add_iterator_type(PyObject* module)
{
    std::array slots{slot(Py_tp_new, refuse_new), slot(Py_tp_dealloc, dealloc),
                     slot(Py_tp_iter, PyObject_SelfIter), slot(Py_tp_iternext, step),
                     PyType_Slot{}};
    iterator_type = add_type(module, "nflogcap.Packets", sizeof(Iterator), 0, slots.data());
    return iterator_type != nullptr;
}

void close(Handle& handle)
{
    nflogcap* const detached = handle.detach();
    if (detached == nullptr)
        return;
    PyThreadState* const state = PyEval_SaveThread();
    handle.free(detached);
    PyEval_RestoreThread(state);
}

} // namespace binding::python
