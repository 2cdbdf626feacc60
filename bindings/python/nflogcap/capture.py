# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures: open() starts one."""

import numbers
import operator
import os

from nflogcap import _nflogcap
from nflogcap.options import unknown_keyword
from nflogcap.stats import Stats

# The names of the C ABI's setters.
OPTIONS = (
    "snaplen",
    "delivery",
    "queue_threshold",
    "flush_timeout",
    "batch_size",
    "socket_buffer",
    "conntrack",
    "netns",
)


def open(
    groups,
    *,
    snaplen=None,
    delivery=None,
    queue_threshold=None,
    flush_timeout=None,
    batch_size=None,
    socket_buffer=None,
    conntrack=False,
    netns=None,
    **unknown,
):
    """Starts capturing and returns the Capture.

    groups           the NFLOG group, 0 to 65535, or an iterable of groups
    snaplen          bytes of payload to copy of each packet, 0 to 65531 (the
                     default); 0: metadata only
    delivery         BATCHED (the default): many packets a batch, least CPU,
                     milliseconds of delay; or IMMEDIATE: a batch a packet, least
                     delay, most CPU
    queue_threshold  packets that the kernel gathers before it delivers a batch,
                     1 or more; 65535 when batched, 1 when immediate
    flush_timeout    milliseconds that the kernel gathers at the longest, 0 to
                     3600000; 10 by default, and counted in units of 10
    batch_size       bytes that the kernel allots to a batch, 4096 to 131072;
                     131072 when batched, 4096 when immediate
    socket_buffer    bytes of socket buffer to ask for, 4096 to 1073741823; 32 MiB
                     by default. stats.socket_buffer tells what was granted
    conntrack        true: packets come with their conntrack entry (ct, ct_info)
    netns            path of the network namespace to capture in, such as
                     /run/netns/blue or /proc/1234/ns/net (str or os.PathLike);
                     by default that of the calling thread, which stays where it is

    PermissionError where a group has an owner already or CAP_NET_ADMIN is
    missing, in words that tell which; OSError with EOPNOTSUPP where the kernel
    lacks NFLOG, or conntrack for it; ValueError for a value out of range, no
    group, and the same group twice; TypeError for another type, and for an
    option that there is not.
    """
    for name in unknown:
        raise unknown_keyword("open()", name, OPTIONS)
    handle = _nflogcap.Handle()
    numbers_of_groups = _listed(groups)
    for group in numbers_of_groups:
        handle.add_group(group)
    for setter, value in (
        (handle.set_snaplen, snaplen),
        (handle.set_delivery, delivery),
        (handle.set_queue_threshold, queue_threshold),
        (handle.set_flush_timeout, flush_timeout),
        (handle.set_batch_size, batch_size),
        (handle.set_socket_buffer, socket_buffer),
    ):
        if value is not None:
            setter(value)
    handle.set_conntrack(bool(conntrack))
    if netns is not None:
        handle.set_netns(os.fspath(netns))
    handle.start()
    return Capture(handle, numbers_of_groups)


class Capture:
    """A running capture, as open() returns it.

    A for loop over it yields packets for ever: it ends when the capture has been
    stopped and all that it held is delivered, when it is closed meanwhile, and
    when wakeup() is called. Any number of threads may use it at once.

    As a context manager it closes at the end. After close() all but close(),
    closed and repr() raises ValueError.
    """

    __slots__ = ("_handle", "_groups", "__weakref__")

    def __init__(self, handle, groups):
        self._handle = handle
        self._groups = groups

    def __iter__(self):
        # The handle's own iterator spares each packet a call of Python code.
        return iter(self._handle)

    def next(self, timeout=None):
        """The next packet, or None when none came in `timeout` seconds (int or
        float; None: wait for ever, 0: do not wait) or wakeup() was called.

        EOFError when the capture was stopped and all that it held is delivered,
        or when it was closed meanwhile; OSError when the socket fails. Lost
        packets are no error: the next packet says in lost_before how many there
        were.
        """
        return self._handle.next(-1.0 if timeout is None else _seconds(timeout))

    def fileno(self):
        """A descriptor to wait on with select, poll or an event loop: readable
        whenever next() would not wait, packets queued in the library included.
        The same until the capture is closed. Never read from it or close it.
        """
        return self._handle.fd()

    @property
    def stats(self):
        """The counters of the capture, as of now (Stats)."""
        return Stats._of(self._handle.stats())

    def group_stats(self, group):
        """The counters of a group, as of now (Stats). ValueError for a group that
        this does not capture."""
        return Stats._of(self._handle.group_stats(group))

    def wakeup(self):
        """Makes the next() that waits, or else the next one, return None, and a
        for loop end, once however often it was called before that. The capture
        goes on."""
        self._handle.wakeup()

    def stop(self):
        """Ends the capture without loss: next() and for loops go on to yield what
        the kernel still holds, and then end."""
        self._handle.stop()

    def close(self):
        """Gives the groups up and frees all; what was not read is gone. Who waits in
        another thread is woken first. A second time it does nothing."""
        self._handle.close()

    @property
    def closed(self):
        """Whether close() was called."""
        return self._handle.closed()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def __repr__(self):
        state = "closed" if self.closed else "open"
        return f"<nflogcap.Capture: groups {self._groups}, {state}>"


def _listed(groups):
    try:
        return [operator.index(groups)]
    except TypeError:
        pass
    try:
        return list(groups)
    except TypeError:
        raise TypeError(
            f"groups is an integer or an iterable of integers, not '{type(groups).__name__}'"
        ) from None


def _seconds(timeout):
    if not isinstance(timeout, numbers.Real):
        raise TypeError(f"timeout is a number of seconds or None, not '{type(timeout).__name__}'")
    if not timeout >= 0:
        raise ValueError(f"timeout {timeout} is out of range: 0 seconds or more, or None")
    return float(timeout)
