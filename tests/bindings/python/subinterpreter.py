# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs programs in another interpreter of this process. This module does not import nflogcap."""

import sys
import textwrap

try:
    import _xxsubinterpreters as interpreters

    create = interpreters.create
except ImportError:  # Python 3.13
    import _interpreters as interpreters

    def create():
        return interpreters.create("legacy")


def run(program):
    interpreter = create()
    try:
        interpreters.run_string(
            interpreter, f"import sys\nsys.path[:] = {sys.path!r}\n{textwrap.dedent(program)}"
        )
    finally:
        interpreters.destroy(interpreter)
