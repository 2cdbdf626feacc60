# SPDX-License-Identifier: GPL-2.0-or-later
"""python3 -m nflogcap: shows the version, what this machine supports, and whether this process
may capture. Exits with 0 if it may capture, else with 1."""

import errno
import importlib.util
import os
import platform
import sys

import nflogcap

_BOUND = "/proc/self/net/netfilter/nfnetlink_log"


def _bound_groups() -> "set[int]":
    """The groups that a program owns; empty if they cannot be read."""
    try:
        with open(_BOUND, encoding="ascii") as table:
            return {int(line.split()[0]) for line in table}
    except OSError:
        return set()


def _try(conntrack: bool) -> "OSError | None":
    """Opens a capture of a free group, the only way to find out, and returns its error."""
    taken = _bound_groups()
    free = next(group for group in range(65535, -1, -1) if group not in taken)
    try:
        nflogcap.open(free, conntrack=conntrack).close()
    except OSError as error:
        return error
    return None


def _has(module: str) -> str:
    return "yes" if importlib.util.find_spec(module) else "no"


def main() -> int:
    refused = _try(conntrack=False)
    if refused is None:
        capture, nflog = "yes", "yes"
        conntrack = "no" if _try(conntrack=True) else "yes"
    else:
        capture = f"no: {refused.strerror}"
        nflog = "no" if refused.errno == errno.EOPNOTSUPP else "unknown"
        if os.path.exists(_BOUND):
            nflog = "yes"
        conntrack = "unknown"
    for name, value in (
        ("nflogcap", nflogcap.__version__),
        ("Python", platform.python_version()),
        ("kernel", platform.release()),
        ("NFLOG", nflog),
        ("conntrack", conntrack),
        ("scapy", _has("scapy")),
        ("numpy", _has("numpy")),
        ("may capture", capture),
    ):
        print(f"{name:12} {value}")
    return 0 if refused is None else 1


if __name__ == "__main__":
    sys.exit(main())
