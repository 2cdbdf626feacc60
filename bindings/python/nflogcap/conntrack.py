# SPDX-License-Identifier: GPL-2.0-or-later
"""What a packet's conntrack entry says, as the library describes it. The types are in a stub that
the build writes."""

import collections

from nflogcap import _nflogcap


def _type(name, description, fields):
    made = collections.namedtuple(name, [field for field, _ in fields])
    made.__module__ = __name__
    made.__doc__ = f"{description}\n\nNone stands for a field that the kernel did not send.\n"
    for field, words in fields:
        getattr(made, field).__doc__ = words
    return made


ConntrackTuple, Conntrack = (_type(*record) for record in _nflogcap.records())
_nflogcap.set_records([ConntrackTuple, Conntrack])
