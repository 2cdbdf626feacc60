# SPDX-License-Identifier: GPL-2.0-or-later
"""What options are: paths, and what is said of a keyword that nobody knows."""

import difflib
import os
from typing import Iterable, Union

Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


def unknown_keyword(function: str, name: str, known: Iterable[str]) -> TypeError:
    """A TypeError for the unknown keyword `name` that names the nearest known one."""
    (nearest,) = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
    return TypeError(
        f"{function} got an unexpected keyword argument '{name}'; did you mean '{nearest}'?"
    )
