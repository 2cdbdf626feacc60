# SPDX-License-Identifier: GPL-2.0-or-later
"""nflogcap-watch on a real broker, with messages made by hand.

Expects in the environment: PROGRAMS, the directory of the fleet's programs, and NATS_SERVER.
"""

import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.request

import messages
from broker import Broker
from messages import Host
from nats_client import Client

WATCH = os.environ["PROGRAMS"] + "/nflogcap-watch"
ROOT = pathlib.Path(__file__).parent.parent.parent
STREAM = json.loads((ROOT / "fleet/config/stream.json").read_text())
MONITOR = 8222
LONG = 300


def await_condition(condition, what):
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"{what} never came to be"
        time.sleep(0.01)


def records(savefile):
    """The head of a savefile, and the packets' own bytes."""
    found, at = [], 24
    while at < len(savefile):
        length, = struct.unpack("=I", savefile[at + 8:at + 12])
        found.append(savefile[at + 16:at + 16 + length])
        at += 16 + length
    return savefile[:24], found


def contents(savefile):
    """What the packets of messages.udp() hold."""
    return [messages.content_of(record) for record in records(savefile)[1]]


class WatchTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.broker = Broker(self, self.directory, config=f"http: 127.0.0.1:{MONITOR}")
        self.url = self.broker.url
        self.client = Client()
        self.addCleanup(self.client.close)
        self.client.create_stream(**{**STREAM, "max_bytes": -1})  # the test's disk is smaller

    def run_watch(self, *arguments, **options):
        return subprocess.run([WATCH, "--server", self.url, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LONG, **options)

    def start(self, *arguments, stdout=subprocess.PIPE, **options):
        process = subprocess.Popen([WATCH, "--server", self.url, *arguments], stdin=subprocess.DEVNULL,
                                   stdout=stdout, stderr=subprocess.PIPE, **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def subscriptions(self):
        """How many of the broker's clients listen to packets: the broker has a page that lists them."""
        with urllib.request.urlopen(f"http://127.0.0.1:{MONITOR}/connz?subs=true&limit=1000") as page:
            clients = json.load(page)["connections"]
        return sum(subject.startswith("nflog.pcap") for client in clients
                   for subject in client.get("subscriptions_list", ()))

    def watch(self, *arguments, **options):
        """The program, once the broker sends it what comes."""
        before = self.subscriptions()
        process = self.start(*arguments, **options)
        await_condition(lambda: self.subscriptions() > before or process.poll() is not None, "the subscription")
        return process

    def finish(self, process, how=signal.SIGINT):
        process.send_signal(how)
        said, words = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, words)
        return said, words.decode()


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

    def test_a_name_with_a_dot_is_matched_as_it_is(self):
        self.assert_watched(["db.*"], ["db.example 5"])
        self.assert_watched(["db.example"], ["db.example 5"])

    def test_several_patterns(self):
        self.assert_watched(["web-2", "d?.*"], ["web-2 5", "db.example 5"])

    def test_one_group(self):
        self.assert_watched(["-g", "6"], ["web-1 6"])
        self.assert_watched(["-g", "5", "web-*"], ["web-1 5", "web-2 5"])
        self.assert_watched(["-g", "5", "web-2"], ["web-2 5"])

    def test_there_is_one_head_and_each_message_follows_whole(self):
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

    def test_what_is_sent_again_is_written_once(self):
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
        Host(self.client, "web-1", 6).send(b"c", skip=5)  # the first that is seen
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

    def test_another_byte_order_alone_is_watched(self):
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
    def test_a_reader_that_ends_ends_it_without_an_error(self):
        process = self.watch()
        process.stdout.close()
        process.stdout = None
        self.assertEqual(process.wait(timeout=LONG), 0)
        self.assertEqual(process.stderr.read().decode(), "0 packets written, 0 chunks missed\n")

    def test_a_reader_that_ends_while_packets_come(self):
        process = self.watch()
        Host(self.client, "web-1").send(b"a")
        process.stdout.read(24)
        process.stdout.close()
        process.stdout = None
        host = Host(self.client, "web-2")
        while process.poll() is None:
            host.send(b"b")
        self.assertEqual(process.returncode, 0)

    def test_a_slow_reader_costs_messages_and_no_memory(self):
        process = self.watch()
        host = Host(self.client, "web-1")
        large = [bytes(60_000)] * 10
        sent = 250  # of 600 kB, twice what is kept
        for _ in range(sent):
            host.send(*large)
        kib = int(re.search(r"^VmHWM:\s*(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text(), re.M)[1])
        if not os.environ["SANITIZER"]:  # which keeps what was freed
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
        self.assertIn("has had no room since the stop", process.stderr.read().decode())

    def test_packets_are_not_written_to_a_terminal(self):
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.close, end)
        process = self.start(stdout=end)
        self.assertEqual(process.wait(timeout=LONG), 2)
        self.assertRegex(process.stderr.read().decode(), "^nflogcap-watch: standard output is a terminal")


class Hostile(WatchTest):
    """What a host sends that is not nflogcap-ship."""

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

    def test_a_subject_that_nobody_sends_to(self):
        subjects = ["nflog.pcap.web-1.g05", "nflog.pcap.web-1.g5.g5", "nflog.pcap.web-1.x", "nflog.pcap.web-1",
                    "nflog.pcap.web-1.g65536", "nflog.pcap.web%2d1.g5", "nflog.pcap.%00.g5", "nflog.pcap.web%.g5",
                    "nflog.pcap." + "x" * 201 + ".g5", "nflog.pcap.a.web-1.g5"]

        def send():
            for number, subject in enumerate(subjects, 1):
                self.publish(messages.headers("web-1", number, 1, number), subject=subject)
        self.assert_left_out(send, len(subjects) - 1)  # a host's name can hold anything, also a zero byte

    def test_a_message_is_of_the_host_that_its_subject_names(self):
        process = self.watch("web-1")
        self.publish(messages.headers("web-2", 1, 1, 1, group=7))
        Host(self.client, "web-2").send(b"other")
        said, words = self.finish(process)
        self.assertEqual(contents(said), [b"x"])
        self.assertEqual(words, "1 packet written, 0 chunks missed\n")

    def test_records_that_are_not_whole_or_not_as_many_as_the_account_says(self):
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


class Table(WatchTest):
    def rows(self, *arguments):
        done = self.run_watch("--list", "--once", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [" ".join(line.split()) for line in done.stdout.splitlines()]

    def test_a_host_that_sent_before_is_shown(self):
        Host(self.client, "web-1").send(b"x", lost=7, dropped=3)
        Host(self.client, "web-2", 6).send(end=1)
        heading, one, other = self.rows()
        self.assertEqual(heading, "HOST GROUP PACKETS/S LAG LOST MISSING LAST SEEN")
        self.assertRegex(one, r"^web-1 5 0 \S+ s 7 3 \S+ s ago$")
        self.assertRegex(other, r"^web-2 6 0 \S+ s 0 0 ended \S+ s ago$")

    def test_hosts_and_groups_are_chosen(self):
        for name, group in (("web-1", 5), ("web-2", 5), ("web-1", 6), ("db.example", 5)):
            Host(self.client, name, group).send(b"x")

        def chosen(*arguments):
            return [tuple(row.split()[:2]) for row in self.rows(*arguments)[1:]]
        self.assertEqual(chosen(), [("db.example", "5"), ("web-1", "5"), ("web-1", "6"), ("web-2", "5")])
        self.assertEqual(chosen("web-*"), [("web-1", "5"), ("web-1", "6"), ("web-2", "5")])
        self.assertEqual(chosen("-g", "5", "*.example", "web-1"), [("db.example", "5"), ("web-1", "5")])
        self.assertEqual(chosen("web-2"), [("web-2", "5")])

    def test_a_clock_that_is_ahead_shows_no_lag(self):
        Host(self.client, "web-1").send(b"x", time=time.time_ns() + 3600 * 10**9)
        self.assertRegex(self.rows()[1], r"^web-1 5 0 0\.0 s ")

    def test_a_chunk_that_came_late_shows_its_lag(self):
        Host(self.client, "web-1").send(b"x", time=time.time_ns() - 3 * 3600 * 10**9)
        self.assertRegex(self.rows()[1], r"^web-1 5 0 3 h ")

    def test_it_is_written_each_second_and_counts_gaps_that_it_sees(self):
        host = Host(self.client, "web-1")
        host.send(b"a")
        process = self.watch("--list")
        self.assertRegex(self.read_table(process), r"web-1 +5 +0 ")
        host.send(b"b", skip=4)
        while not re.search(r"web-1 +5 +\d+ +\S+ s +0 +4 ", self.read_table(process)):
            pass
        self.finish(process)

    def test_what_a_spool_dropped_counts_once(self):
        host = Host(self.client, "web-1")
        host.send(b"a")
        process = self.watch("--list")
        self.read_table(process)
        host.send(b"b", skip=4)             # written before it dropped them
        host.send(b"c", dropped=4)
        while not re.search(r"web-1 +5 +\d+ +\S+ s +0 +4 ", self.read_table(process)):
            pass
        host.send(b"d", skip=1, dropped=4)  # lost by the broker
        while not re.search(r"web-1 +5 +\d+ +\S+ s +0 +5 ", self.read_table(process)):
            pass
        self.finish(process)

    def read_table(self, process):
        """Up to the empty line."""
        text = ""
        while not text.endswith("\n\n"):
            line = process.stdout.readline().decode()
            assert line, process.communicate()
            text += line
        return text

    def test_on_a_terminal_it_is_drawn_in_place(self):
        terminal, end = pty.openpty()
        self.addCleanup(os.close, terminal)
        Host(self.client, "web-1").send(b"x", lost=1)
        process = self.start("--list", stdout=end, env={**os.environ, "TERM": "xterm", "NO_COLOR": ""})
        os.close(end)
        shown = ""
        while shown.count("web-1") < 2:
            if select.select([terminal], [], [], LONG)[0]:
                shown += os.read(terminal, 65536).decode()
        self.assertEqual(shown.count("\033[H"), shown.count("HOST"))
        self.assertIn("\033[33mweb-1", shown)
        self.finish(process)

    def test_a_reader_that_ends_ends_it(self):
        process = self.watch("--list")
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        self.assertEqual(process.wait(timeout=LONG), 0)

    def test_a_stream_without_messages(self):
        self.assertEqual(len(self.rows()), 1)

    def test_there_is_no_such_stream(self):
        done = self.run_watch("--list", "--once", "--stream", "OTHER")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, "^nflogcap-watch: cannot read the stream OTHER: there is none of that name; .*")


class Users(WatchTest):
    """The users of fleet/config/nats-server.conf."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        (self.directory / "nats").mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=broker", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", "server.key", "-out", "server.pem"], cwd=self.directory, check=True,
                       stderr=subprocess.DEVNULL)
        names = ("web_1", "web_2", "collect", "watch")
        (self.directory / "nats/passwords.conf").write_text("".join(f'{name} = "of-{name}"\n' for name in names))
        text = (ROOT / "fleet/config/nats-server.conf").read_text()
        for old, new in (('listen: "0.0.0.0:4222"', f"http: 127.0.0.1:{MONITOR}"), ("/etc/nats/", f"{self.directory}/"),
                         ("/var/lib/nats", f"{self.directory}/store")):
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.broker = Broker(self, self.directory, config=text, jetstream=False)
        self.url = "tls://localhost"
        self.secret = self.directory / "secret"
        self.secret.write_text("of-watch\n")
        self.secret.chmod(0o600)
        self.client = self.client_of("web-1")
        self.client_of("collect").create_stream(**STREAM)
        self.options = ("--ca", str(self.directory / "server.pem"), "--user", "watch",
                        "--password-file", str(self.secret))

    def client_of(self, user):
        client = Client(user=user, password="of-" + user.replace("-", "_"), ca=self.directory / "server.pem",
                        name="localhost", inbox="_INBOX_" + user)
        self.addCleanup(client.close)
        return client

    def assert_denied(self, user, publish, subscribe):
        client = self.client_of(user)
        for kind, subjects in (("Publish", publish), ("Subscription", subscribe)):
            for subject in subjects:
                with self.subTest(kind, subject=subject):
                    client.errors.clear()
                    if kind == "Publish":
                        client.publish(subject, b"{}")
                    else:
                        client.subscribe(subject)
                    client.flush()
                    self.assertIn(f'Permissions Violation for {kind} to "{subject}"', str(client.errors))

    def test_the_watcher_sees_packets_and_the_table(self):
        process = self.watch(*self.options)
        Host(self.client, "web-1").send(b"x")
        said, _words = self.finish(process)
        self.assertEqual(contents(said), [b"x"])
        done = self.run_watch("--list", "--once", *self.options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("web-1", done.stdout)

    def test_the_watcher_can_do_nothing_else(self):
        self.assert_denied("watch", publish=(
            "nflog.pcap.web-1.g5", "$JS.API.STREAM.DELETE.NFLOG", "$JS.API.STREAM.UPDATE.NFLOG",
            "$JS.API.STREAM.PURGE.NFLOG", "$JS.API.STREAM.MSG.DELETE.NFLOG", "$JS.API.CONSUMER.CREATE.NFLOG",
            "$JS.API.CONSUMER.CREATE.NFLOG.nflogcap-collect",
            "$JS.API.CONSUMER.DURABLE.CREATE.NFLOG.nflogcap-collect",
            "$JS.API.CONSUMER.DELETE.NFLOG.nflogcap-collect", "$JS.API.CONSUMER.MSG.NEXT.NFLOG.nflogcap-collect",
            "$JS.ACK.NFLOG.nflogcap-collect.1.1.1.1.0", "_INBOX_collect.x"),
            subscribe=("_INBOX_collect.>", "_INBOX_web-1.>", "$JS.>", ">"))

    def test_a_host_can_neither_write_nor_read_what_is_of_another(self):
        self.assert_denied("web-1", publish=(
            "nflog.pcap.web-2.g5", "$JS.API.DIRECT.GET.NFLOG.nflog.pcap.web-2.g5", "$JS.API.DIRECT.GET.NFLOG",
            "$JS.API.STREAM.INFO.NFLOG", "$JS.API.STREAM.DELETE.NFLOG", "$JS.API.STREAM.MSG.GET.NFLOG",
            "$JS.API.CONSUMER.CREATE.NFLOG", "_INBOX_web-2.x"),
            subscribe=("nflog.pcap.>", "nflog.pcap.web-1.>", "_INBOX_web-2.>", "_INBOX.>"))

    def test_the_collector_can_neither_write_packets_nor_change_the_stream(self):
        self.assert_denied("collect", publish=(
            "nflog.pcap.web-1.g5", "$JS.API.STREAM.DELETE.NFLOG", "$JS.API.STREAM.UPDATE.NFLOG",
            "$JS.API.STREAM.PURGE.NFLOG", "$JS.API.STREAM.MSG.DELETE.NFLOG", "$JS.API.STREAM.CREATE.OTHER"),
            subscribe=("nflog.pcap.>", "_INBOX_watch.>"))

    def test_a_user_that_may_not_watch_is_told_so(self):
        self.secret.write_text("of-web_1\n")
        for arguments in ((), ("web-2",), ("--list", "--once")):
            done = self.run_watch(*self.options[:2], "--user", "web-1", *self.options[4:], *arguments)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, "^nflogcap-watch: cannot subscribe to nflog.pcap.*: .*; let the broker's user")

    def test_a_wrong_password_is_told_and_not_shown(self):
        self.secret.write_text("wrong-secret\n")
        done = self.run_watch(*self.options)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^nflogcap-watch: cannot connect .*: it refuses the user 'watch' or the password")
        self.assertNotIn("wrong-secret", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
