# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures: open() starts one."""

import logging
import numbers
import operator
import time
from types import TracebackType
from typing import Any, AsyncIterator, Iterable, Iterator, List, Optional, Type, Union

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet
from nflogcap.asynchronous import Readable
from nflogcap.batch import Batch
from nflogcap.options import Path, unknown_keyword
from nflogcap.stats import Stats

# Says nothing unless the program sets logging up.
logger = logging.getLogger("nflogcap")
logger.addHandler(logging.NullHandler())

# The names of the C ABI's setters, and those of its taps.
OPTIONS = (
    "snaplen",
    "delivery",
    "queue_threshold",
    "flush_timeout",
    "batch_size",
    "socket_buffer",
    "conntrack",
    "netns",
    "savefile",
    "filter",
    "tap",
    "hook",
)


def open(
    groups: Union[int, Iterable[int]] = (),
    *,
    snaplen: Optional[int] = None,
    delivery: Optional[int] = None,
    queue_threshold: Optional[int] = None,
    flush_timeout: Optional[int] = None,
    batch_size: Optional[int] = None,
    socket_buffer: Optional[int] = None,
    conntrack: bool = False,
    netns: Optional[Path] = None,
    savefile: Optional[Path] = None,
    filter: Optional[str] = None,
    tap: Union[str, Iterable[str], None] = None,
    hook: Optional[str] = None,
    **unknown: Any,
) -> "Capture":
    """Starts capturing and returns the Capture.

    groups           the NFLOG group, 0 to 65535, or an iterable of groups; with a tap
                     it may be left out, and the capture takes one that is free
    snaplen          bytes of payload to copy of each packet, 0 to 65531 (the
                     default); 0: metadata only
    delivery         BATCHED (the default): many packets a batch, least CPU,
                     milliseconds of delay; IMMEDIATE: a batch a packet, least
                     delay, most CPU; or ADAPTIVE: immediate while packets
                     trickle, batched while they come fast
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
    filter           an expression of pcap-filter(7), such as "udp port 53": only
                     packets that it matches are delivered. Capture.set_filter()
                     changes it
    savefile         path of a pcap or pcapng file to read the packets of instead
                     of the kernel's, "-" for standard input: those of all groups
                     where none is given. It ends as a capture that was stopped
                     does; where it is damaged, in an OSError with EBADMSG behind
                     the packets before. The other options are the kernel's
    tap              what to capture, in nft's words, such as "tcp dport 443", or an
                     iterable of these: a firewall rule logs it to the capture until
                     that ends, and does nothing else. "": all packets
    hook             where the taps stand: "prerouting", "input", "forward", "output",
                     "postrouting" or "ingress:DEVICE"; by default at prerouting and
                     output, which is all that comes in and all that is sent

    PermissionError where a group has an owner already or CAP_NET_ADMIN is
    missing, in words that tell which; OSError with EOPNOTSUPP where the kernel
    lacks NFLOG, or conntrack for it, or the library taps; ValueError for a value
    out of range, no group, the same group twice, a wrong filter, and a tap that nft
    does not understand or that is more than a match; TypeError for another type, and for an
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
        handle.set_netns(netns)
    if savefile is not None:
        handle.set_savefile(savefile)
    handle.set_filter(_expression(filter))
    _add_taps(handle, tap, hook)
    handle.start()
    capture = Capture(handle, numbers_of_groups)
    logger.debug("%r: opened, with %d bytes of socket buffer", capture, capture.stats.socket_buffer)
    return capture


class Capture:
    """A running capture, as open() returns it.

    A for loop over it yields packets for ever: it ends when the capture has been
    stopped and all that it held is delivered, when it is closed meanwhile, and
    when wakeup() is called. An async for does the same, in asyncio's event loop.
    Any number of threads may use it at once.

    As a context manager it closes at the end. After close() all but close(),
    closed, ended and repr() raises ValueError.
    """

    __slots__ = ("_handle", "_groups", "_readable", "__weakref__")

    def __init__(self, handle: _nflogcap.Handle, groups: List[int]) -> None:
        self._handle = handle
        chosen = handle.tap_group()
        self._groups = groups or ([] if chosen is None else [chosen])
        self._readable = Readable()

    def __iter__(self) -> Iterator[Packet]:
        # The handle's own iterator spares each packet a call of Python code.
        return iter(self._handle)

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
        """Like next(), while asyncio's event loop goes on. Any number of coroutines
        of one event loop may wait at once."""
        seconds = _seconds(timeout)
        deadline = None if seconds < 0 else time.monotonic() + seconds
        if self.closed:
            self._handle.fd()  # raises
        while True:
            packet = self._handle.look()
            if packet is False:  # woken
                return None
            if packet is not None:
                return packet
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return None
            await self._readable.wait(self._handle.fd(), left)

    async def __aiter__(self) -> AsyncIterator[Packet]:
        try:
            while True:
                packet = await self.next_async()
                if packet is None:
                    return
                yield packet
        except EOFError:
            pass

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
        self._handle.set_filter(_expression(filter))

    @property
    def tap_group(self) -> Optional[int]:
        """The group that the taps log to; None without a tap."""
        return self._handle.tap_group()

    @property
    def stats(self) -> Stats:
        """The counters of the capture, as of now (Stats)."""
        return Stats._of(self._handle.stats())

    def group_stats(self, group: int) -> Stats:
        """The counters of a group, as of now (Stats). ValueError for a group that
        this does not capture."""
        return Stats._of(self._handle.group_stats(group))

    def wakeup(self) -> None:
        """Makes the next() that waits, or else the next one, return None, and a
        for loop end, once however often it was called before that. The capture
        goes on."""
        self._handle.wakeup()

    def stop(self) -> None:
        """Ends the capture without loss: next() and for loops go on to yield what
        the kernel still holds, and then end."""
        self._handle.stop()

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

    def __enter__(self) -> "Capture":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        exception: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self.closed else "open"
        return f"<nflogcap.Capture: groups {self._groups}, {state}>"

    def _log_counters(self) -> None:
        try:
            stats = self.stats
        except ValueError:  # closed by another thread at this moment
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


def _listed(groups: Union[int, Iterable[int]]) -> List[int]:
    try:
        return [operator.index(groups)]  # type: ignore[arg-type]
    except TypeError:
        pass
    try:
        return list(groups)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(
            f"groups is an integer or an iterable of integers, not '{type(groups).__name__}'"
        ) from None


def _expression(filter: Optional[str]) -> Optional[str]:
    if filter is not None and not isinstance(filter, str):
        raise TypeError(f"filter is a str or None, not '{type(filter).__name__}'")
    if filter is not None and "\0" in filter:
        raise ValueError("filter holds a NUL")
    return filter


def _add_taps(
    handle: _nflogcap.Handle, tap: Union[str, Iterable[str], None], hook: Optional[str]
) -> None:
    if tap is None:
        if hook is not None:
            raise ValueError("hook is where a tap stands, and no tap is given")
        return
    if isinstance(tap, (bytes, bytearray)):
        raise TypeError(f"tap is a string or an iterable of strings, not '{type(tap).__name__}'")
    try:
        matches = [tap] if isinstance(tap, str) else list(tap)
    except TypeError:
        raise TypeError(
            f"tap is a string or an iterable of strings, not '{type(tap).__name__}'"
        ) from None
    for match in matches:
        for name, text in (("tap", match), ("hook", "" if hook is None else hook)):
            if not isinstance(text, str):
                raise TypeError(f"{name} is a string, not '{type(text).__name__}'")
            if "\0" in text:
                raise ValueError(f"{name} holds a NUL")
        handle.add_tap("" if hook is None else hook, match)


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
