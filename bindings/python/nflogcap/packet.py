# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets made from records, pickled and copied."""

import copyreg
from typing import Any, Callable, Tuple

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet as Packet


def parse_packet(record: bytes, timestamp_ns: int) -> Packet:
    """Returns a packet made from a record of LINKTYPE_NFLOG that another library has read.

    record        the record's bytes, in either byte order; they may end within the payload
    timestamp_ns  the record's time, in nanoseconds since the Unix epoch

    Raises ValueError if the bytes are not such a record.
    """
    try:
        copied = bytes(memoryview(record))
    except TypeError:
        raise TypeError(f"record must be bytes, not '{type(record).__name__}'") from None
    return _nflogcap.parse_packet(copied, timestamp_ns)


def restored(state: Tuple[Any, ...]) -> Packet:
    """The packet that was pickled as `state`."""
    return _nflogcap.restore(state)


def _reduced(packet: Packet) -> Tuple[Callable[..., Packet], Tuple[Any, ...]]:
    return restored, (packet.__getstate__(),)


copyreg.pickle(Packet, _reduced)
