# SPDX-License-Identifier: GPL-2.0-or-later
"""The unit nflogcap@.service: systemd must accept it, and the command must work with the privileges of the unit."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

import unit
from service_manager import ServiceManager
from support import COMMAND, LONG, ONE_USER_ALONE, PORT, CommandTest, bound_groups, nft, objects, rule, send
from unit import DYNAMIC_USER

ROOT = pathlib.Path(__file__).parent.parent.parent
UNIT = ROOT / "tools/systemd/nflogcap@.service.in"
SETTINGS = unit.settings(UNIT)


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
    """Runs the command as systemd would, without systemd: as a separate user with one capability, with the system calls
    that the unit allows, in the unit's directory, and with a socket that receives its notifications."""

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
        self.assertEqual(SETTINGS["ExecStart"],
                         "@CMAKE_INSTALL_FULL_BINDIR@/nflogcap --config /etc/nflogcap/%i.conf --hand-over")
        notified = self.directory / "notify"
        self.manager = ServiceManager(self, str(notified))
        notified.chmod(0o777)
        return unit.start(self, UNIT, [self.command, "--config", self.config, "--hand-over"], notified, cwd=self.state)

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
        self.assertEqual(str(process.returncode), SETTINGS["RestartPreventExitStatus"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
