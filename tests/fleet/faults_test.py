# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever fails between two hosts and their collector, every packet is counted exactly:

logged = stored + filtered + lost + missing

and no packet is stored twice. Environment variables: FLEET_RATE is the number of packets per second to each group of
each host, FLEET_SECONDS the duration, FLEET_MOMENTS the number of random faults.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time
import unittest

from broker import Broker
from two_hosts import COMMAND, PORTS, PROGRAMS, Collector, Host, await_condition, numbers_in

RATE = int(os.environ.get("FLEET_RATE", "2000"))
SECONDS = float(os.environ.get("FLEET_SECONDS", "3"))
MOMENTS = int(os.environ.get("FLEET_MOMENTS", "6"))
AWAY = min(SECONDS / 2, 15)  # seconds of an outage


class FaultTest(unittest.TestCase):
    capture_options = ()

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        self.make_broker()

    def make_broker(self):
        """Creates the broker, the hosts and the collector."""
        self.broker = Broker(self, self.directory, address="0.0.0.0")
        with self.broker.client() as client:
            client.create_stream()
        self.hosts = [Host(self, f"web-{number}.example", number, self.broker) for number in (1, 2)]
        self.collector = Collector(self, self.broker)

    def start(self, *capture_options):
        for host in self.hosts:
            host.start_capture(*capture_options)
            host.start_ship()

    def traffic(self, seconds=SECONDS):
        self.senders = [sender for host in self.hosts for sender in host.send(int(RATE * seconds), RATE)]

    def end_of_traffic(self):
        for sender in self.senders:
            self.assertEqual(sender.wait(), 0)

    def sums(self):
        """Returns total + lost + filtered in the spool, for each group of each host."""
        return {(host.name, group["group"]): group["total"] + group["lost"] + group["filtered"]
                for host in self.hosts for group in host.state()["groups"]}

    def is_settled(self):
        """Returns whether the collector has received each captured packet or counts it as lost or missing."""
        self.collector.keep_running()
        report = self.collector.report()
        sums = self.sums()
        return all(host.is_shipped() for host in self.hosts) and all(
            key in report and report[key]["logged"] == sums[key] for key in sums)

    def settle(self):
        self.end_of_traffic()
        sent = {(host.name, group): host.sent[group] for host in self.hosts for group in PORTS}
        await_condition(lambda: self.sums() == sent, f"the spools to count all sent packets, {sent}")
        try:
            await_condition(self.is_settled, "the collector's account")
        except AssertionError as error:
            raise AssertionError(f"{error}:\n{self.what_is_said()}") from error
        return sent

    def what_is_said(self):
        """Returns the reports and the messages of the collector and of the hosts."""
        report = subprocess.run([PROGRAMS / "nflogcap-collect", "--report", "--out", self.collector.out],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        spools = [subprocess.run([COMMAND, "spool", host.spool], stdout=subprocess.PIPE, text=True).stdout
                  for host in self.hosts]
        return "\n".join([report, self.collector.process.said(), *spools, *(host.ship.said() for host in self.hosts)])

    def check(self, sent=None):
        """Checks the equation for each group, and compares the files with the report. Returns the report."""
        report = self.collector.report()
        for key, group in report.items():
            if sent is not None:
                self.assertEqual(group["logged"], sent[key], key)
            self.assertEqual(group["logged"], group["stored"] + group["filtered"] + group["lost"] +
                             group["missing"])
        stored = collections.Counter()
        for path in self.collector.out.glob("*.pcap*"):
            host, _, group = path.name.partition(".pcap")[0].rpartition("-g")
            numbers = list(numbers_in(path))
            self.assertEqual(len(numbers), len(set(numbers)), f"{path} has a packet twice")
            stored[host.replace("%2E", "."), int(group)] += len(numbers)
        self.assertEqual({key: group["stored"] for key, group in report.items() if group["stored"]},
                         dict(stored))
        print(*(f"{word} {sum(group[word] for group in report.values()):,}"
                for word in ("logged", "stored", "lost", "missing")), sep=", ", end="; ", flush=True)
        return report

    def settled_without_loss(self):
        sent = self.settle()
        # The broker delivers messages again that a killed collector did not acknowledge. They arrive after the others.
        await_condition(lambda: all(group["missing"] == 0 for group in self.collector.report().values()),
                        "the missing packets")
        report = self.check(sent)
        for key, group in report.items():
            self.assertEqual((group["missing"], group["lost"]), (0, 0), key)
        return report


class Faults(FaultTest):
    def test_no_fault(self):
        self.start()
        self.traffic()
        report = self.settled_without_loss()
        self.assertEqual(len(report), 4)
        self.assertEqual([group["unbound"] for group in report.values()], [[]] * 4)
        for host in self.hosts:
            host.capture.finish(2)
            host.ship.finish()
        self.collector.process.finish()
        self.check()

    def test_the_broker_is_killed_twice(self):
        self.start()
        self.traffic()
        for _ in range(2):
            time.sleep(SECONDS / 4)
            self.broker.kill()
            time.sleep(AWAY / 4)
            self.broker.start()
        self.settled_without_loss()

    def test_the_broker_s_store_is_set_back(self):
        self.start()
        self.traffic()
        time.sleep(SECONDS / 4)
        self.broker.kill()
        self.broker.save()
        self.broker.start()
        time.sleep(SECONDS / 2)
        self.broker.kill()
        self.broker.set_back()
        self.broker.start()
        self.settled_without_loss()

    def test_the_link_is_down(self):
        self.start()
        self.traffic()
        time.sleep(SECONDS / 4)
        self.hosts[0].set_link("down")
        time.sleep(AWAY)
        self.hosts[0].set_link("up")
        self.settled_without_loss()

    def test_the_collector_is_killed_twice(self):
        self.start()
        self.traffic()
        for _ in range(2):
            time.sleep(SECONDS / 3)
            self.collector.kill()
            self.collector.start()
        self.settled_without_loss()

    def test_the_shipper_is_killed_twice(self):
        self.start()
        self.traffic()
        for _ in range(2):
            time.sleep(SECONDS / 3)
            for host in self.hosts:
                host.ship.kill()
                host.start_ship()
        self.settled_without_loss()

    def test_the_stream_is_full(self):
        with self.broker.client() as client:
            client.update_stream(discard="new", max_bytes=300_000)
            self.start()
            self.traffic()
            await_condition(lambda: any(host.state().get("trouble") for host in self.hosts), "a refusal")
            self.end_of_traffic()
            client.update_stream(discard="new", max_bytes=-1)
        self.settled_without_loss()

    def test_the_spool_is_full_while_the_broker_is_away(self):
        self.start("--spool-size", "1M")
        self.traffic()
        self.end_of_traffic()
        await_condition(self.is_settled, "the collector's account")
        self.broker.kill()
        # At a high rate, the spool has already dropped packets, because their acknowledgements came too late.
        before = [host.dropped() for host in self.hosts]
        while any(host.dropped() == count for host, count in zip(self.hosts, before)):
            self.traffic(1)
            self.end_of_traffic()
        self.broker.start()
        report = self.check(self.settle())
        for host in self.hosts:
            self.assertGreater(sum(report[host.name, group]["missing"] for group in PORTS), 0)
            self.assertGreater(sum(report[host.name, group]["dropped_by_spool"] for group in PORTS), 0)

    def test_the_spool_s_disk_is_full(self):
        for host in self.hosts:
            host.spool.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", host.spool], check=True)
            self.addCleanup(subprocess.run, ["umount", "--lazy", host.spool], check=True)
        self.start()
        self.broker.kill()
        while not all(host.dropped() for host in self.hosts):
            self.traffic(1)
            self.end_of_traffic()
        self.broker.start()
        report = self.check(self.settle())
        self.assertGreater(sum(group["missing"] for group in report.values()), 0)

    def test_the_capture_is_killed(self):
        self.start()
        self.traffic()
        self.settle()
        for host in self.hosts:
            host.capture.kill()
        time.sleep(1)
        for host in self.hosts:
            host.start_capture()
        self.traffic()
        report = self.settled_without_loss()
        for group in report.values():
            self.assertEqual(len(group["unbound"]), 1)
            self.assertLess(group["unbound"][0]["from"], group["unbound"][0]["to"])

    def test_the_capture_is_killed_in_the_middle(self):
        self.start()
        self.traffic()
        time.sleep(SECONDS / 2)
        self.hosts[0].capture.kill()
        self.hosts[0].start_capture()
        self.end_of_traffic()
        await_condition(self.is_settled, "the collector's account")
        time.sleep(2)  # until all packets in the capture's buffers are written
        await_condition(self.is_settled, "the collector's account")
        report = self.check()
        for group in PORTS:  # packets logged while no capture ran are not counted
            self.assertLessEqual(report["web-1.example", group]["logged"], self.hosts[0].sent[group])
            self.assertEqual(len(report["web-1.example", group]["unbound"]), 1)
            self.assertEqual(report["web-2.example", group]["logged"], self.hosts[1].sent[group])

    def test_a_chunk_is_deleted_from_the_stream(self):
        self.collector.kill()
        self.start()
        self.traffic()
        self.end_of_traffic()
        await_condition(lambda: all(host.is_shipped() for host in self.hosts), "the shipping")
        with self.broker.client() as client:
            gone = next(message for message in client.messages() if "packets=0 " not in
                        message.headers["Nflogcap-Account"] and message.subject.endswith("web-1%2Eexample.g5"))
            client.delete_message(int(gone.headers["Nats-Sequence"]))
        self.collector.start()
        packets = int(gone.headers["Nflogcap-Account"].split()[0].removeprefix("packets="))
        report = self.check(self.settle())
        missing = report["web-1.example", 5]
        self.assertEqual(missing["missing"], packets)
        number = int(gone.headers["Nflogcap-Chunk"])
        self.assertEqual([(hole["first_chunk"], hole["last_chunk"], hole["packets"])
                          for hole in missing["missing_ranges"]], [(number, number, packets)])

    def test_a_segment_is_damaged(self):
        host = self.hosts[0]
        self.hosts[1].start_capture()
        self.hosts[1].start_ship()
        host.start_capture()
        self.traffic()
        self.end_of_traffic()
        time.sleep(1.5)
        host.capture.finish(2)
        segment = max(host.spool.glob("*.pcap"), key=lambda path: path.stat().st_size)
        content = bytearray(segment.read_bytes())
        content[len(content) // 2] ^= 0xff
        segment.write_bytes(content)
        host.start_ship()
        self.hosts[1].capture.finish(2)
        report = self.check(self.settle())
        self.assertEqual(sum(report[host.name, group]["missing_chunks"] for group in PORTS), 1)

    def test_the_clock_is_set_back(self):
        faketime = shutil.which("faketime")
        self.assertIsNotNone(faketime, "faketime is not installed; scripts/install-deps installs it")
        self.start()
        self.traffic()
        self.settle()
        host = self.hosts[0]
        host.capture.finish(2)
        asan = f"ASAN_OPTIONS=verify_asan_link_order=0:{os.environ.get('ASAN_OPTIONS', '')}"
        host.command = ["env", asan, faketime, "-f", "-3600s", host.command[0]]
        host.start_capture()
        self.traffic()
        self.settled_without_loss()

    def test_faults_at_random_moments(self):
        seed = int(os.environ.get("FLEET_SEED", str(time.time_ns() % 100_000)))
        choose = random.Random(seed)
        self.start()

        def restart_broker():
            self.broker.kill()
            time.sleep(choose.uniform(0, AWAY / 4))
            self.broker.start()

        def cut_link():
            host = choose.choice(self.hosts)
            host.set_link("down")
            time.sleep(choose.uniform(0, AWAY / 4))
            host.set_link("up")

        def kill_ship():
            host = choose.choice(self.hosts)
            host.ship.kill()
            host.start_ship()

        def kill_collector():
            self.collector.kill()
            self.collector.start()

        faults = [restart_broker, cut_link, kill_ship, kill_collector]
        done = []
        self.traffic(MOMENTS * SECONDS / 4)
        for _ in range(MOMENTS):
            time.sleep(choose.uniform(0, SECONDS / 4))
            fault = choose.choice(faults)
            done.append(fault.__name__)
            fault()
        with self.subTest(f"FLEET_SEED={seed}: {json.dumps(done)}"):
            self.settled_without_loss()


if __name__ == "__main__":
    unittest.main(verbosity=2)
