# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of a keyword that nobody knows."""

import difflib
from typing import Iterable


def unknown_keyword(function: str, name: str, known: Iterable[str]) -> TypeError:
    """A TypeError for the unknown keyword `name` that names the nearest known one."""
    (nearest,) = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)
    return TypeError(
        f"{function} got an unexpected keyword argument '{name}'; did you mean '{nearest}'?"
    )
