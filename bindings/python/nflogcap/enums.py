# SPDX-License-Identifier: GPL-2.0-or-later
"""The enumerations of packets' fields and of counters. Their types are in a stub that the build writes."""

import enum

from nflogcap import _nflogcap
from nflogcap.options import OPTIONS


def _numbers(prefix):
    return {
        name[len(prefix) :]: getattr(_nflogcap, name)
        for name in _nflogcap.constants
        if name.startswith(prefix)
    }


# A hostile savefile can have any combination of fields, and enum keeps each one for ever.
_MOST_COMBINATIONS = 4096


class Members(dict):
    """The members of an enumeration by their values. A look-up takes a fraction of the time of a call of
    the enumeration; a number that has no name stays one."""

    def __init__(self, enumeration):
        super().__init__((member.value, member) for member in enumeration)
        self._enumeration = enumeration

    def __missing__(self, value):
        if len(self) >= _MOST_COMBINATIONS:
            return value
        try:
            member = self[value] = self._enumeration(value)
        except ValueError:
            return value
        return member


# str() and formats are those of the number in every version of Python, as since 3.11.
class _Named(enum.IntEnum):
    __str__ = int.__repr__
    __format__ = int.__format__


class _Flags(enum.IntFlag):
    __str__ = int.__repr__
    __format__ = int.__format__

    def __and__(self, other):  # what is done with each packet; enum's own takes five times as long
        value = int.__and__(self, other)
        return value if value is NotImplemented else _HAS[value]

    __rand__ = __and__


Family = _Named("Family", _numbers("FAMILY_"), module=__name__)
Family.__doc__ = "The values of a packet's `family`."

Hook = _Named("Hook", _numbers("HOOK_"), module=__name__)
Hook.__doc__ = """The values of a packet's `hook`, but of the families arp (0 input, 1 output) and netdev
(0 ingress, 1 egress), whose hooks are integers."""

Has = _Flags("Has", _numbers("HAS_"), module=__name__)
Has.__doc__ = "A packet's `present`: which optional fields are valid."

Delivery = _Named("Delivery", OPTIONS["delivery"].choices.upper().split(), start=0, module=__name__)
Delivery.__doc__ = "The ways of delivery: of the option, and of the counters' `delivery`."

_HAS = Members(Has)
_nflogcap.set_enumerations({"family": Members(Family), "hook": Members(Hook), "present": _HAS})
