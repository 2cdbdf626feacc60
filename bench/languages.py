# SPDX-License-Identifier: GPL-2.0-or-later
"""How to run a script with a module from the build directory, in each language."""

import os


def interpreter(build, language):
    """The interpreter that the module of that language was built for; None if it was not built."""
    name = build / "bindings" / language / "interpreter"
    return name.read_text().strip() if name.exists() else None


def environment(build):
    """The environment in which each language finds its module."""
    modules = build / "bindings"
    return {
        **os.environ,
        "PYTHONPATH": f"{modules}/python",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LUA_PATH": f"{modules}/lua/?.lua;;",
        "LUA_CPATH": f"{modules}/lua/?.so;;",
        "RUBYLIB": f"{modules}/ruby",
        "PERL5LIB": f"{modules}/perl",
    }
