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

# The logger prints nothing unless the program configures logging.
logger = logging.getLogger("nflogcap")
logger.addHandler(logging.NullHandler())

Arrived = TypeVar("Arrived", Packet, _nflogcap.Batch)


class WarningHandle(_nflogcap.Handle):
    """A handle that warns if it is dropped open. It outlives its Capture while a loop runs."""

    known_groups: Optional[List[int]] = None  # the groups of a running or ended capture

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

    A for loop over it yields packets. It ends when the capture was stopped and all its packets
    are delivered, when the capture is closed (while the loop waits or its body runs), and when
    wakeup() is called. "async for" does the same in asyncio's event loop. Any number of threads
    may use a capture at once.

    As a context manager, of "with" or "async with", it closes at the end. If it is
    garbage-collected while open, it is closed, with a ResourceWarning. After close(), all
    methods except close(), closed, ended and repr() raise ValueError.
    """

    __slots__ = ("_handle", "_readable", "__weakref__")

    def __init__(self, handle: WarningHandle) -> None:
        self._handle = handle
        handle.note_groups()
        self._readable = Readable()

    def __iter__(self) -> Iterator[Packet]:
        self._handle.fd()  # raises if it is closed; a later close ends the loop without an error
        return self._handle.packets(self._handle)

    def __next__(self) -> Packet:
        return next(iter(self))

    def next(self, timeout: Optional[float] = None) -> Optional[Packet]:
        """Returns the next packet, and waits for it up to `timeout` seconds (int or float;
        None: for ever, 0: not at all). Returns None if no packet arrived in time, and after
        wakeup().

        Raises EOFError if the capture was stopped and all its packets are delivered, or if it was
        closed meanwhile; OSError if the socket fails. Lost packets are not an error: the next
        packet's lost_before counts them.
        """
        return self._handle.next(_seconds(timeout))

    def read_batch(self, timeout: Optional[float] = None) -> Optional[Batch]:
        """Like next(), but returns a Batch: up to 256 packets of one batch of the kernel that
        are available without further waiting."""
        batch = self._handle.read_batch(_seconds(timeout))
        return None if batch is None else Batch(batch)

    async def next_async(self, timeout: Optional[float] = None) -> Optional[Packet]:
        """Like next(), but lets asyncio's event loop run: its other tasks run every few
        milliseconds even if packets arrive without a pause. Any number of coroutines of one
        event loop may wait at once."""
        self._handle.fd()  # raises if it is closed; a later close raises EOFError
        return await self._arrival(self._handle.look, _seconds(timeout))

    async def read_batch_async(self, timeout: Optional[float] = None) -> Optional[Batch]:
        """Like read_batch(), but lets asyncio's event loop run, as next_async() does."""
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
        """Returns an iterable of batches, for "for" and "async for". The loop ends as a loop
        over packets does."""
        return Batches(self)

    def fileno(self) -> int:
        """Returns a descriptor to wait on with select, poll or an event loop. It is readable
        whenever next() would not wait, also because packets are queued in the library. It stays
        the same until the capture is closed. Never read from it or close it."""
        return self._handle.fd()

    def set_filter(self, filter: Optional[str]) -> None:
        """Delivers only the packets that an expression of pcap-filter(7) matches; None or "":
        all packets. The filter applies from now on, also to packets that were received and not
        yet delivered. If the expression is invalid, ValueError has libpcap's message, and the
        previous filter stays in force."""
        text = None if filter is None else text_of("filter", filter)
        self._handle.set_filter(text)

    def add_group(self, group: int) -> None:
        """Adds a group to capture from now on. No other group loses a packet."""
        self._handle.change("groups", text_of("groups", group))
        self._handle.note_groups()

    def remove_group(self, group: int) -> None:
        """Removes a group. Packets that the kernel holds for it are still delivered, and its
        counters stay. Raises ValueError if the group is not captured."""
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
        """Adds a tap from now on, as the option `tap` of open() does at the start. If nft
        refuses the match, ValueError has nft's message, and nothing changes."""
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
        """Removes the tap that was added with this match and hook; if there are several, the
        oldest. Raises ValueError if no tap has this match and this hook."""
        place = None if hook is None else text_of("hook", hook)
        self._handle.remove_tap(text_of("tap", match), place)

    def remove_taps(self) -> None:
        """Removes all taps."""
        self._handle.remove_taps()

    @property
    def groups(self) -> List[int]:
        """The captured groups in ascending order, including the group that was chosen for taps."""
        return self._handle.groups()

    @property
    def tap_group(self) -> Optional[int]:
        """The group that the taps log to; None without a tap."""
        return self._handle.tap_group()

    @property
    def stats(self) -> Stats:
        """The current counters of the capture (Stats)."""
        return capture_stats(self._handle.stats())

    def group_stats(self, group: int) -> Stats:
        """Returns the current counters of a group (Stats). Raises ValueError if the group was not
        added."""
        return Stats._make(self._handle.group_stats(group))

    def wakeup(self) -> None:
        """Makes the waiting next() return None, or its next call if none waits; a loop ends.
        Several wakeups before that count as one. The capture goes on."""
        self._handle.wakeup()

    def stop(self) -> None:
        """Ends the capture without loss: next() and loops still deliver the packets that the
        kernel holds, and then end."""
        self._handle.stop()

    def hand_over(self) -> None:
        """Ends the capture in this process, and leaves its groups bound and its taps in force
        for the process that has the descriptors(). next() and loops still deliver the packets
        that the kernel holds, and then end. Then close the capture, and another process can
        adopt() it. If descriptors() was not called, hand_over() does the same as stop()."""
        self._handle.hand_over()

    def descriptors(self) -> List[int]:
        """Returns the descriptors that another process needs to adopt() the capture. Pass all
        of them on, in any order: by inheritance, by socket.send_fds(), or to a service manager
        that keeps them. The capture owns them: never read from them or close them. Adding a tap
        adds a descriptor, and removing taps can remove one."""
        return self._handle.descriptors()

    def expect(self, group: int, seq: int) -> None:
        """Sets the number of the next packet of a group that the program has not yet stored:
        packet.seq + 1 of the last packet that it stored. A process that adopts the capture
        expects all packets from `seq` on, and counts as lost those that it does not receive.
        Raises ValueError if the group is not captured."""
        self._handle.expect(group, seq)

    def expected(self, group: int) -> int:
        """Returns the number (packet.seq) that the next packet of a group has if no packet is
        lost. Raises ValueError if the group is not captured."""
        return self._handle.expected(group)

    def take_over(self) -> None:
        """Takes the capture from the process that owns it, in a child of os.fork(). In the
        previous owner all methods except close() then raise ChildProcessError."""
        self._handle.take_over()

    def close(self) -> None:
        """Unbinds the groups and frees everything; packets not yet read are discarded. Threads
        that wait are woken first. Closing twice is harmless."""
        if not self.closed and logger.isEnabledFor(logging.WARNING):
            self._log_counters()
        self._handle.close()
        self._readable.release()

    @property
    def closed(self) -> bool:
        """True if close() was called."""
        return self._handle.closed()

    @property
    def ended(self) -> bool:
        """True if no more packets can come: the capture was stopped and all its packets are
        delivered, or it was closed."""
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
        except (ValueError, OSError):  # closed by another thread, or owned by another process
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
    """The iterable of batches that Capture.batches() returns."""

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
    """The timeout in the form that the handle expects: less than 0 means for ever."""
    if timeout is None:
        return -1.0
    # numbers.Real is checked last, because this check takes longer than receiving a packet.
    if type(timeout) not in (int, float) and not isinstance(timeout, numbers.Real):
        raise TypeError(f"timeout must be a number of seconds or None, not '{type(timeout).__name__}'")
    if not timeout >= 0:
        raise ValueError(f"timeout {timeout} is out of range: 0 seconds or more, or None")
    return float(timeout)
