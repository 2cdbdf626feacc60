# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit nflogcap@.service: what systemd says about it, and the command with the rights that it gives."""

import configparser
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

from support import COMMAND, LONG, ONE_USER_ALONE, PORT, CommandTest, bound_groups, nft, objects, rule, send
from service_manager_test import ServiceManager

ROOT = pathlib.Path(__file__).parent.parent.parent
UNIT = ROOT / "tools/systemd/nflogcap@.service.in"
DYNAMIC_USER = 61234  # one of those that systemd takes

# Runs a command with no other system calls than these, and with no sockets but those of these families: any other
# ends the process by SIGSYS.
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


def settings():
    """Of the unit, those of the service alone."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    unit.optionxform = str
    unit.read(UNIT)
    return unit["Service"]


def calls_of(filter_words):
    """Those of SystemCallFilter, with the sets in it written out."""
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout
    sets = {name: lines.split() for name, lines in re.findall(r"^(@\S+)\n(?:    # .*\n)?((?:    .*\n)*)", text, re.M)}

    def written_out(word):
        if not word.startswith("@"):
            return {word}
        return set().union(*(written_out(each) for each in sets[word] if each != "#"))
    return set().union(*(written_out(word) for word in filter_words))


class Analyzed(CommandTest):
    def setUp(self):
        super().setUp()
        self.unit = self.directory / "nflogcap@web.service"
        directory = str(pathlib.Path(COMMAND).parent)
        self.unit.write_text(UNIT.read_text().replace("@CMAKE_INSTALL_FULL_BINDIR@", directory))

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", "--no-pager", *arguments, self.unit], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LONG)

    def test_systemd_understands_it(self):
        done = self.analyze("verify", "--man=no")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_its_exposure_is_at_most_1_5(self):
        done = self.analyze("security", "--offline=true", "--threshold=15")
        self.assertEqual(done.returncode, 0, done.stdout)


@unittest.skipIf(ONE_USER_ALONE, "there is one user alone in this user namespace")
class Run(CommandTest):
    """By hand, as systemd runs it: as a user of its own with one capability, with the system calls that the unit
    allows, in its directory, and with a socket that hears about it."""

    def setUp(self):
        super().setUp()
        self.directory.chmod(0o755)
        self.command = self.directory / "nflogcap"
        shutil.copy(COMMAND, self.command)
        self.state = self.directory / "state"
        self.runtime = self.directory / "run"
        for path in (self.state, self.runtime):
            path.mkdir()
            os.chown(path, DYNAMIC_USER, DYNAMIC_USER)
        self.config = self.directory / "web.conf"

    def start(self, words):
        self.config.write_text(words)
        unit = settings()
        self.assertEqual(unit["ExecStart"], "@CMAKE_INSTALL_FULL_BINDIR@/nflogcap --config /etc/nflogcap/%i.conf")
        self.assertEqual(unit["CapabilityBoundingSet"], unit["AmbientCapabilities"])
        capability = "-all,+" + unit["AmbientCapabilities"].lower().removeprefix("cap_")
        allowed, denied = re.findall(r"^SystemCallFilter=(~?)(.*)$", UNIT.read_text(), re.M)
        calls = calls_of(allowed[1].split()) - calls_of(denied[1].split())
        self.manager = ServiceManager(self, str(self.directory / "notify"))
        (self.directory / "notify").chmod(0o777)
        confined = [sys.executable, "-c", CONFINED, " ".join(calls), unit["RestrictAddressFamilies"]]
        if os.environ["SANITIZER"]:  # its runtime makes system calls that the unit forbids
            confined = []
        process = subprocess.Popen(
            ["setpriv", f"--reuid={DYNAMIC_USER}", f"--regid={DYNAMIC_USER}", "--clear-groups", "--no-new-privs",
             f"--bounding-set={capability}", f"--inh-caps={capability}", f"--ambient-caps={capability}",
             *confined, self.command, "--config", self.config],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.state,
            umask=int(unit["UMask"], 8),
            env={**os.environ, "NOTIFY_SOCKET": str(self.directory / "notify"), "WATCHDOG_USEC": "1000000"})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def finish(self, process):
        process.send_signal(signal.SIGTERM)
        said, words = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, words)
        self.assertIn("STOPPING=1", self.manager.rest())
        return said, words

    def test_packets_are_captured_and_counted(self):
        rule("group 5")
        process = self.start(f"-g 5\n--json --no-payload\n--metrics {self.runtime}/web.prom\nnot port 53\n")
        self.manager.await_word("READY=1")
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(re.search(rf"^{name}:\s*(\w+)", status, re.M)[1], 16), 1 << 12, name)
        send(b"x")
        self.manager.await_word("WATCHDOG=1")
        said, _words = self.finish(process)
        self.assertEqual([packet["destination_port"] for packet in objects(said)], [PORT])
        metrics = self.runtime / "web.prom"
        self.assertIn('nflogcap_received_packets_total{capture="web",group="5"} 1\n', metrics.read_text())
        self.assertEqual(metrics.stat().st_mode & 0o777, 0o644)

    def test_a_tap_and_files_in_its_directory(self):
        process = self.start(f"--tap 'udp dport {PORT}' --hook input\n-w log-%F.pcap -G 86400\n")
        self.manager.await_word("READY=1")
        self.assertIn(65535, bound_groups())
        send(b"x")
        self.assertIn("1 packet written", self.finish(process)[1])
        file, = self.state.iterdir()
        self.assertEqual((file.stat().st_uid, file.stat().st_mode & 0o777), (DYNAMIC_USER, 0o600))

    def test_top(self):
        nft(f"table inet t {{ chain c {{ type filter hook output priority 0; udp dport {PORT} log group 5; }}; }}\n")
        process = self.start("top -g 5 --by uid\n")
        self.manager.await_word("READY=1")
        send(b"x")
        self.assertIn("root", self.finish(process)[0])

    def test_a_wrong_configuration_ends_it_for_good(self):
        process = self.start("-g 5\n--jsn\n")
        _said, words = process.communicate(timeout=LONG)
        self.assertRegex(words, f"^nflogcap: {self.config}:2: there is no option --jsn")
        self.assertEqual(str(process.returncode), settings()["RestartPreventExitStatus"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
