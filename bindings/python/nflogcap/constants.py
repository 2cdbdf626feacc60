# SPDX-License-Identifier: GPL-2.0-or-later
"""HAS_*, the bits of a packet's `present`, and the choices of options. Their types are in a stub
that the build writes."""

from nflogcap import _nflogcap

__all__ = _nflogcap.constants
globals().update((name, getattr(_nflogcap, name)) for name in __all__)
