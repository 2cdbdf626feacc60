# SPDX-License-Identifier: GPL-2.0-or-later
"""The counters of a capture, as the library describes them. The build writes a stub with their
types."""

import collections

from nflogcap.enums import Delivery, Members
from nflogcap.options import COUNTERS

Stats = collections.namedtuple("Stats", [counter.name for counter in COUNTERS])
Stats.__module__ = __name__
Stats.__doc__ = """Counters of a capture or of one of its groups since it was opened, at one moment.

Those marked (capture) are 0 in the counters of a group.
"""
for counter in COUNTERS:
    mark = "" if counter.is_per_group else "(capture) "
    getattr(Stats, counter.name).__doc__ = f"{mark}{counter.description}."


_DELIVERIES = Members(Delivery)


def capture_stats(counters):
    """The counters of a capture; unlike those of a group they have a delivery."""
    stats = Stats._make(counters)
    return stats._replace(delivery=_DELIVERIES[stats.delivery])
