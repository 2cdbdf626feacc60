# SPDX-License-Identifier: GPL-2.0-or-later
"""NFLOG packets from a generator, for scripts that were written for nflog_ctypes of
scapy-nflog-capture. It needs only libnflogcap.so.1, by ctypes.

    from nflog_ctypes import nflog_generator

    packets = nflog_generator(5, extra_attrs=["len", "ts"])
    fd = next(packets)  # for select() or poll(); after this, privileges can be dropped
    for payload, length, timestamp in packets:
        print(length, timestamp)

New programs should use `import nflogcap`.
"""

import ctypes
import errno
import functools
import logging
import operator
import pathlib
import socket
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p
from ctypes import c_uint8, c_uint16, c_uint32, c_uint64

__all__ = ["NFLogError", "NFWouldBlock", "nflog_generator"]

log = logging.getLogger("nflog")


class NFLogError(OSError):
    """The library or the kernel refused a call; the message says why."""


class NFWouldBlock:
    """send(True) returns this class itself if no packet is queued."""


def nflog_generator(
    qids,
    pf=(socket.AF_INET, socket.AF_INET6),
    qthresh=None,
    timeout=None,
    nlbufsiz=None,
    recv_buff=None,
    extra_attrs=None,
    handle_overflows=True,
):
    """A generator of the packets logged to the groups `qids`, which are bound when this returns.

    Its first value is a descriptor for select, poll and event loops. The descriptor is readable
    whenever a packet is available without waiting; never read from it or close it. Then the generator
    yields each packet's payload (bytes), and waits for packets without a limit. send(True) does not
    wait: it returns NFWouldBlock if no packet is queued. close() and the end of the generator unbind
    the groups.

    qids              the group, 0 to 65535, or an iterable of groups
    pf                has no effect: the rules decide which families are logged
    qthresh           packets that the kernel gathers before it delivers them; default 65535
    timeout           longest time that the kernel gathers packets, 0 to 3600 seconds; default 0.01
    nlbufsiz          bytes of the kernel's buffer for gathering, 4096 to 131072 (the default); other
                      values become the nearest of these. Delivered packets wait in a buffer of 32 MiB
    recv_buff         has no effect: the buffer has room for every batch
    extra_attrs       one name or several; then lists are yielded, with the payload first:
                      'len'     bytes of the packet before a snaplen cut it
                      'ts'      the kernel's timestamp, seconds as float; None if the kernel sent none
                      'prefix'  the rule's prefix, str; None if the rule has none
                      'fts'     the kernel's timestamp, or an estimate if the kernel sent none
    handle_overflows  true: a loss is logged as a warning to the logger "nflog", at most once a second,
                      and the generator continues; false: a loss raises NFLogError with ENOBUFS

    Raises NFLogError if another program owns a group, or if privileges are missing; ValueError for a value
    out of range and for an unknown attribute; TypeError for a value of another type.
    """
    for number in _listed(pf) + _listed(recv_buff or 0):
        operator.index(number)
    value = _value_with(extra_attrs)
    capture = _Capture(_listed(qids), kernel_settings(qthresh, timeout, nlbufsiz))
    packets = _generate(capture, value, handle_overflows)
    next(packets)  # enters its `with`: close() does nothing in a generator that was not started
    return packets


def kernel_settings(qthresh=None, timeout=None, nlbufsiz=None):
    """The options of nflogcap, by name, for these keywords; 0 means the default."""
    settings = {}
    if qthresh:
        settings["queue_threshold"] = qthresh
    if timeout:
        if not 0 <= timeout <= 3600:
            raise ValueError(f"timeout {timeout} is out of range: 0 to 3600 seconds")
        settings["flush_timeout"] = round(timeout * 1000)
    if nlbufsiz:
        # The kernel accepts any size, and uses the nearest one that is possible.
        settings["batch_size"] = min(max(operator.index(nlbufsiz), 4096), 131072)
    return settings


def _generate(capture, value, handle_overflows):
    with capture:
        yield
        peek = yield capture.fd
        while True:
            packets = capture.next_batch(0 if peek else -1)
            if not packets:
                peek = yield NFWouldBlock
                continue
            if capture.lost_more():
                if not handle_overflows:
                    raise NFLogError(errno.ENOBUFS, capture.words_of_loss())
                capture.warn_of_loss()
            *values, last = map(value, packets)
            if values:
                capture.stay_readable()
                for each in values:
                    peek = yield each
                capture.restore_readability()
            peek = yield last


class _Packet(ctypes.Structure):
    """struct nflogcap_packet of nflogcap.h, up to the last field used here."""

    _fields_ = [
        ("present", c_uint64),
        ("payload", c_void_p),
        ("payload_length", c_uint32),
        ("wire_length", c_uint32),
        ("timestamp_ns", c_uint64),
        ("lost_before", c_uint64),
        ("group", c_uint16),
        ("family", c_uint8),
        ("hook", c_uint8),
        ("hw_protocol", c_uint16),
        ("hw_type", c_uint16),
        ("mark", c_uint32),
        ("indev", c_uint32),
        ("outdev", c_uint32),
        ("physindev", c_uint32),
        ("physoutdev", c_uint32),
        ("uid", c_uint32),
        ("gid", c_uint32),
        ("seq", c_uint32),
        ("seq_global", c_uint32),
        ("ct_info", c_uint32),
        ("prefix", c_char_p),
    ]


_HAS_TIMESTAMP = 1 << 3


class _Stats(ctypes.Structure):
    """struct nflogcap_stats of nflogcap.h."""

    _fields_ = [
        ("received", c_uint64),
        ("delivered", c_uint64),
        ("filtered", c_uint64),
        ("lost", c_uint64),
        ("dropped_batches", c_uint64),
        ("unaccounted_batches", c_uint64),
        ("truncated", c_uint64),
        ("malformed", c_uint64),
        ("batches", c_uint64),
        ("bytes", c_uint64),
        ("socket_buffer", c_uint64),
        ("socket_buffer_used", c_uint64),
        ("delivery", c_uint32),
        ("reserved", c_uint32),
    ]


def _prefix(packet):
    prefix = packet.prefix
    return None if prefix is None else prefix.decode("utf-8", "surrogateescape")


_ATTRIBUTES = {
    "len": operator.attrgetter("wire_length"),
    "ts": lambda packet: packet.timestamp_ns / 1e9 if packet.present & _HAS_TIMESTAMP else None,
    "prefix": _prefix,
    "fts": lambda packet: packet.timestamp_ns / 1e9,
}


def _payload(packet):
    return ctypes.string_at(packet.payload, packet.payload_length)


def _value_with(names):
    """The function that converts a packet to the yielded value: the payload, or a list of the
    payload and these attributes."""
    names = [names] if isinstance(names, (str, bytes)) else list(names or ())
    for name in names:
        if name not in _ATTRIBUTES:
            raise ValueError(
                f"there is no attribute {name!r}: extra_attrs are of {', '.join(_ATTRIBUTES)}"
            )
    if not names:
        return _payload
    parts = [_payload, *(_ATTRIBUTES[name] for name in names)]
    return lambda packet: [part(packet) for part in parts]


class _Capture:
    """A capture of libnflogcap, from its start to its close."""

    MAX_BATCH_PACKETS = 256  # the library's maximum for one call

    def __init__(self, groups, settings):
        self._handle = None  # None until the handle is created
        self._library = _library()
        handle = c_void_p()
        self._check(self._library.nflogcap_new(byref(handle)))
        self._handle = handle
        options = [("groups", group) for group in groups] + list(settings.items())
        for name, value in options:
            text = str(operator.index(value)).encode()
            self._check(self._library.nflogcap_set_option(handle, name.encode(), text))
        self._check(self._library.nflogcap_start(handle))
        self.fd = self._check(self._library.nflogcap_fd(handle))
        self._pointers = (c_void_p * self.MAX_BATCH_PACKETS)()
        self._views = {}  # key: address; the library uses few addresses, again and again
        self._loss_seen = (0, 0)
        self._lost_when_warned = 0
        self._quiet_until = 0.0

    def __del__(self):
        self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stats = self._stats()
        if stats.lost > self._lost_when_warned or stats.unaccounted_batches:
            self._quiet_until = 0.0
            self.warn_of_loss()
        self.close()

    def close(self):
        handle, self._handle = self._handle, None
        if handle is not None:
            self._library.nflogcap_close(handle)

    def next_batch(self, timeout_ms):
        """Returns packets, valid until the next call; empty if none came in time."""
        got = -errno.EINTR
        while got == -errno.EINTR:  # Python has already run the signal's handler
            got = self._take(timeout_ms)
        return [self._view(address) for address in self._pointers[: self._check(got)]]

    def stay_readable(self):
        """Keeps the descriptor readable while packets wait that the library has already
        returned."""
        self._library.nflogcap_wakeup(self._handle)

    def restore_readability(self):
        """Undoes stay_readable(): a call that was woken takes no packet."""
        if self._take(0) != -errno.ECANCELED:
            raise AssertionError("the capture was not woken")

    def lost_more(self):
        """Whether packets were lost since the last call."""
        stats = self._stats()
        seen, self._loss_seen = self._loss_seen, (stats.lost, stats.dropped_batches)
        return self._loss_seen != seen

    def _take(self, timeout_ms):
        return self._library.nflogcap_next_batch(
            self._handle, self._pointers, self.MAX_BATCH_PACKETS, timeout_ms
        )

    def _view(self, address):
        view = self._views.get(address)
        if view is None:
            view = self._views[address] = _Packet.from_address(address)
        return view

    def words_of_loss(self):
        stats = self._stats()
        return (
            f"{stats.lost} packets were lost so far, because they arrived faster than they were read "
            f"({stats.unaccounted_batches} batches may contain more): read faster, or log less"
        )

    def warn_of_loss(self):
        now = time.monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + 1
            self._lost_when_warned = self._stats().lost
            log.warning("%s", self.words_of_loss())

    def _stats(self):
        stats = _Stats()
        self._check(self._library.nflogcap_get_stats(self._handle, byref(stats), ctypes.sizeof(stats)))
        return stats

    def _check(self, result):
        """The result of a call; raises if it is a negative errno."""
        if result >= 0:
            return result
        words = self._library.nflogcap_error(self._handle) if self._handle else None
        words = (words or self._library.nflogcap_strerror(result)).decode("utf-8", "replace")
        if -result in (errno.EINVAL, errno.ERANGE, errno.EEXIST):
            raise ValueError(words)
        raise NFLogError(-result, words)


def _listed(numbers):
    try:
        return [operator.index(numbers)]
    except TypeError:
        return list(numbers)


@functools.lru_cache(maxsize=None)
def _library():
    """libnflogcap, from beside the package nflogcap if it was installed there, else from the
    loader's search path."""
    name = "libnflogcap.so.1"
    beside = pathlib.Path(__file__).absolute().parent / "nflogcap" / name
    try:
        library = ctypes.CDLL(str(beside) if beside.exists() else name)
    except OSError as missing:
        raise NFLogError(
            errno.ENOENT, f"{name} cannot be loaded ({missing}): install nflogcap, or run ldconfig"
        ) from None
    handle = c_void_p
    for function, result, *arguments in (
        ("strerror", c_char_p, c_int),
        ("error", c_char_p, handle),
        ("new", c_int, POINTER(handle)),
        ("set_option", c_int, handle, c_char_p, c_char_p),
        ("start", c_int, handle),
        ("fd", c_int, handle),
        ("next_batch", c_int, handle, POINTER(c_void_p), c_size_t, c_int),
        ("wakeup", c_int, handle),
        ("get_stats", c_int, handle, POINTER(_Stats), c_size_t),
        ("close", None, handle),
    ):
        declared = getattr(library, f"nflogcap_{function}")
        declared.restype, declared.argtypes = result, arguments
    return library
