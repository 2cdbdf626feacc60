# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures, as open() and adopt() return them."""

import asyncio
import logging
import numbers
import time
import warnings
from typing import AsyncIterator, Callable, Iterator, List, NoReturn, Optional, TypeVar, Union

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet
from nflogcap.asynchronous import Readable
from nflogcap.batch import Batch
from nflogcap.options import text_of
from nflogcap.stats import Stats, capture_stats

# Says nothing unless the program sets logging up.
logger = logging.getLogger("nflogcap")
logger.addHandler(logging.NullHandler())

Arrived = TypeVar("Arrived", Packet, _nflogcap.Batch)


class WarningHandle(_nflogcap.Handle):
    """A handle that warns if it is dropped open. It outlives its Capture while a loop runs."""

    known_groups: Optional[List[int]] = None  # those of a capture that runs or ran

    def note_groups(self) -> None:
        self.known_groups = self.groups()

    def __del__(self) -> None:
        if self.known_groups is not None and not self.closed():
            warnings.warn(
                f"unclosed nflogcap.Capture of groups {self.known_groups}",
                ResourceWarning,
                source=self,
            )


class Capture:
    """A running capture, as open() and adopt() return it.

    A for loop over it yields packets for ever: it ends when the capture has been
    stopped and all that it held is delivered, when it is closed meanwhile (while the
    loop waits or its body runs), and when wakeup() is called. An async for does the
    same, in asyncio's event loop.
    Any number of threads may use it at once.

    As a context manager, of with or async with, it closes at the end. If it is dropped open it is closed
    then, with a ResourceWarning. After close() all but close(), closed, ended and
    repr() raises ValueError.
    """

    __slots__ = ("_handle", "_readable", "__weakref__")

    def __init__(self, handle: WarningHandle) -> None:
        self._handle = handle
        handle.note_groups()
        self._readable = Readable()

    def __iter__(self) -> Iterator[Packet]:
        self._handle.fd()  # raises if it is closed; a close from here on ends the loop quietly
        return self._handle.packets(self._handle)

    def __next__(self) -> Packet:
        return next(iter(self))

    def next(self, timeout: Optional[float] = None) -> Optional[Packet]:
        """The next packet, or None when none came in `timeout` seconds (int or
        float; None: wait for ever, 0: do not wait) or wakeup() was called.

        EOFError when the capture was stopped and all that it held is delivered,
        or when it was closed meanwhile; OSError when the socket fails. Lost
        packets are no error: the next packet says in lost_before how many there
        were.
        """
        return self._handle.next(_seconds(timeout))

    def read_batch(self, timeout: Optional[float] = None) -> Optional[Batch]:
        """Like next() for several packets in one call: those of one batch of the
        kernel's that need no further waiting, 256 at most."""
        batch = self._handle.read_batch(_seconds(timeout))
        return None if batch is None else Batch(batch)

    async def next_async(self, timeout: Optional[float] = None) -> Optional[Packet]:
        """Like next(), while asyncio's event loop goes on: its other tasks run every
        few milliseconds even if there is always a packet. Any number of coroutines of
        one event loop may wait at once."""
        self._handle.fd()  # raises if it is closed; a close from here on is an end
        return await self._arrival(self._handle.look, _seconds(timeout))

    async def read_batch_async(self, timeout: Optional[float] = None) -> Optional[Batch]:
        """Like read_batch(), as next_async() is like next()."""
        self._handle.fd()
        batch = await self._arrival(self._handle.look_for_batch, _seconds(timeout))
        return None if batch is None else Batch(batch)

    async def _arrival(
        self, look: Callable[[], Union[Arrived, bool, None]], seconds: float
    ) -> Optional[Arrived]:
        deadline = None if seconds < 0 else time.monotonic() + seconds
        while True:
            arrived = look()
            if arrived is True:
                await asyncio.sleep(0)
                continue
            if arrived is False:  # woken
                return None
            if arrived is not None:
                return arrived
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            await self._readable.wait(self._handle.fd(), left)

    def __aiter__(self) -> AsyncIterator[Packet]:
        self._handle.fd()  # as in __iter__()
        return self._handle.async_packets(self._handle, self._wait_for_next)

    async def _wait_for_next(self) -> Packet:
        try:
            packet = await self._arrival(self._handle.look, -1)
        except EOFError:
            raise StopAsyncIteration from None
        if packet is None:
            raise StopAsyncIteration
        return packet

    def batches(self) -> "Batches":
        """For a loop over batches in place of packets, for or async for, with the same ends."""
        return Batches(self)

    def fileno(self) -> int:
        """A descriptor to wait on with select, poll or an event loop: readable
        whenever next() would not wait, packets queued in the library included.
        The same until the capture is closed. Never read from it or close it.
        """
        return self._handle.fd()

    def set_filter(self, filter: Optional[str]) -> None:
        """Delivers only the packets that an expression of pcap-filter(7) matches, from
        now on: those that were received and not delivered yet are judged by it too.
        None or "": all. ValueError, with libpcap's words, for a wrong one: then the
        filter before it stays in force.
        """
        text = None if filter is None else text_of("filter", filter)
        self._handle.set_filter(text)

    def add_group(self, group: int) -> None:
        """Captures a group too, from now on; no other group loses a packet."""
        self._handle.change("groups", text_of("groups", group))
        self._handle.note_groups()

    def remove_group(self, group: int) -> None:
        """Captures a group no longer. What the kernel had of it until now is still
        delivered, and its counters stay. ValueError for a group that this does not
        capture."""
        self._handle.remove_group(group)
        self._handle.note_groups()

    def add_tap(
        self,
        match: str = "",
        *,
        hook: Optional[str] = None,
        tap_priority: Optional[str] = None,
        tap_prefix: Optional[str] = None,
        tap_limit: Optional[str] = None,
        tap_sample: Optional[int] = None,
    ) -> None:
        """Lays a tap from now on, as the option `tap` of open() does at the start.
        ValueError, with nft's words, for a wrong one: then all is as before."""
        options = (
            ("hook", hook),
            ("tap_priority", tap_priority),
            ("tap_prefix", tap_prefix),
            ("tap_limit", tap_limit),
            ("tap_sample", tap_sample),
        )
        texts = [(name, None if value is None else text_of(name, value)) for name, value in options]
        for name, text in [*texts, ("tap", text_of("tap", match))]:
            self._handle.change(name, text)

    def remove_tap(self, match: str = "", *, hook: Optional[str] = None) -> None:
        """Removes a tap, named as it was added; of several that are the same, the first
        one. ValueError if no tap has this match and this hook."""
        place = None if hook is None else text_of("hook", hook)
        self._handle.remove_tap(text_of("tap", match), place)

    def remove_taps(self) -> None:
        """Removes all taps."""
        self._handle.remove_taps()

    @property
    def groups(self) -> List[int]:
        """The captured groups, in ascending order; the group that was chosen for taps too."""
        return self._handle.groups()

    @property
    def tap_group(self) -> Optional[int]:
        """The group that the taps log to; None without a tap."""
        return self._handle.tap_group()

    @property
    def stats(self) -> Stats:
        """The counters of the capture, as of now (Stats)."""
        return capture_stats(self._handle.stats())

    def group_stats(self, group: int) -> Stats:
        """The counters of a group, as of now (Stats). ValueError for a group that
        this does not capture."""
        return Stats._make(self._handle.group_stats(group))

    def wakeup(self) -> None:
        """Makes the next() that waits, or else the next one, return None, and a
        for loop end, once however often it was called before that. The capture
        goes on."""
        self._handle.wakeup()

    def stop(self) -> None:
        """Ends the capture without loss: next() and for loops go on to yield what
        the kernel still holds, and then end."""
        self._handle.stop()

    def hand_over(self) -> None:
        """Ends the capture here and leaves its groups bound and its taps laid, for the process
        that has the descriptors(): next() and for loops go on to yield what the kernel holds,
        and then end. When the capture is closed then, another process can adopt() it. If
        descriptors() was not called, this is stop()."""
        self._handle.hand_over()

    def descriptors(self) -> List[int]:
        """The descriptors with which another process can adopt() the capture. Pass all of
        them on, in any order: by inheritance, by socket.send_fds(), or to a service manager
        that keeps them. They stay the capture's: never read from them or close them. Adding
        a tap adds one, and removing taps can remove one."""
        return self._handle.descriptors()

    def expect(self, group: int, seq: int) -> None:
        """Says that the packets of a group before the number `seq` are accounted for, for a
        program that knows it better than the capture: packet.seq + 1 of the last packet that
        it stored. A process that adopts the capture counts as lost what is missing from
        `seq` on. ValueError for a group that this does not capture."""
        self._handle.expect(group, seq)

    def expected(self, group: int) -> int:
        """The number (packet.seq) that the next packet of a group has if none is lost.
        ValueError for a group that this does not capture."""
        return self._handle.expected(group)

    def take_over(self) -> None:
        """Takes the capture from the process that owns it, in a child of os.fork(). In the
        previous owner all calls but close() then raise ChildProcessError."""
        self._handle.take_over()

    def close(self) -> None:
        """Gives the groups up and frees all; what was not read is gone. Who waits in
        another thread is woken first. A second time it does nothing."""
        if not self.closed and logger.isEnabledFor(logging.WARNING):
            self._log_counters()
        self._handle.close()
        self._readable.release()

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._handle.closed()

    @property
    def ended(self) -> bool:
        """Whether no packet can come any more: the capture was stopped and all that
        it held is delivered, or it was closed."""
        return self._handle.ended()

    def __getstate__(self) -> NoReturn:
        raise TypeError("a capture can be neither copied nor pickled")

    def __enter__(self) -> "Capture":
        return self

    async def __aenter__(self) -> "Capture":
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.close()

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<nflogcap.Capture: groups {self._handle.known_groups}, {state}>"

    def _log_counters(self) -> None:
        try:
            stats = self.stats
        except (ValueError, OSError):  # closed by another thread, or of another process
            return
        if stats.lost or stats.unaccounted_batches:
            logger.warning(
                "%r: lost %d packets and received %d: read faster, or open with a larger "
                "socket_buffer (it was %d)",
                self,
                stats.lost,
                stats.received,
                stats.socket_buffer,
            )
        logger.debug("%r: closes with %r", self, stats)


class Batches:
    """What Capture.batches() returns: an iterable of the capture's batches."""

    __slots__ = ("_capture",)

    def __init__(self, capture: Capture) -> None:
        self._capture = capture

    def __iter__(self) -> Iterator[Batch]:
        handle = self._capture._handle
        handle.fd()  # as in Capture.__iter__()
        return map(Batch, iter(handle.next_batch, None))

    async def __aiter__(self) -> AsyncIterator[Batch]:
        capture = self._capture
        capture._handle.fd()
        try:
            while (batch := await capture._arrival(capture._handle.look_for_batch, -1)) is not None:
                yield Batch(batch)
        except EOFError:
            pass


def _seconds(timeout: Optional[float]) -> float:
    """What the handle takes: less than 0 for ever."""
    if timeout is None:
        return -1.0
    # The check by the abstract class takes longer than a packet does.
    if type(timeout) not in (int, float) and not isinstance(timeout, numbers.Real):
        raise TypeError(f"timeout is a number of seconds or None, not '{type(timeout).__name__}'")
    if not timeout >= 0:
        raise ValueError(f"timeout {timeout} is out of range: 0 seconds or more, or None")
    return float(timeout)
