# SPDX-License-Identifier: GPL-2.0-or-later
"""open() starts a capture, adopt() goes on with one. A stub that the build writes has their types."""

import inspect
import textwrap

from nflogcap import _nflogcap
from nflogcap.capture import Capture, WarningHandle, logger
from nflogcap.options import OPTIONS, listed, text_of, unknown_keyword


def open(groups=(), **options):
    handle = _handle_with("open()", {"groups": groups, **options})
    handle.start()
    return _capture_of(handle, "opened")


def adopt(descriptors, **options):
    handle = _handle_with("adopt()", options)
    for descriptor in _iterator("descriptors", descriptors):
        handle.add_descriptor(descriptor)
    handle.adopt()
    return _capture_of(handle, "adopted")


def _iterator(name, values):
    try:
        return iter(values)
    except TypeError:
        kind = type(values).__name__
        raise TypeError(f"{name} must be an iterable of integers, not '{kind}'") from None


def _handle_with(function, options):
    for name in options:
        if name not in OPTIONS:
            raise unknown_keyword(function, name)
    handle = WarningHandle()
    values = {name: listed(name, value) for name, value in options.items()}
    for name in OPTIONS:
        for value in values.get(name, ()):
            handle.set_option(name, text_of(name, value))
    return handle


def _capture_of(handle, how):
    capture = Capture(handle)
    buffer = capture.stats.socket_buffer
    logger.debug("%r: %s, with %d bytes of socket buffer", capture, how, buffer)
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
adopt.__doc__ = """Goes on with a capture of another process, instead of starting one, and returns the Capture.

`descriptors` are those that the other process's capture.descriptors() returned, as they are
numbered in this process, in any order. Waits up to one second for that process to close
the capture or end. Then the descriptors belong to the Capture; after an error they stay
open, and the caller's.

The options are those of open(). Those that differ from the other process's are set. With
`tap` the taps replace the other process's, else they are kept. `groups` must be the same, or
none.

ValueError for descriptors that are not those of one capture, and for other groups; OSError
with EBUSY while the other process still captures, with ENODATA if the capture has ended,
and with EXDEV if it is of another network namespace; and the errors of open().
"""
_PARAMETER = inspect.Parameter


def _parameters(names):
    return [_PARAMETER(name, _PARAMETER.KEYWORD_ONLY, default=None) for name in names]


open.__signature__ = inspect.Signature(
    [
        _PARAMETER("groups", _PARAMETER.POSITIONAL_OR_KEYWORD, default=()),
        *_parameters(name for name in OPTIONS if name != "groups"),
    ]
)
adopt.__signature__ = inspect.Signature(
    [_PARAMETER("descriptors", _PARAMETER.POSITIONAL_OR_KEYWORD), *_parameters(OPTIONS)]
)
