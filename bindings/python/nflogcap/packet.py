# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets that can be pickled and copied."""

import copyreg
from typing import Any, Callable, Tuple

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet as Packet


def restored(state: Tuple[Any, ...]) -> Packet:
    """The packet that was pickled as `state`."""
    return _nflogcap.restore(state)


def _reduced(packet: Packet) -> Tuple[Callable[..., Packet], Tuple[Any, ...]]:
    return restored, (packet.__getstate__(),)


copyreg.pickle(Packet, _reduced)
