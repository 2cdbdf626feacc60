# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a broker, a host that captures and ships, and a collector in a separate network namespace. The CPU time of each
process is measured.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from inside import enter_namespace  # noqa: E402

GROUP, PORT = 5, 7005
LONG = 300  # seconds; reached only after a failure
STREAM = {"name": "NFLOG", "subjects": ["nflog.pcap.>", "bare"], "storage": "file", "allow_direct": True}


def await_condition(condition, what):
    end = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"{sys.argv[0]}: timeout while waiting for {what}")
        time.sleep(0.05)


class Program:
    """A program with a CPU time that can be read while it runs and after it has ended."""

    def __init__(self, log, *words, **options):
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # the program ends when this process ends
                ["setpriv", "--pdeathsig", "KILL", *map(str, words)],
                **{"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, **options})
        self.stdout = self._process.stdout

    def is_running(self):
        return self._process.poll() is None

    def kill(self):
        self._process.kill()
        self._process.wait()

    def cpu(self):
        """Returns the CPU time until now, in seconds."""
        fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def finish(self, how=None):
        """Waits for the end of the program. Returns its CPU time in seconds."""
        if how is not None:
            self._process.send_signal(how)
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if self._process.returncode != 0:
            sys.exit(f"{sys.argv[0]}: {self._process.args} failed:\n{self.log.read_text()[-2000:]}")
        return usage.ru_utime + usage.ru_stime


class Rig:
    def __init__(self, build):
        self.build = build.resolve()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="bench-fleet-"))
        self.command = self.build / "tools/nflogcap"
        self.programs = self.build / "fleet"
        self.url = "nats://127.0.0.1:4222"

    def remove(self):
        shutil.rmtree(self.directory)

    def program(self, name, *words, **options):
        return Program(self.directory / f"{name}.log", *words, **options)

    def send(self, packets, size, rate=0):
        """Sends packets to the rule. If the rate is 0, sends at full speed."""
        subprocess.run([self.build / "bench/live/bench_send", str(PORT), str(packets), str(size), str(rate),
                        str(LONG), "1"], check=True, stdout=subprocess.DEVNULL)

    def await_group(self):
        table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log")
        await_condition(lambda: any(line.split()[0] == str(GROUP) for line in table.read_text().splitlines()),
                        "the group")

    def start_broker(self):
        """Starts the broker with an empty store."""
        shutil.rmtree(self.directory / "store", ignore_errors=True)
        log = self.directory / "broker.log"
        log.unlink(missing_ok=True)
        broker = self.program("broker", shutil.which("nats-server", path=os.environ["PATH"] + ":/usr/sbin"),
                              "-js", "-sd", self.directory / "store", "-a", "127.0.0.1", "-p", 4222)
        await_condition(lambda: "Server is ready" in log.read_text(), "the broker")
        return broker

    def start_collector(self):
        """Starts the collector, which creates the stream."""
        out = self.directory / "collected"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        config = self.directory / "stream.json"
        config.write_text(json.dumps(STREAM))
        collector = self.program("collect", self.programs / "nflogcap-collect", "--server", self.url, "--out", out,
                                 "--stream-config", config)
        await_condition(lambda: any(out.iterdir()) or not collector.is_running(), "the collector")
        return collector

    def start_capture(self, name, *words):
        capture = self.program(name, self.command, "-g", GROUP, *words)
        self.await_group()
        return capture

    @property
    def spool(self):
        return self.directory / "spool"

    def start_ship(self, *words):
        return self.program("ship", self.programs / "nflogcap-ship", "--spool", self.spool, "--server", self.url,
                            "--host", "bench", *words)

    def spool_state(self):
        done = subprocess.run([self.command, "spool", self.spool, "--json"], stdout=subprocess.PIPE, check=False)
        return json.loads(done.stdout)

    def report(self):
        """Returns the collector's report, or None if there is no report yet."""
        done = subprocess.run([self.programs / "nflogcap-collect", "--report", "--json", "--out",
                               self.directory / "collected"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None


def enter(rules=True):
    """Enters a separate network namespace, in which a rule logs the packets of Rig.send()."""
    enter_namespace()
    if rules:
        subprocess.run(["nft", f"table inet t {{ chain c {{ type filter hook prerouting priority 0; udp dport {PORT} "
                               f"log prefix \"bench: \" group {GROUP} drop; }}; }}"], check=True)
