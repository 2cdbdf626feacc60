// SPDX-License-Identifier: GPL-2.0-or-later
#include "async_packets.hpp"

#include "heap_type.hpp"
#include "packet_type.hpp"
#include "reading.hpp"

#include <array>

namespace binding::python {

namespace {

struct Packets {
    PyObject_HEAD PyObject* owner; // the object that has the handle
    PyObject* wait_for_next;
    Handle* handle;
};

// The awaitable that __anext__() returns. It takes a packet only when it is awaited. Discarding it
// before that loses no packet.
struct Step {
    PyObject_HEAD PyObject* packets; // NULL: the step was awaited to its end
    PyObject* coroutine;             // NULL: the step does not wait
};

// Both types live as long as the process.
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

PyObject* end_of_loop()
{
    PyErr_SetNone(PyExc_StopAsyncIteration);
    return nullptr;
}

// Returns a packet that is already available, as a new reference. NULL without an exception means
// that the coroutine must wait for a packet, or let other tasks run first. At the end it returns
// NULL with StopAsyncIteration.
PyObject* packet_at_hand(Handle& handle)
{
    if (handle.slice().is_over())
        return nullptr;
    PyObject* const found = look(handle);
    if (found == nullptr) {
        if (PyErr_ExceptionMatches(PyExc_EOFError) == 0)
            return nullptr;
        PyErr_Clear();
        return end_of_loop();
    }
    if (found != Py_None && found != Py_False && found != Py_True)
        return found;
    const bool is_woken = found == Py_False;
    Py_DECREF(found);
    return is_woken ? end_of_loop() : nullptr;
}

PyObject* refuse_second_await(const char* words)
{
    PyErr_SetString(PyExc_RuntimeError, words);
    return nullptr;
}

// Returns a packet that is already available; then the step is done. NULL without an exception
// means that the step continues with its coroutine.
PyObject* begin(Step& step)
{
    if (step.packets == nullptr)
        return refuse_second_await("this step was awaited already");
    if (step.coroutine != nullptr)
        return nullptr;
    Packets& packets = packets_in(step.packets);
    PyObject* const packet = packet_at_hand(*packets.handle);
    if (packet != nullptr)
        Py_CLEAR(step.packets);
    else if (PyErr_Occurred() == nullptr)
        step.coroutine = PyObject_CallObject(packets.wait_for_next, nullptr);
    return packet;
}

PyObject* await(PyObject* self)
{
    if (step_in(self).packets == nullptr)
        return refuse_second_await("this step was awaited already");
    if (step_in(self).coroutine != nullptr)
        return refuse_second_await("this step is being awaited already");
    Py_INCREF(self);
    return self;
}

// Continues until the coroutine waits or returns. A result is returned as the value of an
// exception.
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
// Like send_method(), for the interpreter, which takes a result without an exception.
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

// Raises the exception that was passed to throw(), as generators do.
PyObject* raise_thrown(PyObject* arguments)
{
    PyObject* type = nullptr;
    PyObject* value = nullptr;
    PyObject* trace = nullptr;
    if (PyArg_UnpackTuple(arguments, "throw", 1, 3, &type, &value, &trace) == 0)
        return nullptr;
    if (PyExceptionInstance_Check(type)) {
        if (value != nullptr && value != Py_None)
            return PyErr_Format(PyExc_TypeError,
                                "an exception that is an instance has no other value");
        value = type;
        type = PyExceptionInstance_Class(value);
    } else if (!PyExceptionClass_Check(type)) {
        return PyErr_Format(PyExc_TypeError, "throw() takes an exception, not '%.200s'",
                            Py_TYPE(type)->tp_name);
    }
    if (trace != nullptr && !PyTraceBack_Check(trace))
        trace = nullptr;
    Py_INCREF(type);
    Py_XINCREF(value);
    Py_XINCREF(trace);
    PyErr_Restore(type, value, trace);
    return nullptr;
}

PyObject* throw_method(PyObject* self, PyObject* arguments)
{
    Step& step = step_in(self);
    if (step.coroutine == nullptr || step.packets == nullptr) {
        Py_CLEAR(step.packets);
        return raise_thrown(arguments);
    }
    PyObject* const method = PyObject_GetAttrString(step.coroutine, "throw");
    PyObject* const result = method == nullptr ? nullptr : PyObject_CallObject(method, arguments);
    Py_XDECREF(method);
    if (result == nullptr)
        Py_CLEAR(step.packets);
    return result;
}

PyObject* close_method(PyObject* self, PyObject* /*none*/)
{
    Step& step = step_in(self);
    Py_CLEAR(step.packets);
    if (step.coroutine == nullptr)
        Py_RETURN_NONE;
    return PyObject_CallMethod(step.coroutine, "close", nullptr);
}

// The garbage collector needs this: if an event loop is closed while a task waits, its objects
// remain in a cycle that contains these objects.
int visit_step(PyObject* self, visitproc visit, void* arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(step_in(self).packets);
    Py_VISIT(step_in(self).coroutine);
    return 0;
}

int clear_step(PyObject* self)
{
    Py_CLEAR(step_in(self).packets);
    Py_CLEAR(step_in(self).coroutine);
    return 0;
}

void dealloc_step(PyObject* self)
{
    PyObject_GC_UnTrack(self);
    clear_step(self);
    PyObject_GC_Del(self);
    Py_DECREF(step_type);
}

PyObject* next_step(PyObject* self)
{
    auto* const step = PyObject_GC_New(Step, step_type);
    if (step == nullptr)
        return nullptr;
    Py_INCREF(self);
    step->packets = self;
    step->coroutine = nullptr;
    auto* const object = reinterpret_cast<PyObject*>(step);
    PyObject_GC_Track(object);
    return object;
}

int visit_packets(PyObject* self, visitproc visit, void* arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(packets_in(self).owner);
    Py_VISIT(packets_in(self).wait_for_next);
    return 0;
}

// Does not clear the owner, because the owner owns the handle.
int clear_packets(PyObject* self)
{
    Py_CLEAR(packets_in(self).wait_for_next);
    return 0;
}

void dealloc_packets(PyObject* self)
{
    PyObject_GC_UnTrack(self);
    clear_packets(self);
    Py_DECREF(packets_in(self).owner);
    PyObject_GC_Del(self);
    Py_DECREF(packets_type);
}

std::array methods_of_steps{
    PyMethodDef{"send", send_method, METH_O, "As of a coroutine."},
    PyMethodDef{"throw", throw_method, METH_VARARGS, "As of a coroutine."},
    PyMethodDef{"close", close_method, METH_NOARGS, "As of a coroutine."},
    PyMethodDef{},
};

} // namespace

PyObject* async_packets(Handle& handle, PyObject* owner, PyObject* wait_for_next)
{
    auto* const packets = PyObject_GC_New(Packets, packets_type);
    if (packets == nullptr)
        return nullptr;
    Py_INCREF(owner);
    Py_INCREF(wait_for_next);
    packets->owner = owner;
    packets->wait_for_next = wait_for_next;
    packets->handle = &handle;
    auto* const object = reinterpret_cast<PyObject*>(packets);
    PyObject_GC_Track(object);
    return object;
}

bool add_async_types(PyObject* module)
{
    std::array slots_of_packets{slot(Py_tp_new, refuse_new),
                                slot(Py_tp_dealloc, dealloc_packets),
                                slot(Py_tp_traverse, visit_packets),
                                slot(Py_tp_clear, clear_packets),
                                slot(Py_am_aiter, PyObject_SelfIter),
                                slot(Py_am_anext, next_step),
                                PyType_Slot{}};
    std::array slots_of_steps
    {
        slot(Py_tp_new, refuse_new), slot(Py_tp_dealloc, dealloc_step),
            slot(Py_tp_traverse, visit_step), slot(Py_tp_clear, clear_step),
            slot(Py_tp_iter, PyObject_SelfIter), slot(Py_tp_iternext, advance),
            slot(Py_am_await, await),
#if PY_VERSION_HEX >= 0x030A0000
            slot(Py_am_send, send),
#endif
            slot(Py_tp_methods, methods_of_steps.data()), PyType_Slot
        {
        }
    };
    packets_type = add_type(module, "nflogcap.AsyncPackets", sizeof(Packets), 0,
                            slots_of_packets.data(), Py_TPFLAGS_HAVE_GC);
    step_type = add_type(module, "nflogcap.AsyncStep", sizeof(Step), 0, slots_of_steps.data(),
                         Py_TPFLAGS_HAVE_GC);
    return packets_type != nullptr && step_type != nullptr;
}

} // namespace binding::python
