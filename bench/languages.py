# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the interpreter and the environment that run a script with the modules in the build directory."""

import os


def interpreter(build, language):
    """Returns the interpreter for which the language's module was built; None if it was not built."""
    name = build / "bindings" / language / "interpreter"
    return name.read_text().strip() if name.exists() else None


def environment(build):
    """Returns the environment in which each language finds its module."""
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
