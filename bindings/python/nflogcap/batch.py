# SPDX-License-Identifier: GPL-2.0-or-later
"""Batches: many packets at once, faster than packets one by one."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Iterator, List, Union, overload

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet
from nflogcap.options import require_str

if TYPE_CHECKING:
    import numpy


class Batch(Sequence):  # type: ignore[type-arg]  # no Sequence[Packet] in Python 3.8
    """Packets of one batch of the kernel, as Capture.read_batch() returns them: a sequence.

    A batch owns its bytes in one block and outlives its capture. Each access creates a packet:
    batch[0] is another object each time.
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
        which = range(len(self))[index]  # resolves negative indexes, and raises if out of range
        if isinstance(which, range):
            return [self._batch[i] for i in which]
        return self._batch[which]

    def __iter__(self) -> Iterator[Packet]:
        return iter(self._batch)

    def payloads(self) -> List[bytes]:
        """The payloads of all packets."""
        return self._batch.payloads()

    def column(self, field: str) -> List[Any]:
        """The values of a field for all packets. Raises ValueError if packets do not have such a
        field."""
        return self._batch.column(require_str("field", field))

    def to_numpy(self) -> "numpy.ndarray[Any, numpy.dtype[numpy.void]]":
        """The fields with a fixed size for all packets, as a read-only structured array that
        shares the batch's memory.

        The array's fields have the same names as those of a packet; payload_length is added. A
        field that the kernel did not send is 0; the HAS_* bits of `present` show which were
        sent. ImportError without numpy.
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
