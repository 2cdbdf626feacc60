// SPDX-License-Identifier: GPL-2.0-or-later
#include "async_packets.hpp"

#include "heap_type.hpp"
#include "packet_type.hpp"

#include <array>

namespace binding::python {

namespace {

struct Packets {
    PyObject_HEAD PyObject* owner;
    PyObject* arrival;
    Handle* handle;
};

// What __anext__() returns. It takes a packet when it is awaited, and not before: one that is
// thrown away without that loses nothing.
struct Step {
    PyObject_HEAD PyObject* packets; // NULL: it was awaited to its end
    PyObject* coroutine;             // NULL: nothing has been waited for
};

// Both live as long as the process.
PyTypeObject* packets_type = nullptr;
PyTypeObject* step_type = nullptr;

Packets& packets_in(PyObject* object)
{
    return *reinterpret_cast<Packets*>(object);
}

Step& step_in(PyObject* object)
{
    return *reinterpret_cast<Step*>(object);
}

// The packet at hand: a new reference. NULL if none is, if other tasks have to run first, or with
// an exception set.
PyObject* packet_at_hand(Packets& packets)
{
    Handle& handle = *packets.handle;
    const nflogcap_packet* packet = nullptr;
    if (handle.slice().is_over() || handle.take(packet) <= 0)
        return nullptr;
    return packet_of(*packet, handle.interfaces());
}

// The packet at hand, with which the step is done. NULL if there is none, with the coroutine to go
// on with, or with an exception set.
PyObject* begin(Step& step)
{
    if (step.packets == nullptr)
        return PyErr_Format(PyExc_RuntimeError, "this step was awaited already");
    if (step.coroutine != nullptr)
        return nullptr;
    Packets& packets = packets_in(step.packets);
    PyObject* const packet = packet_at_hand(packets);
    if (packet != nullptr)
        Py_CLEAR(step.packets);
    else if (PyErr_Occurred() == nullptr)
        step.coroutine = PyObject_CallObject(packets.arrival, nullptr);
    return packet;
}

// Goes on until the coroutine waits or, by an exception, returns.
PyObject* send_method(PyObject* self, PyObject* argument)
{
    Step& step = step_in(self);
    PyObject* result = nullptr;
    if (PyObject* const packet = begin(step)) {
        PyObject* const stop = PyObject_CallFunctionObjArgs(PyExc_StopIteration, packet, nullptr);
        Py_DECREF(packet);
        if (stop != nullptr)
            PyErr_SetObject(PyExc_StopIteration, stop);
        Py_XDECREF(stop);
    } else if (PyErr_Occurred() == nullptr) {
        result = PyObject_CallMethod(step.coroutine, "send", "O", argument);
    }
    if (result == nullptr)
        Py_CLEAR(step.packets);
    return result;
}

#if PY_VERSION_HEX >= 0x030A0000
// The same for the interpreter itself, without the exception.
PySendResult send(PyObject* self, PyObject* argument, PyObject** result)
{
    Step& step = step_in(self);
    *result = begin(step);
    if (*result != nullptr)
        return PYGEN_RETURN;
    const PySendResult outcome =
        PyErr_Occurred() == nullptr ? PyIter_Send(step.coroutine, argument, result) : PYGEN_ERROR;
    if (outcome != PYGEN_NEXT)
        Py_CLEAR(step.packets);
    return outcome;
}
#endif

PyObject* advance(PyObject* self)
{
    return send_method(self, Py_None);
}

// An exception of the one who awaits, such as a cancellation.
PyObject* throw_method(PyObject* self, PyObject* arguments)
{
    Step& step = step_in(self);
    if (step.coroutine != nullptr && step.packets != nullptr) {
        PyObject* const method = PyObject_GetAttrString(step.coroutine, "throw");
        PyObject* const result =
            method == nullptr ? nullptr : PyObject_CallObject(method, arguments);
        Py_XDECREF(method);
        if (result == nullptr)
            Py_CLEAR(step.packets);
        return result;
    }
    Py_CLEAR(step.packets);
    PyObject* type = nullptr;
    PyObject* value = nullptr;
    PyObject* trace = nullptr;
    if (PyArg_UnpackTuple(arguments, "throw", 1, 3, &type, &value, &trace) == 0)
        return nullptr;
    if (PyExceptionInstance_Check(type))
        PyErr_SetObject(PyExceptionInstance_Class(type), type);
    else
        PyErr_SetObject(type, value);
    return nullptr;
}

PyObject* close_method(PyObject* self, PyObject* /*none*/)
{
    Step& step = step_in(self);
    Py_CLEAR(step.packets);
    if (step.coroutine == nullptr)
        Py_RETURN_NONE;
    return PyObject_CallMethod(step.coroutine, "close", nullptr);
}

void dealloc_step(PyObject* self)
{
    Py_XDECREF(step_in(self).packets);
    Py_XDECREF(step_in(self).coroutine);
    PyObject_Free(self);
    Py_DECREF(step_type);
}

PyObject* next_step(PyObject* self)
{
    auto* const step = PyObject_New(Step, step_type);
    if (step == nullptr)
        return nullptr;
    Py_INCREF(self);
    step->packets = self;
    step->coroutine = nullptr;
    return reinterpret_cast<PyObject*>(step);
}

void dealloc_packets(PyObject* self)
{
    Py_DECREF(packets_in(self).owner);
    Py_DECREF(packets_in(self).arrival);
    PyObject_Free(self);
    Py_DECREF(packets_type);
}

std::array methods_of_steps{
    PyMethodDef{"send", send_method, METH_O, "As of a coroutine."},
    PyMethodDef{"throw", throw_method, METH_VARARGS, "As of a coroutine."},
    PyMethodDef{"close", close_method, METH_NOARGS, "As of a coroutine."},
    PyMethodDef{},
};

} // namespace

PyObject* async_packets(Handle& handle, PyObject* owner, PyObject* arrival)
{
    auto* const packets = PyObject_New(Packets, packets_type);
    if (packets == nullptr)
        return nullptr;
    Py_INCREF(owner);
    Py_INCREF(arrival);
    packets->owner = owner;
    packets->arrival = arrival;
    packets->handle = &handle;
    return reinterpret_cast<PyObject*>(packets);
}

bool add_async_types(PyObject* module)
{
    std::array slots_of_packets{slot(Py_tp_new, refuse_new), slot(Py_tp_dealloc, dealloc_packets),
                                slot(Py_am_aiter, PyObject_SelfIter), slot(Py_am_anext, next_step),
                                PyType_Slot{}};
    std::array slots_of_steps
    {
        slot(Py_tp_new, refuse_new), slot(Py_tp_dealloc, dealloc_step),
            slot(Py_tp_iter, PyObject_SelfIter), slot(Py_tp_iternext, advance),
            slot(Py_am_await, PyObject_SelfIter),
#if PY_VERSION_HEX >= 0x030A0000
            slot(Py_am_send, send),
#endif
            slot(Py_tp_methods, methods_of_steps.data()), PyType_Slot
        {
        }
    };
    packets_type =
        add_type(module, "nflogcap.AsyncPackets", sizeof(Packets), 0, slots_of_packets.data());
    step_type = add_type(module, "nflogcap.AsyncStep", sizeof(Step), 0, slots_of_steps.data());
    return packets_type != nullptr && step_type != nullptr;
}

} // namespace binding::python
