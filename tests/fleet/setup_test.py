# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the set-up commands of docs/fleet.md unchanged, on three machines. Each machine consists of namespaces.

Environment variables: NFLOGCAP is the path of the command, PROGRAMS the directory of the fleet's programs. If they are
not set, the test uses the installed programs.
"""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent
MACHINE = ROOT / "tests/fleet/machine"
LONG = 120
IS_INSTALLED = "PROGRAMS" not in os.environ
UNITS = "/usr/lib/systemd/system" if IS_INSTALLED else str(ROOT / "fleet/systemd")
BUILT = [] if IS_INSTALLED else [os.environ["PROGRAMS"], str(pathlib.Path(os.environ["NFLOGCAP"]).parent)]
PORT, OTHER_PORT = 4242, 4243


def blocks():
    """Returns the shell code blocks of the section about set-up, in their order."""
    text = (ROOT / "docs/fleet.md").read_text()
    section = re.search(r"^## Set-up in ten commands\n(.*?)^## ", text, re.M | re.S)[1]
    return re.findall(r"^```sh\n(.*?)^```", section, re.M | re.S)


class Machine:
    def __init__(self, test, name, number):
        self.directory = test.directory / name
        self.directory.mkdir()
        self.environment = {
            **os.environ, "MACHINES": str(test.directory / "machines"), "UNITS": UNITS,
            "PIDS": str(test.directory / f"{name}.pids"), "LOG": str(test.directory / f"{name}.log"),
            "PATH": ":".join([str(MACHINE), *BUILT, os.environ["PATH"], "/usr/sbin:/sbin"])}
        examples = [] if IS_INSTALLED else [ROOT / "fleet/config"]
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--uts", MACHINE / "prepare", name, self.directory, *examples],
            stdout=subprocess.PIPE, env=self.environment)
        test.addCleanup(self.process.communicate)
        test.addCleanup(self.process.kill)
        assert self.process.stdout.readline() == b"ready\n"
        test.addCleanup(self.end_services)
        (test.directory / "machines" / name).write_text(str(self.process.pid))
        subprocess.run(["ip", "link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0", "netns",
                        str(self.process.pid)], check=True)
        subprocess.run(["ip", "link", "set", f"port{number}", "up", "master", "switch"], check=True)
        self.run(f"ip address add 10.0.0.{number}/24 dev eth0 && ip link set eth0 up")

    def command(self, words):
        return ["nsenter", "--target", str(self.process.pid), "--mount", "--root", "--uts", "--net", "sh", "-euc", words]

    def run(self, words, status=0):
        done = subprocess.run(self.command(words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LONG, env=self.environment, cwd="/")
        log = pathlib.Path(self.environment["LOG"])
        assert done.returncode == status, (words, done.stdout, log.exists() and log.read_text())
        return done.stdout

    def send(self, port):
        """Sends a datagram to the broker's machine."""
        self.run(f"bash -c 'echo x >/dev/udp/10.0.0.1/{port}'")

    def end_services(self):
        pids = pathlib.Path(self.environment["PIDS"])
        for pid in reversed(pids.read_text().split() if pids.exists() else ()):
            os.kill(int(pid), signal.SIGKILL)


class Setup(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.directory.chmod(0o755)
        (self.directory / "machines").mkdir()
        subprocess.run(["ip", "link", "add", "switch", "type", "bridge"], check=True)
        subprocess.run(["ip", "link", "set", "switch", "up"], check=True)

    def test_packets_of_two_hosts_arrive_after_ten_commands(self):
        on_broker, on_each_host, then = blocks()
        self.assertEqual(len(on_broker.splitlines()) + len(on_each_host.splitlines()), 10)
        broker = Machine(self, "broker", 1)
        broker.run(on_broker)
        hosts = [Machine(self, name, number) for number, name in ((2, "web-1"), (3, "web-2"))]
        for host in hosts:
            host.run(on_each_host)

        for host in hosts:
            host.run(f"nft 'table inet t {{ chain c {{ type filter hook output priority 0; "
                     f"udp dport {PORT} log group 5; udp dport {OTHER_PORT} log group 6; }}; }}'")
            for _ in range(3):
                host.send(PORT)
        secret, table, live, report = then.splitlines()
        broker.run(secret)
        end = time.monotonic() + LONG
        while len(re.findall(r"^web-[12] +5 ", shown := broker.run(f"{table} --once"), re.M)) < 2:
            self.assertLess(time.monotonic(), end, shown)
        for name in ("web-1", "web-2"):
            while not re.search(rf"{name}\b.*\b5\b.*\b3\b", shown := broker.run(report)):
                self.assertLess(time.monotonic(), end, shown)
                time.sleep(0.2)

        watcher = subprocess.Popen(broker.command(f"{live} -c 1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=broker.environment)
        self.addCleanup(watcher.communicate)
        self.addCleanup(watcher.kill)
        while watcher.poll() is None:  # send again, because the watcher misses packets that arrive before it subscribes
            self.assertLess(time.monotonic(), end)
            hosts[0].send(OTHER_PORT)
        said, words = watcher.communicate(timeout=LONG)
        self.assertIn(f"10.0.0.1.{OTHER_PORT}", said, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
