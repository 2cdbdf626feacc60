# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers for tests with two hosts, a broker and a collector.

Each host is a network namespace, connected by a veth pair to the namespace of the broker. The tests run in the
broker's namespace. Environment variables: NFLOGCAP is the path of the command, PROGRAMS the directory of the fleet's
programs.
"""

import json
import os
import pathlib
import struct
import subprocess
import sys
import time

COMMAND = os.environ["NFLOGCAP"]
PROGRAMS = pathlib.Path(os.environ["PROGRAMS"])
HERE = pathlib.Path(__file__).parent
LONG = 300
PORTS = {5: 5005, 6: 5006}  # the UDP port of each group


def await_condition(condition, what, seconds=LONG):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"timed out while waiting for: {what}"
        time.sleep(0.05)


class Process:
    """A program that runs until the end of the test, unless it is ended before."""

    def __init__(self, test, *words):
        self.words = [str(word) for word in words]
        self.log = test.directory / f"{pathlib.Path(self.words[0]).name}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        test.addCleanup(self.kill)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def finish(self, how=15):
        self.process.send_signal(how)
        status = self.process.wait(LONG)
        assert status == 0, f"{self.words}: status {status}: {self.log.read_text()}"

    def said(self):
        return self.log.read_text()


class Namespace:
    """A network namespace with one end of a veth pair. The other end, `outer`, is in the namespace of the test."""

    def __init__(self, test, outer, address):
        self._holder = Process(test, "unshare", "--net", "sleep", "infinity")
        await_condition(lambda: self.is_another(), "the namespace")
        self.pid = self._holder.process.pid
        self.outer = outer
        subprocess.run(["ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", str(self.pid)],
                       check=True)
        test.addCleanup(subprocess.run, ["ip", "link", "delete", outer], check=False, stderr=subprocess.DEVNULL)
        for words in ("link set lo up", f"address add {address} dev eth0", "link set eth0 up"):
            self.run("ip", *words.split())

    def is_another(self):
        own = os.readlink("/proc/self/ns/net")
        return os.readlink(f"/proc/{self._holder.process.pid}/ns/net") != own

    def inside(self, *words):
        return ["nsenter", "--net", f"--target={self.pid}", *map(str, words)]

    def run(self, *words):
        return subprocess.run(self.inside(*words), check=True, stdout=subprocess.PIPE, text=True).stdout


class Collector:
    def __init__(self, test, broker, *options):
        self.test, self.broker, self.options = test, broker, options
        self.out = test.directory / "collected"
        self.out.mkdir()
        self.start()

    def start(self):
        self.process = Process(self.test, PROGRAMS / "nflogcap-collect", *self.broker.servers(),
                               "--out", self.out, *self.options)

    def kill(self):
        self.process.kill()

    def keep_running(self):
        """Starts the collector again if it has failed, as its unit does. It fails if the broker answers its first
        request too late, which happens on a busy machine."""
        if self.process.process.poll() == 1:
            self.start()

    def report(self):
        """Returns the collector's report of each group, by host and group."""
        done = subprocess.run([PROGRAMS / "nflogcap-collect", "--report", "--json", "--out", self.out],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            return {}  # there is no state yet
        return {(group["host"], group["group"]): group for group in json.loads(done.stdout)["groups"]}


class Host(Namespace):
    """A machine with rules that log, with a capture that writes a spool, and with nflogcap-ship."""

    def __init__(self, test, name, number, broker):
        super().__init__(test, f"h{number}", f"10.9.{number}.2/24")
        self.test, self.name, self.number, self.broker = test, name, number, broker
        self.spool = test.directory / f"spool-{name}"
        self.command = [COMMAND]
        self.sent = dict.fromkeys(PORTS, 0)
        self.capture = self.ship = None
        for words in (f"address add 10.9.{number}.1/24 dev {self.outer}", f"link set {self.outer} up"):
            subprocess.run(["ip", *words.split()], check=True)
        rules = "".join(f"udp dport {port} log prefix \"to {group}: \" group {group} drop; "
                        for group, port in PORTS.items())
        self.run("nft", f"table inet t {{ chain c {{ type filter hook prerouting priority 0; {rules} }}; }}")

    def servers(self):
        """Returns the options that name the broker."""
        return ["--server", f"nats://10.9.{self.number}.1:{self.broker.port}"]

    def start_capture(self, *options):
        groups = [word for group in PORTS for word in ("-g", group)]
        self.capture = Process(self.test, *self.inside(*self.command, *groups, "--spool", self.spool, *options))
        table = pathlib.Path(f"/proc/{self.pid}/net/netfilter/nfnetlink_log")
        await_condition(lambda: {str(group) for group in PORTS} <=
                        {line.split()[0] for line in table.read_text().splitlines()} or
                        self.capture.process.poll() is not None, "the groups")
        assert self.capture.process.poll() is None, self.capture.said()

    def start_ship(self):
        self.ship = Process(self.test, *self.inside(PROGRAMS / "nflogcap-ship", "--spool", self.spool,
                                                    *self.servers(), "--host", self.name))

    def set_link(self, state):
        subprocess.run(["ip", "link", "set", self.outer, state], check=True)

    def send(self, count, rate):
        """Starts processes that send 'count' packets to each group, at 'rate' packets per second. Returns them."""
        senders = [subprocess.Popen(self.inside(sys.executable, HERE / "traffic.py", port, count, rate,
                                                self.sent[group]), stdout=subprocess.DEVNULL)
                   for group, port in PORTS.items()]
        for group in PORTS:
            self.sent[group] += count
        return senders

    def state(self):
        done = subprocess.run([COMMAND, "spool", self.spool, "--json"], stdout=subprocess.PIPE, text=True,
                              check=False)
        return json.loads(done.stdout)

    def dropped(self):
        """Returns how many packets the full spool dropped before it knew of their acknowledgement."""
        return sum(group["dropped"] for group in self.state()["groups"])

    def is_shipped(self):
        return all(group["unsent_packets"] == 0 for group in self.state()["groups"])


def numbers_in(path):
    """Yields the numbers of the packets in a savefile of link type NFLOG."""
    content = path.read_bytes()
    at = 24
    while at < len(content):
        length = struct.unpack_from("<I", content, at + 8)[0]
        record = content[at + 16:at + 16 + length]
        yield struct.unpack_from("<Q", record, len(record) - 64)[0]  # a record ends with the payload of 64 bytes
        at += 16 + length
