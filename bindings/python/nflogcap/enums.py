# SPDX-License-Identifier: GPL-2.0-or-later
"""The enumerations of packets' fields and of counters. The build writes a stub with their
types."""

import enum

from nflogcap import _nflogcap
from nflogcap.options import OPTIONS


def _numbers(prefix):
    return {
        name[len(prefix) :]: getattr(_nflogcap, name)
        for name in _nflogcap.constants
        if name.startswith(prefix)
    }


# An enum keeps each combination of flags for ever, and a hostile savefile can contain any
# combination.
_MAX_COMBINATIONS = 4096


class Members(dict):
    """The members of an enumeration by their values. A look-up is several times as fast as a
    call of the enumeration; a number without a name stays a number."""

    def __init__(self, enumeration):
        super().__init__((member.value, member) for member in enumeration)
        self._enumeration = enumeration

    def __missing__(self, value):
        if len(self) >= _MAX_COMBINATIONS:
            return value
        try:
            member = self[value] = self._enumeration(value)
        except ValueError:
            return value
        return member


# str() and format() return the number in every version of Python, as they do since 3.11.
class _Named(enum.IntEnum):
    __str__ = int.__repr__
    __format__ = int.__format__


class _Flags(enum.IntFlag):
    __str__ = int.__repr__
    __format__ = int.__format__

    def __and__(self, other):  # used for each packet; enum's own takes five times as long
        value = int.__and__(self, other)
        return value if value is NotImplemented else _HAS[value]

    __rand__ = __and__


Family = _Named("Family", _numbers("FAMILY_"), module=__name__)
Family.__doc__ = "The values of a packet's `family`."

Hook = _Named("Hook", _numbers("HOOK_"), module=__name__)
Hook.__doc__ = """The values of a packet's `hook`. In the families arp (0 input, 1 output) and netdev (0 ingress,
1 egress) `hook` is an integer."""

Has = _Flags("Has", _numbers("HAS_"), module=__name__)
Has.__doc__ = "A packet's `present`: which optional fields are valid."

Delivery = _Named("Delivery", OPTIONS["delivery"].choices.upper().split(), start=0, module=__name__)
Delivery.__doc__ = "The kinds of delivery: values of the option and of the counters' `delivery`."

_HAS = Members(Has)
_nflogcap.set_enumerations({"family": Members(Family), "hook": Members(Hook), "present": _HAS})
