# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a script again in a separate network namespace (tests/support/in-namespace)."""

import os
import pathlib
import sys

IN_NAMESPACE = pathlib.Path(__file__).resolve().parents[1] / "tests/support/in-namespace"


def enter_namespace():
    """Returns in the namespace. If no namespace can be created, the script ends as in-namespace decides.

    exec keeps the process id, by which the second run recognizes itself.
    """
    if os.environ.pop("NFLOGCAP_BENCH_INSIDE", None) == str(os.getpid()):
        return
    os.environ["NFLOGCAP_BENCH_INSIDE"] = str(os.getpid())
    os.execv(str(IN_NAMESPACE), [str(IN_NAMESPACE), sys.executable, *sys.argv])
