# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of nflogcap-watch --list, and the rights of each user of the broker's example configuration."""

import os
import pathlib
import pty
import re
import select
import subprocess
import unittest
import tempfile
import time

from broker import Broker
from messages import Host
from nats_client import Client
from watch_support import LONG, MONITOR, ROOT, STREAM, WatchTest, contents


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

    def test_packets_dropped_by_a_spool_are_counted_once(self):
        host = Host(self.client, "web-1")
        host.send(b"a")
        process = self.watch("--list")
        self.read_table(process)
        host.send(b"b", skip=4)             # this chunk was written before the spool dropped the four before it
        host.send(b"c", dropped=4)
        while not re.search(r"web-1 +5 +\d+ +\S+ s +0 +4 ", self.read_table(process)):
            pass
        host.send(b"d", skip=1, dropped=4)  # the broker lost the skipped chunk
        while not re.search(r"web-1 +5 +\d+ +\S+ s +0 +5 ", self.read_table(process)):
            pass
        self.finish(process)

    def read_table(self, process):
        """Reads a table, which ends with an empty line."""
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

    def test_it_ends_when_its_reader_ends(self):
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
        self.assertRegex(done.stderr, "^nflogcap-watch: cannot read the stream OTHER: the broker has no stream of this name; .*")


class Users(WatchTest):
    """The users in fleet/config/nats-server.conf can do only what they need."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        (self.directory / "nats").mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=broker", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-addext", "keyUsage=critical,digitalSignature,keyCertSign",
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

    def test_a_host_can_neither_write_nor_read_packets_of_another_host(self):
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

    def test_a_user_without_the_right_to_watch_gets_an_error_that_says_so(self):
        self.secret.write_text("of-web_1\n")
        for arguments in ((), ("web-2",), ("--list", "--once")):
            done = self.run_watch(*self.options[:2], "--user", "web-1", *self.options[4:], *arguments)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertRegex(done.stderr, "^nflogcap-watch: cannot subscribe to nflog.pcap.*: .*; allow the broker's user")

    def test_a_wrong_password_is_an_error_that_does_not_show_the_password(self):
        self.secret.write_text("wrong-secret\n")
        done = self.run_watch(*self.options)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^nflogcap-watch: cannot connect .*: it refuses the user 'watch' or the password")
        self.assertNotIn("wrong-secret", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
