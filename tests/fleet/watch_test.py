# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the packets that nflogcap-watch writes."""

import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import unittest

import messages
from messages import Host
from watch_support import LONG, WatchTest, await_condition, contents, records


class Packets(WatchTest):
    def assert_watched(self, arguments, expected):
        process = self.watch(*arguments)
        for name, group in (("web-1", 5), ("web-2", 5), ("web-1", 6), ("db.example", 5)):
            Host(self.client, name, group).send(f"{name} {group}".encode())
        said, words = self.finish(process)
        self.assertEqual(contents(said), [content.encode() for content in expected])
        self.assertIn(f"{len(expected)} packet", words)

    def test_all_hosts(self):
        self.assert_watched([], ["web-1 5", "web-2 5", "web-1 6", "db.example 5"])

    def test_hosts_by_pattern(self):
        self.assert_watched(["web-*"], ["web-1 5", "web-2 5", "web-1 6"])

    def test_one_host(self):
        self.assert_watched(["web-1"], ["web-1 5", "web-1 6"])

    def test_a_host_name_with_a_dot_is_matched(self):
        self.assert_watched(["db.*"], ["db.example 5"])
        self.assert_watched(["db.example"], ["db.example 5"])

    def test_several_patterns(self):
        self.assert_watched(["web-2", "d?.*"], ["web-2 5", "db.example 5"])

    def test_one_group(self):
        self.assert_watched(["-g", "6"], ["web-1 6"])
        self.assert_watched(["-g", "5", "web-*"], ["web-1 5", "web-2 5"])
        self.assert_watched(["-g", "5", "web-2"], ["web-2 5"])

    def test_one_header_is_written_and_then_all_packets_of_each_message(self):
        process = self.watch()
        one, other = Host(self.client, "web-1"), Host(self.client, "web-2")
        one.send(b"a", b"b")
        other.send(b"c")
        one.send(b"d")
        said, words = self.finish(process)
        self.assertEqual(records(said)[0], messages.head())
        self.assertEqual(contents(said), [b"a", b"b", b"c", b"d"])
        self.assertEqual(words, "4 packets written, 0 chunks missed\n")

    def test_packets_are_written_as_they_come(self):
        process = self.watch()
        host = Host(self.client, "web-1")
        for i in range(3):
            host.send(b"x")
            length = len(messages.record(messages.nflog(messages.udp(b"x"))))
            self.assertEqual(len(process.stdout.read(length + (24 if i == 0 else 0))), length + (24 if i == 0 else 0))
        self.finish(process)

    def test_a_chunk_without_packets_writes_nothing(self):
        process = self.watch()
        Host(self.client, "web-1").send()
        said, words = self.finish(process)
        self.assertEqual((said, words), (b"", "0 packets written, 0 chunks missed\n"))

    def test_a_message_that_is_sent_again_is_written_once(self):
        process = self.watch()
        host = Host(self.client, "web-1")
        host.send(b"a")
        host.number, host.total = 0, 0
        host.send(b"a")
        host.send(b"b")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"a", b"b"])
        self.assertEqual(words, "2 packets written, 0 chunks missed\n")

    def test_gaps_in_the_numbers_of_chunks_are_counted_for_each_host_group_and_spool(self):
        process = self.watch()
        host = Host(self.client, "web-1")
        host.send(b"a")
        host.send(b"b", skip=3)
        Host(self.client, "web-1", 6).send(b"c", skip=5)  # no gap, because this is the first chunk of the group
        Host(self.client, "web-1", spool="f" * 16).send(b"d")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"a", b"b", b"c", b"d"])
        self.assertEqual(words, "4 packets written, 3 chunks missed\n")

    def test_messages_of_another_byte_order_are_left_out(self):
        process = self.watch()
        Host(self.client, "web-1").send(b"a")
        Host(self.client, "s390x", order="<" if struct.pack("=H", 1) == b"\0\1" else ">").send(b"b")
        Host(self.client, "web-1", 6).send(b"c")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"a", b"c"])
        self.assertRegex(words, "^2 packets written, 0 chunks missed\n1 message was left out, because .* byte order")

    def test_messages_are_written_if_all_have_the_same_other_byte_order(self):
        process = self.watch("s390x")
        order = "<" if struct.pack("=H", 1) == b"\0\1" else ">"
        Host(self.client, "s390x", order=order).send(b"b", b"c")
        said, words = self.finish(process)
        self.assertEqual(said[:24], messages.head(order))
        self.assertIn("2 packets written", words)

    def test_tcpdump_and_tshark_read_the_pipe(self):
        for program in (["tcpdump", "-n", "-r", "-"], ["tshark", "-n", "-r", "-"]):
            with self.subTest(program[0]):
                process = self.watch()
                reader = subprocess.Popen(program, stdin=process.stdout, stdout=subprocess.PIPE,
                                          stderr=subprocess.PIPE, text=True)
                process.stdout.close()
                process.stdout = None
                Host(self.client, "web-1").send(b"a", b"b")
                Host(self.client, "web-2").send(b"c")
                self.finish(process)
                shown, words = reader.communicate(timeout=LONG)
                self.assertEqual(len(shown.splitlines()), 3, words)
                self.assertEqual(shown.count("192.0.2.2"), 3, shown)

    def test_each_signal_ends_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.finish(self.watch(), number)


class Readers(WatchTest):
    def test_it_ends_without_an_error_when_its_reader_ends(self):
        process = self.watch()
        process.stdout.close()
        process.stdout = None
        self.assertEqual(process.wait(timeout=LONG), 0)
        self.assertEqual(process.stderr.read().decode(), "0 packets written, 0 chunks missed\n")

    def test_it_ends_when_its_reader_ends_while_packets_arrive(self):
        process = self.watch()
        Host(self.client, "web-1").send(b"a")
        process.stdout.read(24)
        process.stdout.close()
        process.stdout = None
        host = Host(self.client, "web-2")
        while process.poll() is None:
            host.send(b"b")
        self.assertEqual(process.returncode, 0)

    def test_a_slow_reader_loses_messages_and_the_memory_stays_limited(self):
        process = self.watch()
        host = Host(self.client, "web-1")
        large = [bytes(60_000)] * 10
        sent = 250  # messages of 600 kB each: twice the size of the queue
        for _ in range(sent):
            host.send(*large)
        kib = int(re.search(r"^VmHWM:\s*(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text(), re.M)[1])
        if not os.environ["SANITIZER"]:  # a sanitizer keeps freed memory
            self.assertLess(kib, 4 * 65536)
        process.send_signal(signal.SIGINT)
        said, words = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0)
        words = words.decode()
        dropped = int(re.search(r"(\d+) messages were dropped", words)[1])
        self.assertGreater(dropped, 50)
        self.assertLess(dropped, sent)

    def test_a_stop_does_not_wait_for_a_reader(self):
        process = self.watch()
        host = Host(self.client, "web-1")
        for _ in range(4):
            host.send(*[bytes(60_000)] * 4)
        await_condition(lambda: "pipe" in pathlib.Path(f"/proc/{process.pid}/wchan").read_text(), "a full pipe")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=LONG), 0)
        self.assertIn("accepted no data since the stop", process.stderr.read().decode())

    def test_packets_are_not_written_to_a_terminal(self):
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.close, end)
        process = self.start(stdout=end)
        self.assertEqual(process.wait(timeout=LONG), 2)
        self.assertRegex(process.stderr.read().decode(), "^nflogcap-watch: standard output is a terminal")


class Hostile(WatchTest):
    """Messages that nflogcap-ship never sends."""

    def assert_left_out(self, send, count=1):
        process = self.watch()
        send()
        Host(self.client, "web-9").send(b"good")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"good"])
        self.assertEqual(re.findall(r"^(\d+) messages? w\w+ left out, because nflogcap-ship does not", words, re.M),
                         [str(count)], words)

    def publish(self, headers, payload=None, subject=messages.subject("web-1")):
        if payload is None:
            payload = messages.head() + messages.record(messages.nflog(messages.udp()))
        self.client.request(subject, payload, headers)

    def test_a_message_without_headers(self):
        self.assert_left_out(lambda: self.client.request("nflog.pcap.web-1.g5", b"x"))

    def test_messages_with_an_invalid_subject_are_left_out(self):
        subjects = ["nflog.pcap.web-1.g05", "nflog.pcap.web-1.g5.g5", "nflog.pcap.web-1.x", "nflog.pcap.web-1",
                    "nflog.pcap.web-1.g65536", "nflog.pcap.web%2d1.g5", "nflog.pcap.%00.g5", "nflog.pcap.web%.g5",
                    "nflog.pcap." + "x" * 201 + ".g5", "nflog.pcap.a.web-1.g5"]

        def send():
            for number, subject in enumerate(subjects, 1):
                self.publish(messages.headers("web-1", number, 1, number), subject=subject)
        # One of the subjects is valid: a host's name can contain any byte, even a zero byte.
        self.assert_left_out(send, len(subjects) - 1)

    def test_a_message_belongs_to_the_host_that_its_subject_names(self):
        process = self.watch("web-1")
        self.publish(messages.headers("web-2", 1, 1, 1, group=7))
        Host(self.client, "web-2").send(b"other")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"x"])
        self.assertEqual(words, "1 packet written, 0 chunks missed\n")

    def test_messages_with_cut_records_or_a_wrong_number_of_records_are_left_out(self):
        whole = messages.record(messages.nflog(messages.udp()))
        endless = struct.pack("=IIII", 1, 1, 0xffffffff, 0xffffffff)
        too_long = struct.pack("=IIII", 1, 1, 262145, 262145) + bytes(262145)
        payloads = [messages.head()[:20], messages.head() + whole[:-1], messages.head() + whole + whole[:7],
                    messages.head() + endless + whole, messages.head() + too_long, messages.head() + 2 * whole,
                    messages.head(), b"\0" * 24 + whole]

        def send():
            for number, payload in enumerate(payloads, 1):
                self.publish(messages.headers("web-1", number, 1, number), payload)
        self.assert_left_out(send, len(payloads))

    def test_headers_that_are_damaged(self):
        good = messages.headers("web-1", 1, 1, 1)
        bad = [{"Nflogcap-Account": "x"}, {"Nflogcap-Account": "packets=1"}, {"Nflogcap-Chunk": "-1"},
               {"Nflogcap-Chunk": "99999999999999999999"}, {"Nflogcap-Chunk": "0"}, {"Nflogcap-Spool": "../../x"},
               {"Nflogcap-Version": "x"}, {"Nflogcap-Version": "0"}]

        def send():
            for number, change in enumerate(bad):
                self.publish({**good, "Nats-Msg-Id": f"web-1/{messages.SPOOL}/g5/{number}", **change})
        self.assert_left_out(send, len(bad))

    def test_a_later_version(self):
        process = self.watch()
        self.publish(messages.headers("web-1", 1, 1, 1, version=2))
        Host(self.client, "web-1").send(b"good")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"good"])
        self.assertRegex(words, "1 message was left out, because a later version")

    def test_a_name_cannot_control_a_terminal(self):
        name = "\033]0;x\007\u202e\n*"
        Host(self.client, name).send(b"x")
        shown = self.run_watch("--list", "--once")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertEqual(len(shown.stdout.splitlines()), 2)
        self.assertNotIn("\033", shown.stdout)
        self.assertIn(r"\x1b]0;x", shown.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
