# SPDX-License-Identifier: GPL-2.0-or-later
"""open() starts a capture. Its types are in a stub that the build writes."""

import inspect
import textwrap

from nflogcap import _nflogcap
from nflogcap.capture import Capture, WarningHandle, logger
from nflogcap.options import OPTIONS, listed, text_of, unknown_keyword


def open(groups=(), **options):
    for name in options:
        if name not in OPTIONS:
            raise unknown_keyword("open()", name)
    handle = WarningHandle()
    values = {name: listed(name, value) for name, value in {"groups": groups, **options}.items()}
    for name in OPTIONS:
        for value in values.get(name, ()):
            handle.set_option(name, text_of(name, value))
    handle.start()
    capture = Capture(handle, [int(group) for group in values["groups"]])
    logger.debug("%r: opened, with %d bytes of socket buffer", capture, capture.stats.socket_buffer)
    return capture


def _range_of(option):
    if option.kind not in (_nflogcap.INTEGER, _nflogcap.GROUPS):
        return ""
    numbers = f"{option.minimum} to {option.maximum} {option.unit}".rstrip()
    default = "" if option.is_repeatable else f"; by default {option.default_value}"
    return f" ({numbers}{default})"


def _paragraph(option):
    plural = ", or an iterable of these" if option.is_repeatable else ""
    return textwrap.fill(
        option.description + _range_of(option) + plural,
        width=84,
        initial_indent=f"{option.name:17}",
        subsequent_indent=" " * 17,
    )


open.__doc__ = """Starts capturing and returns the Capture.

{}

PermissionError if a group has an owner already or CAP_NET_ADMIN is missing;
OSError with EOPNOTSUPP if the kernel lacks NFLOG, or conntrack for it, or the
library lacks taps; ValueError for a value out of range, no group, the same group
twice, a wrong filter, and a tap that nft does not understand or that does more
than match; TypeError for a value of another type, and for an unknown option.
""".format("\n".join(map(_paragraph, OPTIONS.values())))
_PARAMETER = inspect.Parameter
open.__signature__ = inspect.Signature(
    [
        _PARAMETER("groups", _PARAMETER.POSITIONAL_OR_KEYWORD, default=()),
        *(
            _PARAMETER(name, _PARAMETER.KEYWORD_ONLY, default=None)
            for name in OPTIONS
            if name != "groups"
        ),
    ]
)
