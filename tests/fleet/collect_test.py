# SPDX-License-Identifier: GPL-2.0-or-later
"""nflogcap-collect as a process, with a real broker and messages that the tests construct.

Environment variables, besides those of broker.py: PROGRAMS is the directory of the fleet's programs.
"""

import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import tempfile
import time
import unittest

import broker
import nats_client

COLLECT = pathlib.Path(os.environ["PROGRAMS"]) / "nflogcap-collect"
LONG = nats_client.LONG
SECOND = 10**9
NFULA_PAYLOAD, NFULA_PREFIX, NFULA_IFINDEX_INDEV = 9, 10, 4


def attribute(kind, value, order):
    padded = value + b"\0" * (-len(value) % 4)
    return struct.pack(order + "HH", len(value) + 4, kind) + padded


def nflog_message(group, number, order="<"):
    """Constructs a logged packet as the kernel would send it, with its number in the payload."""
    ipv4 = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0, bytes([127, 0, 0, 1]),
                       bytes([127, 0, 0, 2]))
    payload = ipv4 + struct.pack("!Q", number)
    return (struct.pack("!BBH", 2, 0, group) + attribute(1, b"\x08\x00\x01\x00", order)
            + attribute(NFULA_PREFIX, b"x\0", order)
            + attribute(NFULA_IFINDEX_INDEV, struct.pack("!I", 2), order)
            + attribute(NFULA_PAYLOAD, payload, order))


def head(order="<"):
    return struct.pack(order + "IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 239)


def records(savefile):
    """Returns the content of each record of a savefile. Fails if the savefile is cut off."""
    order = "<" if savefile[:4] == struct.pack("<I", 0xA1B23C4D) else ">"
    assert savefile[:24] == head(order), savefile[:24]
    found, at = [], 24
    while at < len(savefile):
        length = struct.unpack_from(order + "I", savefile, at + 8)[0]
        found.append(savefile[at + 16:at + 16 + length])
        assert len(found[-1]) == length, "a record is cut"
        at += 16 + length
    return found


def numbers(savefile):
    return [struct.unpack("!Q", record[-8:])[0] for record in records(savefile)]


class Host:
    """Constructs the messages of one group of a host."""

    def __init__(self, name="web-1", group=5, spool="00000000000000aa", order="<"):
        self.name, self.group, self.order = name, group, order
        self.sent = 0  # the number of the next packet
        self.begin_spool(spool)

    def begin_spool(self, spool):
        self.spool, self.chunk, self.total = spool, 0, 0
        self.lost = self.filtered = self.dropped = 0
        self.bind()

    def bind(self):
        self.session = self.time = time.time_ns()

    @property
    def subject(self):
        return f"nflog.pcap.{self.name}.g{self.group}"

    def cut(self, packets, end=0):
        """Returns the headers and the payload of the message for the next chunk."""
        self.chunk += 1
        self.total += packets
        self.time += SECOND
        data = head(self.order) if packets else b""
        for _ in range(packets):
            message = nflog_message(self.group, self.sent, self.order)
            data += struct.pack(self.order + "IIII", self.time // SECOND, self.time % SECOND,
                                len(message), len(message)) + message
            self.sent += 1
        return self.headers(packets, end), data

    def headers(self, packets, end=0):
        return {
            "Nats-Msg-Id": f"{self.name}/{self.spool}/g{self.group}/{self.chunk}",
            "Nflogcap-Version": "1", "Nflogcap-Spool": self.spool,
            "Nflogcap-Chunk": str(self.chunk), "Nflogcap-Interfaces": "2=eth0",
            "Nflogcap-Account": (f"packets={packets} total={self.total} lost={self.lost} "
                                 f"filtered={self.filtered} dropped={self.dropped} "
                                 f"session={self.session} time={self.time} end={end}")}


class CollectTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = pathlib.Path(scratch.name)
        self.out = self.directory / "out"
        self.broker = broker.Broker(self, self.directory)
        self.client = nats_client.Client(self.broker.port)
        self.addCleanup(lambda: self.client.close())
        self.client.create_stream()
        self.running = []
        self.addCleanup(self.kill_all)

    def kill_all(self):
        for process in self.running:
            process.kill()
            process.wait()
            process.stderr.close()

    def send(self, subject, headers, data=b""):
        answer = json.loads(self.client.request(subject, data, headers).data)
        self.assertNotIn("error", answer)
        return answer["seq"]

    def send_chunk(self, host, packets, **more):
        return self.send(host.subject, *host.cut(packets, **more))

    def command(self, *options):
        return [COLLECT, "--server", self.broker.url, "--out", self.out, *options]

    def start(self, *options):
        process = subprocess.Popen(self.command(*options), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.running.append(process)
        return process

    def stop(self, process, status=0):
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=LONG)[1]
        self.assertEqual(process.returncode, status, errors)
        return errors

    def fails(self, *options, status=1):
        ended = subprocess.run(self.command(*options), stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=LONG)
        self.assertEqual(ended.returncode, status, ended.stderr)
        self.assertIn("nflogcap-collect: ", ended.stderr)
        return ended.stderr

    def report(self):
        printed = subprocess.run([COLLECT, "--report", "--json", "--out", self.out], check=True,
                                 capture_output=True, text=True, timeout=LONG)
        return json.loads(printed.stdout)

    def report_text(self):
        return subprocess.run([COLLECT, "--report", "--out", self.out], check=True,
                              capture_output=True, text=True, timeout=LONG).stdout

    def wait_for(self, process, condition):
        """Waits until the report meets a condition. Returns the report."""
        end = time.monotonic() + LONG
        while True:
            if (self.out / "state").exists():
                found = self.report()
                if condition(found):
                    return found
            self.assertIsNone(process.poll(), "the collector has ended")
            self.assertLess(time.monotonic(), end, "the report never met the condition")
            time.sleep(0.05)

    def wait_for_acknowledgements(self):
        end = time.monotonic() + LONG
        while True:
            # The answer is an error until a collector has created the consumer.
            info = json.loads(self.client.request("$JS.API.CONSUMER.INFO.NFLOG.nflogcap-collect").data)
            if "error" not in info and info["num_ack_pending"] == 0 and info["num_pending"] == 0:
                return
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def file(self, name):
        return (self.out / name).read_bytes()

    def adds_up(self, group):
        self.assertEqual(group["logged"], group["stored"] + group["filtered"] + group["lost"]
                         + group["missing"])

    def test_packets_are_stored_in_order_in_a_file_for_each_host_and_group(self):
        hosts = [Host("web-1", 5), Host("web-1", 6), Host("web-2%2Eexample", 5)]
        for _ in range(20):
            for host in hosts:
                host.lost += 1
                host.filtered += 2
                self.send_chunk(host, 7)
        process = self.start()
        found = self.wait_for(process, lambda r: r["all"]["stored"] == 420)
        self.assertEqual(self.stop(process), "420 packets stored\n")
        for name in "web-1-g5.pcap", "web-1-g6.pcap", "web-2%2Eexample-g5.pcap":
            self.assertEqual(numbers(self.file(name)), list(range(140)))
        self.assertEqual([(g["host"], g["group"]) for g in found["groups"]],
                         [("web-1", 5), ("web-1", 6), ("web-2.example", 5)])
        for group in found["groups"]:
            self.adds_up(group)
            self.assertEqual((group["lost"], group["filtered"], group["missing"]), (20, 40, 0))
        self.assertRegex(self.report_text(), r"all +600 +420 +120 +60 +0 ")

    def test_messages_that_wait_are_all_read(self):
        """More messages arrive while the collector is stopped than the collector requests at a time."""
        process = self.start()
        host = Host()
        self.send_chunk(host, 1)
        self.wait_for(process, lambda r: r["all"]["stored"] == 1)
        for number in range(1, 6):
            process.send_signal(signal.SIGSTOP)
            for _ in range(50):
                self.send_chunk(host, 2)
            process.send_signal(signal.SIGCONT)
            self.wait_for(process, lambda r, stored=1 + 100 * number: r["all"]["stored"] == stored)

    def test_repeated_messages_are_stored_once(self):
        host = Host()
        process = self.start()
        for _ in range(5):
            headers, data = host.cut(3)
            for copy in range(3):
                self.send(host.subject, headers | {"Nats-Msg-Id": f"{host.chunk}-{copy}"}, data)
        self.wait_for(process, lambda r: r["all"]["stored"] == 15)
        self.stop(process)
        self.assertEqual(numbers(self.file("web-1-g5.pcap")), list(range(15)))

    def test_a_chunk_that_was_deleted_from_the_stream_is_named(self):
        host = Host()
        sequences = [self.send_chunk(host, 10 + i) for i in range(6)]
        for sequence in sequences[2:4]:
            self.client.delete_message(sequence)
        process = self.start()
        found = self.wait_for(process, lambda r: r["all"]["stored"] == 50)
        group = found["groups"][0]
        self.adds_up(group)
        self.assertEqual(group["logged"], 75)
        self.assertEqual(group["missing_ranges"], [
            {"spool": host.spool, "first_chunk": 3, "last_chunk": 4, "packets": 25}])
        self.assertIn("missing chunks 3-4 of spool 00000000000000aa, 25 packets",
                      self.report_text())

    def test_a_late_chunk_is_no_longer_missing(self):
        host = Host()
        self.send_chunk(host, 1)
        late = host.cut(5)
        self.send_chunk(host, 1)
        process = self.start()
        self.wait_for(process, lambda r: r["all"]["missing"] == 5)
        self.send(host.subject, *late)
        self.wait_for(process, lambda r: r["all"]["missing"] == 0 and r["all"]["stored"] == 7)

    def test_the_times_without_a_capture_between_sessions_and_spools_are_reported(self):
        host = Host()
        self.send_chunk(host, 1)
        host.session = host.time + 60 * SECOND
        host.time = host.session
        self.send_chunk(host, 1)
        host.begin_spool("00000000000000bb")
        self.send_chunk(host, 2, end=1)
        process = self.start()
        group = self.wait_for(process, lambda r: r["all"]["stored"] == 4)["groups"][0]
        self.assertEqual(len(group["unbound"]), 3)
        self.assertEqual([sorted(stretch) for stretch in group["unbound"]],
                         [["from", "to"], ["from", "to"], ["from"]])
        self.assertRegex(self.report_text(), r"web-1 group 5: not bound from \S+Z to \S+Z\n")

    def test_a_collector_that_is_killed_stores_each_packet_once(self):
        random.seed(1)
        hosts = [Host(f"web-{i}", group) for i in range(3) for group in (5, 6)]
        process = self.start("-C", "1")
        skipped = 0
        for i in range(300):
            for host in hosts:
                message = host.cut(random.randrange(20))
                if random.random() < 0.02 and i < 299:
                    skipped += 1
                    continue
                self.client.publish(host.subject, message[1], message[0])
            if i in (100, 200):
                process.kill()
                process.wait()
                process = self.start("-C", "1")
        self.client.flush()
        self.wait_for_acknowledgements()
        found = self.report()
        self.stop(process)
        self.assertGreater(skipped, 0)
        for host, group in zip(hosts, found["groups"]):
            self.adds_up(group)
            self.assertEqual(group["logged"], host.sent)
            stored = []
            for path in sorted(self.out.glob(f"{host.name}-g{host.group}.pcap*")):
                stored += numbers(path.read_bytes())
            self.assertEqual(len(stored), group["stored"])
            self.assertEqual(len(set(stored)), len(stored))
            self.assertLess(max(stored), host.sent)

    def test_messages_that_are_damaged_or_forged_are_refused_and_counted(self):
        host = Host()
        self.send_chunk(host, 3)
        process = self.start()
        good_headers, good = host.cut(3)

        def send(subject=host.subject, data=good, **headers):
            changed = good_headers | {k.replace("_", "-"): v for k, v in headers.items()}
            changed["Nats-Msg-Id"] = str(random.random())
            self.send(subject, changed, data)

        send("nflog.pcap.%2e%2e.g5")
        send("nflog.pcap.a/b.g5")
        send("nflog.pcap.web-1.g05")
        send("nflog.pcap.web-1.g65536")
        send("nflog.pcap.web-1")
        send(Nflogcap_Spool="../../etc")
        send(Nflogcap_Chunk="-1")
        send(Nflogcap_Chunk="99999999999999999999999")
        send(Nflogcap_Account="packets=1")
        send(Nflogcap_Account=good_headers["Nflogcap-Account"].replace("packets=3", "packets=2"))
        send(Nflogcap_Account=good_headers["Nflogcap-Account"].replace("total=6", "total=2"))
        send(data=b"")
        send(data=b"\0" * 24)
        send(data=good[:-1])
        send(data=good[:32] + b"\xff\xff\xff\x7f" + good[36:])
        send(data=good[:20] + struct.pack("<I", 1) + good[24:])
        self.client.publish("nflog.pcap.web-1.g5", b"hello")
        forged = good_headers["Nflogcap-Account"].replace("total=6", "total=1000000000000000003")
        send("nflog.pcap.web-9.g5", Nflogcap_Chunk=str(10**15), Nflogcap_Account=forged)
        self.send(host.subject, good_headers, good)
        found = self.wait_for(process, lambda r: r["all"]["stored"] == 9)
        self.assertEqual(found["all"]["refused_messages"], 17)
        self.assertEqual(found["groups"][1]["missing"], 10**18)
        errors = self.stop(process)
        self.assertIn("nflogcap-collect: ", errors)
        self.assertEqual(sorted(p.name for p in self.out.iterdir()),
                         ["state", "web-1-g5.pcap", "web-9-g5.pcap"])
        self.assertEqual(numbers(self.file("web-1-g5.pcap")), list(range(6)))

    def test_a_message_of_a_later_version_ends_it_and_is_not_acknowledged(self):
        host = Host()
        headers, data = host.cut(1)
        self.send(host.subject, headers | {"Nflogcap-Version": "2"}, data)
        self.assertIn("later", self.fails())
        info = self.client.api("CONSUMER.INFO.NFLOG.nflogcap-collect")
        self.assertEqual(info["num_ack_pending"] + info["num_pending"], 1)

    def test_hosts_of_another_byte_order_have_their_own_file(self):
        host = Host()
        self.send_chunk(host, 2)
        host.order = ">"
        self.send_chunk(host, 2)
        process = self.start()
        self.wait_for(process, lambda r: r["all"]["stored"] == 4)
        self.stop(process)
        self.assertEqual(numbers(self.file("web-1-g5.pcap")), [0, 1])
        self.assertEqual(numbers(self.file("web-1-g5.pcap.2")), [2, 3])

    def test_json_has_a_line_for_each_packet_with_host_and_interface(self):
        host = Host()
        self.send_chunk(host, 2)
        host.order = ">"
        self.send_chunk(host, 1)
        headers, data = host.cut(1)
        broken = bytearray(data)
        broken[24 + 16 + 4:24 + 16 + 6] = b"\xff\xff"  # makes the length of the record's first attribute invalid
        self.send(host.subject, headers, bytes(broken))
        process = self.start("--json")
        found = self.wait_for(process, lambda r: r["all"]["refused_messages"] == 1)
        self.assertEqual(found["all"]["stored"], 3)
        self.stop(process)
        lines = [json.loads(line) for line in self.file("web-1-g5.json").splitlines()]
        self.assertEqual(len(lines), 3)
        for line in lines:
            self.assertEqual((line["host"], line["group"], line["prefix"], line["indev_name"]),
                             ("web-1", 5, "x", "eth0"))

    def test_files_rotate_by_size_and_time(self):
        host = Host()
        process = self.start("-C", "1", "-W", "2", "-G", "2147483647", "-w", "%h/%g-%Y.pcap")
        for _ in range(40):
            self.send_chunk(host, 1000)
        self.wait_for(process, lambda r: r["all"]["stored"] == 40_000)
        self.stop(process)
        files = sorted((self.out / "web-1").iterdir())
        self.assertEqual([path.name[-6:] for path in files], [".pcap0", ".pcap1"])
        stored = sorted(number for path in files for number in numbers(path.read_bytes()))
        self.assertEqual(stored, list(range(40_000 - len(stored), 40_000)))

    def test_a_full_disk_ends_it_and_after_a_restart_it_stores_the_remaining_packets(self):
        mount = self.directory / "small"
        mount.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount], check=True)
        self.addCleanup(subprocess.run, ["umount", mount], check=True)
        self.out = mount / "out"
        host = Host()
        for _ in range(40):
            self.send_chunk(host, 500)
        for _ in range(4):  # the collector ends each time, with messages still waiting
            self.assertIn("No space left on device", self.fails())
        self.assertLess(self.report()["all"]["stored"], 20_000)
        subprocess.run(["mount", "-o", "remount,size=50m", mount], check=True)
        process = self.start()
        self.wait_for(process, lambda r: r["all"]["stored"] == 20_000)
        self.stop(process)
        self.assertEqual(sorted(numbers(self.file("web-1-g5.pcap"))), list(range(20_000)))

    def test_a_directory_that_cannot_be_written_is_an_error(self):
        mount = self.directory / "readonly"
        mount.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", mount], check=True)
        self.addCleanup(subprocess.run, ["umount", mount], check=True)
        self.out = mount
        self.assertIn("Read-only file system", self.fails())

    def test_two_collectors_on_one_directory_are_refused(self):
        process = self.start()
        self.wait_for(process, lambda r: True)
        self.assertIn("another nflogcap-collect writes to", self.fails())

    def test_a_damaged_state_and_another_stream_are_refused(self):
        self.send_chunk(Host(), 1)
        process = self.start()
        self.wait_for(process, lambda r: r["all"]["stored"] == 1)
        self.stop(process)
        self.client.create_stream("OTHER", subjects=["other.>"])
        self.assertIn("already has packets of the stream NFLOG", self.fails("--stream", "OTHER"))
        (self.out / "state").write_text("nflogcap-collect version=1\nhello\n")
        self.assertIn("is damaged", self.fails())

    def test_a_missing_stream_is_created_from_a_file(self):
        self.assertIn("the broker has no stream of this name", self.fails("--stream", "WEB"))
        config = self.directory / "stream.json"
        config.write_text(json.dumps({"name": "WRONG", "subjects": ["web.>"]}))
        self.assertIn("the broker refuses it",
                      self.fails("--stream", "WEB", "--stream-config", config))
        self.client.delete_stream()
        config.write_text(json.dumps({"name": "NFLOG", "subjects": ["nflog.pcap.>"],
                                      "storage": "file", "allow_direct": True}))
        process = self.start("--stream-config", config)
        end = time.monotonic() + LONG
        while b'"error"' in self.client.request("$JS.API.STREAM.INFO.NFLOG").data:
            self.assertIsNone(process.poll())
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        self.send_chunk(Host(), 3)
        self.wait_for(process, lambda r: r["all"]["stored"] == 3)

    def test_it_continues_after_the_broker_was_killed(self):
        host = Host()
        process = self.start()
        self.send_chunk(host, 3)
        self.wait_for(process, lambda r: r["all"]["stored"] == 3)
        self.broker.kill()
        self.broker.start()
        self.client.close()
        self.client = nats_client.Client(self.broker.port)
        self.send_chunk(host, 3)
        self.wait_for(process, lambda r: r["all"]["stored"] == 6)
        self.stop(process)

    def test_metrics_are_written(self):
        self.send_chunk(Host('we"b'), 3)
        metrics = self.directory / "collect.prom"
        process = self.start("--metrics", metrics)
        self.wait_for(process, lambda r: r["all"]["stored"] == 3)
        self.stop(process)
        self.assertIn('nflogcap_collect_stored_packets_total{host="we\\"b",group="5"} 3\n',
                      metrics.read_text())

    def test_wrong_command_lines_are_refused(self):
        for options in (["-w", "x.pcap"], ["-w", "../%h%g"], ["-W", "2"], ["-C", "0"], ["word"],
                        ["--stream", "a.b"], ["-w", ""]):
            with self.subTest(options):
                self.fails(*options, status=2)


if __name__ == "__main__":
    unittest.main()
