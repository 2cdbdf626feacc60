# SPDX-License-Identifier: GPL-2.0-or-later
"""The counters of a capture."""

from typing import NamedTuple

from nflogcap import _nflogcap


class Stats(NamedTuple):
    """Counters of a capture or of one of its groups, since it was opened, as of one moment.

    Those marked (capture) are 0 in a group's.
    """

    received: int
    """Packets read from the kernel."""
    delivered: int
    """Packets that next() or a for loop returned."""
    filtered: int
    """Packets read, and rejected by the filter."""
    lost: int
    """Packets that the kernel numbered and that never came: exact. A loss shows with the next
    packet of its group."""
    dropped_batches: int
    """(capture) Batches that the socket refused, by its own counter."""
    unaccounted_batches: int
    """(capture) Of those, how many may hold packets that are not in lost yet, since no later packet
    of their group came to show the gap; 0: lost is complete."""
    truncated: int
    """(capture) Batches longer than the receive buffer; what was cut off is in lost."""
    malformed: int
    """(capture) Messages that could not be understood."""
    batches: int
    """Batches read."""
    bytes: int
    """Bytes of batches read."""
    socket_buffer: int
    """(capture) Bytes of socket buffer that the kernel granted: twice what was asked for, if all
    of it was."""
    delivery: int
    """(capture) BATCHED or IMMEDIATE, now in force."""
    socket_buffer_used: int
    """(capture) Bytes of socket_buffer that batches take up which wait to be read."""

    @classmethod
    def _of(cls, counters: _nflogcap.Stats) -> "Stats":
        return cls(*(getattr(counters, field) for field in cls._fields))
