# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a script again in a separate network namespace (tests/support/in-namespace)."""

import os
import pathlib
import sys

IN_NAMESPACE = pathlib.Path(__file__).resolve().parents[1] / "tests/support/in-namespace"


def enter_namespace():
    """Runs the script again in a namespace, and returns there. If no namespace can be created, in-namespace ends it.

    The second run has the same process id, because of exec, and recognizes itself by this id.
    """
    if os.environ.pop("NFLOGCAP_BENCH_INSIDE", None) == str(os.getpid()):
        return
    os.environ["NFLOGCAP_BENCH_INSIDE"] = str(os.getpid())
    os.execv(str(IN_NAMESPACE), [str(IN_NAMESPACE), sys.executable, *sys.argv])
