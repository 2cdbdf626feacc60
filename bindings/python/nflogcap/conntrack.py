# SPDX-License-Identifier: GPL-2.0-or-later
"""The types of a packet's conntrack entry, as the library describes it. The build writes a stub
with their types."""

import collections

from nflogcap import _nflogcap


def _type(name, description, fields):
    made = collections.namedtuple(name, [field for field, _ in fields])
    made.__module__ = __name__
    made.__doc__ = f"{description}\n\nFields that the kernel did not send have the value None.\n"
    for field, words in fields:
        getattr(made, field).__doc__ = words
    return made


ConntrackTuple, Conntrack = (_type(*record) for record in _nflogcap.records())
_nflogcap.set_records([ConntrackTuple, Conntrack])
