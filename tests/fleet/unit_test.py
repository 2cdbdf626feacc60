# SPDX-License-Identifier: GPL-2.0-or-later
"""The units of the fleet's services: systemd must accept them, they must fit together, and the programs must work with
the privileges that the units give.

Environment variables, besides those of broker.py: NFLOGCAP is the path of the command, PROGRAMS the directory of the
fleet's programs, SEND_UDP the program that sends packets. SANITIZER is empty for a build without a sanitizer.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import unit
from broker import Broker
from service_manager import ServiceManager

ROOT = pathlib.Path(__file__).parent.parent.parent
UNITS = {
    "nflogcap-spool@.service": os.environ["NFLOGCAP"],
    "nflogcap-ship@.service": os.environ["PROGRAMS"] + "/nflogcap-ship",
    "nflogcap-collect.service": os.environ["PROGRAMS"] + "/nflogcap-collect",
}
LONG = 300


def settings(name):
    return unit.settings(path_of(name))


def path_of(name):
    return ROOT / f"fleet/systemd/{name}.in"


class Units(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        for program in map(pathlib.Path, UNITS.values()):
            (self.directory / program.name).symlink_to(program)

    def analyze(self, name, *arguments):
        made = self.directory / name.replace("@.", "@web.")
        made.write_text(path_of(name).read_text().replace("@CMAKE_INSTALL_FULL_BINDIR@", str(self.directory)))
        return subprocess.run(["systemd-analyze", "--no-pager", *arguments, made], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LONG)

    def test_systemd_understands_each(self):
        for name in UNITS:
            with self.subTest(name):
                done = self.analyze(name, "verify", "--man=no")
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_exposure_of_each_is_at_most_1_5(self):
        for name in UNITS:
            with self.subTest(name):
                done = self.analyze(name, "security", "--offline=true", "--threshold=15")
                self.assertEqual(done.returncode, 0, done.stdout)

    def test_each_unit_file_is_tested_here(self):
        self.assertEqual({path.name for path in (ROOT / "fleet/systemd").iterdir()},
                         {f"{name}.in" for name in UNITS})

    def test_capture_and_ship_share_a_directory_and_a_user_and_nothing_else(self):
        spool, ship = settings("nflogcap-spool@.service"), settings("nflogcap-ship@.service")
        for name in ("User", "DynamicUser", "StateDirectory", "StateDirectoryMode"):
            self.assertEqual(spool[name], ship[name])
        self.assertNotEqual(spool["RuntimeDirectory"], ship["RuntimeDirectory"])
        for service in (spool, ship):
            self.assertTrue(service["ExecStart"].removesuffix(" --hand-over").endswith(
                " --spool %S/" + service["StateDirectory"]))

    def test_the_capture_has_no_network_and_the_others_have_no_privilege(self):
        self.assertEqual(settings("nflogcap-spool@.service")["IPAddressDeny"], "any")
        for name in ("nflogcap-ship@.service", "nflogcap-collect.service"):
            self.assertEqual(settings(name)["CapabilityBoundingSet"], "")
            self.assertNotIn("AmbientCapabilities", settings(name))


class Examples(unittest.TestCase):
    """The example configurations use the paths that their units provide."""

    def test_a_secret_is_where_the_unit_puts_it(self):
        for program, name in (("ship", "nflogcap-ship@web.service"), ("collect", "nflogcap-collect.service")):
            text = (ROOT / f"fleet/config/{program}.conf").read_text()
            self.assertIn(f"\n--password-file /run/credentials/{name}/password\n", text)
            self.assertIn(f"\nLoadCredential=password:nflogcap-{program}.password\n",
                          path_of(name.replace("@web", "@")).read_text())

    def test_metrics_are_where_the_unit_may_write(self):
        for program, name in (("spool", "nflogcap-spool@"), ("ship", "nflogcap-ship@"),
                              ("collect", "nflogcap-collect")):
            directory = settings(f"{name}.service")["RuntimeDirectory"].replace("%i", "web")
            text = (ROOT / f"fleet/config/{program}.conf").read_text()
            self.assertIn(f"\n--metrics /run/{directory}/", text)


class Run(unittest.TestCase):
    """Runs the programs as systemd would, without systemd: each as a user with only the privileges of its unit, with
    the system calls that the unit allows, and with a socket that receives its notifications."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.directory.chmod(0o755)
        self.managers = {}
        for name in ("spool", "collected", "run"):
            (self.directory / name).mkdir()
            os.chown(self.directory / name, unit.DYNAMIC_USER, unit.DYNAMIC_USER)

    def start(self, name, words):
        program = self.directory / pathlib.Path(UNITS[name]).name
        shutil.copy(UNITS[name], program)
        notified = self.directory / f"{name}.notify"
        manager = ServiceManager(self, str(notified))
        notified.chmod(0o777)
        config = self.directory / f"{name}.conf"
        config.write_text(words)
        self.assertRegex(settings(name)["ExecStart"], f"/{program.name} --config /etc/nflogcap/")
        further = re.findall(r" (--hand-over)$", settings(name)["ExecStart"])
        process = unit.start(self, path_of(name), [program, "--config", config, *further], notified)
        manager.await_word("READY=1")
        self.managers[process] = manager
        return process

    def finish(self, process):
        self.managers[process].await_word("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        _said, words = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, words)
        self.assertIn("STOPPING=1", self.managers[process].rest())

    def test_a_packet_goes_the_whole_way(self):
        subprocess.run(["nft", "table inet t { chain c { type filter hook output priority 0; "
                               "udp dport 4242 log group 5; }; }"], check=True)
        broker = Broker(self, self.directory)
        with broker.client() as client:
            client.create_stream()
        spool, collected, run = (self.directory / name for name in ("spool", "collected", "run"))
        capture = self.start("nflogcap-spool@.service",
                             f"-g 5\n--spool {spool}\n--spool-size 10M\n--metrics {run}/spool.prom\n")
        ship = self.start("nflogcap-ship@.service", f"--spool {spool}\n--server {broker.url}\n--host web-1\n"
                                                    f"--metrics {run}/ship.prom\n")
        collect = self.start("nflogcap-collect.service", f"--out {collected}\n--server {broker.url}\n"
                                                         f"--metrics {run}/collect.prom\n")
        subprocess.run([os.environ["SEND_UDP"], "4242", "--count", "1"], check=True)
        end = time.monotonic() + LONG
        while not any(path.stat().st_size > 24 for path in collected.glob("web-1-g5*.pcap")):
            self.assertLess(time.monotonic(), end, list(collected.iterdir()))
            time.sleep(0.05)
        for process in (capture, ship, collect):
            self.finish(process)
        done = subprocess.run([UNITS["nflogcap-collect.service"], "--report", "--json", "--out", collected],
                              stdout=subprocess.PIPE, text=True, check=True)
        group, = json.loads(done.stdout)["groups"]
        self.assertEqual((group["host"], group["group"], group["logged"], group["stored"]), ("web-1", 5, 1, 1))
        for path in (*spool.iterdir(), *collected.iterdir()):
            self.assertEqual((path.stat().st_uid, path.stat().st_mode & 0o077), (unit.DYNAMIC_USER, 0), path)
        self.assertEqual({path.name for path in run.iterdir()}, {"spool.prom", "ship.prom", "collect.prom"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
