# SPDX-License-Identifier: GPL-2.0-or-later
"""The options of open() and adopt(), as the library describes them, and the conversion of their
values to text."""

import itertools
import operator
import os
from typing import Any, Callable, Dict, List, Union

from nflogcap import _nflogcap

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


def _described(at: Callable[[int], Any]) -> List[Any]:
    return list(itertools.takewhile(lambda each: each is not None, map(at, itertools.count())))


OPTIONS: Dict[str, _nflogcap.Option] = {
    option.name: option for option in _described(_nflogcap.nflogcap_option_at)
}
COUNTERS: List[_nflogcap.Counter] = _described(_nflogcap.nflogcap_counter_at)


def _integer(name: str, value: Any) -> str:
    try:
        return str(operator.index(value))
    except TypeError:
        raise TypeError(f"{name} must be an integer, not '{type(value).__name__}'") from None


def require_str(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not '{type(value).__name__}'")
    return value


def path_of(name: str, value: Any) -> bytes:
    try:
        return os.fsencode(value)
    except TypeError:
        raise TypeError(f"{name} must be a path, not '{type(value).__name__}'") from None


def choice_of(name: str, value: Any) -> str:
    """Returns a name unchanged, and a number as decimal text."""
    return value if isinstance(value, str) else _integer(name, value)


_CONVERTERS: Dict[int, Callable[[str, Any], Union[str, bytes]]] = {
    _nflogcap.INTEGER: _integer,
    _nflogcap.GROUPS: _integer,
    _nflogcap.CHOICE: choice_of,
    _nflogcap.BOOLEAN: lambda name, value: "1" if value else "0",
    _nflogcap.PATH: path_of,
    _nflogcap.TEXT: require_str,
}


def text_of(name: str, value: Any) -> Union[str, bytes]:
    """Converts one value of an option to the text that the library expects. Raises TypeError for a
    value of another type."""
    return _CONVERTERS[OPTIONS[name].kind](name, value)


def listed(name: str, value: Any) -> List[Any]:
    """The values of an option as a list: empty for None; for a repeatable option all values of
    an iterable; else one."""
    if value is None:
        return []
    if not OPTIONS[name].is_repeatable or isinstance(value, (str, bytes, bytearray)):
        return [value]
    try:
        return list(value)
    except TypeError:
        return [value]


def unknown_keyword(function: str, name: str) -> TypeError:
    """A TypeError for the unknown keyword `name`; its message suggests the nearest option."""
    try:
        _nflogcap.Handle().set_option(name, None)
    except ValueError as error:
        return TypeError(f"{function} got an unexpected keyword argument: {error}")
    raise AssertionError(f"'{name}' is an option")
