# SPDX-License-Identifier: GPL-2.0-or-later
"""open() starts a capture, adopt() continues one. The build writes a stub with their types."""

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


open.__doc__ = """Starts a capture and returns it.

{}

Raises:
  PermissionError  another program owns a group, or CAP_NET_ADMIN is missing
  ValueError       a value out of range, no group, the same group twice, an invalid filter, or a
                   tap that nft does not understand or that does more than match
  TypeError        a value of another type, or an unknown option
  OSError          with EOPNOTSUPP: the kernel lacks NFLOG or its conntrack part, or libnftables is
                   not installed
""".format("\n".join(map(_paragraph, OPTIONS.values())))
adopt.__doc__ = """Continues a capture of another process, instead of starting one, and returns it.

Waits up to one second for that process to close the capture or end.

`descriptors` are those that capture.descriptors() returned in the other process, by their numbers
in this process, in any order. On success they belong to the Capture; after an error they stay open
and belong to the caller.

The options are those of open(); options that differ from those of the other process are set. If
`tap` is given, these taps replace those of the other process; otherwise its taps are kept. `groups`
must be the same groups, or absent.

Raises:
  ValueError  the descriptors are not those of one capture, or the groups differ
  OSError     with EBUSY: the other process still captures; with ENODATA: the capture has ended;
              with EXDEV: it belongs to another network namespace
and the errors of open().
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
