# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts a process with the privileges of a systemd unit, without systemd.

Environment variable SANITIZER: empty for a build without a sanitizer.
"""

import configparser
import os
import re
import subprocess
import sys

DYNAMIC_USER = 61234  # a user id of those that systemd uses for DynamicUser=

# A script that runs a command, and allows only some system calls and only sockets of some families. Any other call ends
# the process with SIGSYS.
CONFINED = r"""
import ctypes, os, socket, sys
calls, families, *command = sys.argv[1:]
library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
library.seccomp_init.restype = ctypes.c_void_p
KILL_PROCESS, ALLOW, EQUAL = 0x80000000, 0x7fff0000, 4
class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("one", ctypes.c_uint64),
                ("other", ctypes.c_uint64)]
filter = ctypes.c_void_p(library.seccomp_init(KILL_PROCESS))
def allow(name, *comparisons):
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number >= 0:
        array = (Comparison * len(comparisons))(*comparisons)
        assert library.seccomp_rule_add_array(filter, ALLOW, number, len(comparisons), array) == 0, name
for name in set(calls.split()) - {"socket"}:
    allow(name)
for family in families.split():
    allow("socket", Comparison(0, EQUAL, getattr(socket, family), 0))
assert library.seccomp_load(filter) == 0
os.execv(command[0], command)
"""


def settings(path):
    """Returns the settings in the section [Service] of a unit."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    unit.optionxform = str
    unit.read(path)
    return unit["Service"]


def calls_of(filter_words):
    """Returns the system calls of a SystemCallFilter=. Sets such as @system-service are replaced by their calls."""
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout
    sets = {name: lines.split() for name, lines in re.findall(r"^(@\S+)\n(?:    # .*\n)?((?:    .*\n)*)", text, re.M)}

    def written_out(word):
        if not word.startswith("@"):
            return {word}
        return set().union(*(written_out(each) for each in sets[word] if each != "#"))
    return set().union(*(written_out(word) for word in filter_words))


def start(test, path, words, manager, **options):
    """Starts a command with the user, the capabilities, the system calls and the umask of the unit at `path`. It
    notifies the service manager at the path `manager`."""
    unit = settings(path)
    test.assertEqual(unit["CapabilityBoundingSet"], unit.get("AmbientCapabilities", ""))
    capabilities = ",".join(["-all"] + ["+" + name.lower().removeprefix("cap_")
                                        for name in unit["CapabilityBoundingSet"].split()])
    allowed, denied = re.findall(r"^SystemCallFilter=(~?)(.*)$", path.read_text(), re.M)
    calls = calls_of(allowed[1].split()) - calls_of(denied[1].split())
    confined = [sys.executable, "-c", CONFINED, " ".join(calls), unit["RestrictAddressFamilies"]]
    if os.environ["SANITIZER"]:  # a sanitizer's runtime makes system calls that the unit forbids
        confined = []
    process = subprocess.Popen(
        ["setpriv", f"--reuid={DYNAMIC_USER}", f"--regid={DYNAMIC_USER}", "--clear-groups", "--no-new-privs",
         f"--bounding-set={capabilities}", f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}",
         *confined, *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        umask=int(unit["UMask"], 8), env={**os.environ, "NOTIFY_SOCKET": str(manager), "WATCHDOG_USEC": "1000000"},
        **options)
    test.addCleanup(process.communicate)
    test.addCleanup(process.kill)
    return process
