# SPDX-License-Identifier: GPL-2.0-or-later
"""Names for the numbers in packets and counters, which are plain integers. The types are in a stub that
the build writes."""

import enum

from nflogcap import _nflogcap
from nflogcap.options import OPTIONS


def _members(prefix):
    return {
        name[len(prefix) :]: getattr(_nflogcap, name)
        for name in _nflogcap.constants
        if name.startswith(prefix)
    }


Family = enum.IntEnum("Family", _members("FAMILY_"), module=__name__)
Family.__doc__ = "The values of a packet's `family`."

Hook = enum.IntEnum("Hook", _members("HOOK_"), module=__name__)
Hook.__doc__ = """The values of a packet's `hook`, but of the families arp (0 input, 1 output) and netdev
(0 ingress, 1 egress)."""

Has = enum.IntFlag("Has", _members("HAS_"), module=__name__)
Has.__doc__ = "The bits of a packet's `present`: which optional fields are valid."

Delivery = enum.IntEnum(
    "Delivery", OPTIONS["delivery"].choices.upper().split(), start=0, module=__name__
)
Delivery.__doc__ = "The ways of delivery: of the option, and of the counters' `delivery`."
