# SPDX-License-Identifier: GPL-2.0-or-later
"""Batches: many packets at once, for who needs speed more than comfort."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Iterator, List, Union, overload

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet
from nflogcap.options import require_str

if TYPE_CHECKING:
    import numpy


class Batch(Sequence):  # type: ignore[type-arg]  # no Sequence[Packet] in Python 3.8
    """Packets of one batch of the kernel's, as Capture.read_batch() returns it: a sequence.

    It owns its bytes in one piece, and outlives its capture. A packet is made
    when it is asked for: batch[0] is another object each time.
    """

    __slots__ = ("_batch",)

    def __init__(self, batch: _nflogcap.Batch) -> None:
        self._batch = batch

    def __len__(self) -> int:
        return len(self._batch)

    @overload
    def __getitem__(self, index: int) -> Packet:
        ...

    @overload
    def __getitem__(self, index: slice) -> List[Packet]:
        ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Packet, List[Packet]]:
        which = range(len(self))[index]  # counts from the end, and refuses what is none
        if isinstance(which, range):
            return [self._batch[i] for i in which]
        return self._batch[which]

    def __iter__(self) -> Iterator[Packet]:
        return iter(self._batch)

    def payloads(self) -> List[bytes]:
        """The payloads of all packets."""
        return self._batch.payloads()

    def column(self, field: str) -> List[Any]:
        """The values of a field of all packets. ValueError for one that packets do not
        have."""
        return self._batch.column(require_str("field", field))

    def to_numpy(self) -> "numpy.ndarray[Any, numpy.dtype[numpy.void]]":
        """The fields of a fixed size of all packets, as a read-only structured array
        that shares the batch's memory.

        A field of it has the name that it has in a packet, and beside those there
        is payload_length. One that the kernel did not send is 0: `present`, of
        HAS_* bits, tells. ImportError without numpy.
        """
        import numpy

        array: "numpy.ndarray[Any, numpy.dtype[numpy.void]]" = numpy.frombuffer(
            self._batch, _dtype()  # type: ignore[call-overload]  # has a buffer
        )
        return array

    def __repr__(self) -> str:
        return f"<nflogcap.Batch: {len(self)} packets>"


@functools.lru_cache(maxsize=None)
def _dtype() -> "numpy.dtype[numpy.void]":
    import numpy

    return numpy.dtype(_nflogcap.layout())  # type: ignore[call-overload, no-any-return]  # a dict of lists
