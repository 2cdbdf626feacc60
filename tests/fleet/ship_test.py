# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of nflogcap-ship with a real broker.

Environment variables, besides those of broker.py: PROGRAMS is the directory of the fleet's programs.
"""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import broker
import spools
from certificates import Authority

LONG = broker.LONG
SHIP = os.path.join(os.environ["PROGRAMS"], "nflogcap-ship")


def await_condition(condition, what):
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"timed out while waiting for: {what}"
        time.sleep(0.02)


class ShipTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.spool = spools.Spool(self.directory / "spool")

    def broker(self, config="", stream=True, **settings):
        made = broker.Broker(self, self.directory, config=config)
        if stream:
            with made.client() as client:
                client.create_stream(**settings)
        return made

    def arguments(self, *more, spool=None, server="nats://127.0.0.1:4222", host="web"):
        return [SHIP, "--spool", str((spool or self.spool).path), "--server", server, "--host", host,
                *more]

    def ship(self, *more, **options):
        """Runs nflogcap-ship until it ends."""
        return subprocess.run(
            self.arguments(*more, **options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=LONG, check=False)

    def ship_all(self, *more, **options):
        done = self.ship("--until-acknowledged", *more, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refuse(self, words, *more, status=1, **options):
        done = self.ship(*more, **options)
        self.assertRegex(done.stderr, words)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def start(self, *more, **options):
        process = subprocess.Popen(
            self.arguments(*more, **options), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)

        def end():
            process.kill()
            process.wait()
            process.stderr.close()
        self.addCleanup(end)
        return process

    def stop(self, process):
        process.terminate()
        words = process.stderr.read()
        self.assertEqual(process.wait(timeout=LONG), 0, words)
        return words

    def await_acknowledged(self, numbers, spool=None):
        await_condition(lambda: (spool or self.spool).acknowledged() == numbers,
                        f"the acknowledgement of {numbers}")

    def await_trouble(self, words):
        await_condition(lambda: words in self.spool.trouble(), f"the trouble {words}")

    def numbers(self, made, host="web"):
        """Returns the numbers of the chunks in the stream, by group, in their order."""
        found = {}
        with made.client() as client:
            for message in client.messages():
                _, _, name, group = message.subject.split(".")
                self.assertEqual(name, host)
                found.setdefault(int(group[1:]), []).append(int(message.headers["Nflogcap-Chunk"]))
        return found


class Shipping(ShipTest):
    def test_each_chunk_arrives_as_a_savefile_with_its_account(self):
        made = self.broker()
        _, first = self.spool.add(5, packets=3, lost=2, interfaces="2=eth0")
        self.spool.add(6, packets=0)
        self.spool.begin_segment()
        _, second = self.spool.add(5)
        self.ship_all()
        with made.client() as client:
            messages = client.messages()
        self.assertEqual([m.subject for m in messages if m.subject.endswith("g5")],
                         ["nflog.pcap.web.g5"] * 2)
        of_five = [m for m in messages if m.subject.endswith("g5")]
        self.assertEqual([m.data for m in of_five], [spools.HEAD + first, spools.HEAD + second])
        headers = of_five[0].headers
        self.assertEqual(headers["Nats-Msg-Id"], "web/0123456789abcdef/g5/1")
        self.assertEqual(headers["Nflogcap-Version"], "1")
        self.assertEqual(headers["Nflogcap-Spool"], "0123456789abcdef")
        self.assertEqual(headers["Nflogcap-Interfaces"], "2=eth0")
        self.assertRegex(headers["Nflogcap-Account"], "^packets=3 total=3 lost=2 ")
        account = [m for m in messages if m.subject == "nflog.pcap.web.g6"]
        self.assertEqual([m.data for m in account], [b""])
        self.assertEqual(self.spool.acknowledged(), {5: 2, 6: 1})

    def test_chunks_are_shipped_while_they_are_added(self):
        made = self.broker()
        process = self.start()
        for i in range(1, 30):
            self.spool.add(5)
            if i % 10 == 0:
                self.spool.begin_segment()
                self.await_acknowledged({5: i})
        self.await_acknowledged({5: 29})
        self.stop(process)
        self.assertEqual(self.numbers(made), {5: list(range(1, 30))})

    def test_a_name_with_dots_is_one_word_of_the_subject(self):
        made = self.broker()
        self.spool.add()
        self.ship_all(host="web-1.example/../*")
        with made.client() as client:
            self.assertEqual([m.subject for m in client.messages()],
                             ["nflog.pcap.web-1%2Eexample%2F%2E%2E%2F%2A.g5"])

    def test_a_second_run_sends_only_new_chunks(self):
        made = self.broker()
        self.spool.add()
        self.ship_all()
        self.spool.add()
        done = self.ship_all()
        self.assertIn("1 packet in 1 chunk acknowledged", done.stderr)
        self.assertEqual(self.numbers(made), {5: [1, 2]})

    def test_a_damaged_chunk_is_reported_and_skipped(self):
        made = self.broker()
        for _ in range(3):
            self.spool.add(5)
        content = bytearray(self.spool.data.read_bytes())
        content[len(content) // 2] ^= 1
        self.spool.data.write_bytes(content)
        done = self.ship_all()
        self.assertRegex(done.stderr, "chunk 2 of group 5 in .* is damaged")
        self.assertEqual(self.numbers(made), {5: [1, 3]})
        self.assertEqual(self.spool.acknowledged(), {5: 3})

    def test_metrics_are_written(self):
        self.broker()
        self.spool.add(packets=4)
        metrics = self.directory / "ship.prom"
        self.ship_all("--metrics", str(metrics))
        self.assertIn('nflogcap_ship_acknowledged_packets_total{shipper="ship",host="web"} 4\n',
                      metrics.read_text())
        self.assertIn("nflogcap_ship_in_trouble{", metrics.read_text())

    def test_options_can_be_in_a_file(self):
        self.broker()
        self.spool.add()
        config = self.directory / "ship.conf"
        config.write_text(f"--spool {self.spool.path}\n--server 127.0.0.1\n--host web\n")
        done = subprocess.run([SHIP, "--config", str(config), "--until-acknowledged"],
                              stderr=subprocess.PIPE, text=True, timeout=LONG, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)


class Faults(ShipTest):
    def test_it_waits_until_the_broker_is_started(self):
        self.spool.add()
        process = self.start("--until-acknowledged")
        self.await_trouble("nothing listens there")
        self.broker()
        words = process.stderr.read()
        self.assertEqual(process.wait(timeout=LONG), 0, words)
        self.assertIn("packets are shipped again", words)
        self.assertEqual(self.spool.trouble(), "")

    def test_nothing_is_lost_when_the_broker_is_killed_twice(self):
        made = self.broker()
        process = self.start()
        sent = 0
        for _ in range(2):
            for _ in range(20):
                self.spool.add(5)
                self.spool.add(6)
            sent += 20
            made.kill()
            self.spool.add(5)
            self.spool.add(6)
            sent += 1
            made.start()
            self.await_acknowledged({5: sent, 6: sent})
        self.stop(process)
        every = list(range(1, sent + 1))
        self.assertEqual(self.numbers(made), {5: every, 6: every})

    def test_chunks_that_a_broker_lost_are_sent_again(self):
        made = self.broker()
        process = self.start()
        self.spool.add(5)
        self.await_acknowledged({5: 1})
        made.kill()
        made.save()
        made.start()
        for _ in range(9):
            self.spool.add(5)
        self.await_acknowledged({5: 10})
        made.kill()
        made.set_back()
        made.start()
        await_condition(lambda: self.numbers(made) == {5: list(range(1, 11))}, "all chunks")
        self.assertRegex(self.stop(process), "has lost chunks .* it has up to 1, not 10")

    def test_nothing_is_lost_when_the_shipper_is_killed(self):
        made = self.broker()
        for round_number in range(3):
            process = self.start()
            for _ in range(20):
                self.spool.add(5)
            process.kill()
            process.wait()
            self.assertLessEqual(self.spool.acknowledged().get(5, 0), 20 * (round_number + 1))
        self.ship_all()
        self.assertEqual(self.numbers(made), {5: list(range(1, 61))})

    def test_while_the_stream_is_full_packets_stay_in_the_spool(self):
        made = self.broker(max_msgs=3, discard="new")
        for _ in range(10):
            self.spool.add(5)
        process = self.start()
        self.await_trouble("the stream NFLOG does not accept packets now: maximum messages exceeded")
        self.await_acknowledged({5: 3})
        with made.client() as client:
            client.update_stream(max_msgs=-1)
        self.await_acknowledged({5: 10})
        await_condition(lambda: not self.spool.trouble(), "no trouble")
        self.stop(process)
        self.assertEqual(self.numbers(made), {5: list(range(1, 11))})

    def test_a_recreated_stream_gets_the_packets_in_the_spool(self):
        made = self.broker()
        self.spool.add(5)
        process = self.start()
        self.await_acknowledged({5: 1})
        with made.client() as client:
            client.delete_stream()
            self.spool.add(5)
            self.await_trouble("the broker has no stream NFLOG")
            client.create_stream()
        await_condition(lambda: self.numbers(made) == {5: [1, 2]}, "both chunks")
        self.stop(process)

    def test_segments_that_the_capture_removes_are_no_error(self):
        made = self.broker()
        self.spool.add(5)
        self.spool.begin_segment()
        self.spool.add(5)
        self.spool.begin_segment()
        self.spool.add(5)
        self.spool.remove_segment(1)
        self.ship_all()
        self.assertEqual(self.numbers(made), {5: [2, 3]})


class BadInput(ShipTest):
    def test_no_stream(self):
        self.broker(stream=False)
        self.spool.add()
        self.refuse("the broker has no stream NFLOG; create it")
        self.assertIn("no stream NFLOG", self.spool.trouble())
        self.assertTrue(self.spool.data.exists())

    def test_no_jetstream(self):
        broker.Broker(self, self.directory, jetstream=False)
        self.spool.add()
        self.refuse("the broker runs without JetStream")

    def test_a_stream_without_direct_get_is_refused(self):
        self.broker(allow_direct=False)
        self.spool.add()
        self.refuse("set its allow_direct to true")

    def test_a_stream_with_a_low_message_limit(self):
        self.broker(max_msg_size=100)
        self.spool.add(size=1000)
        self.refuse("refuses chunk 1 of group 5: .*; set its max_msg_size to")

    def test_a_broker_with_a_low_message_limit(self):
        self.broker(config="max_payload: 65536")
        self.spool.add()
        self.refuse("accepts messages of at most 65536 bytes.*raise max_payload")

    def test_a_stream_of_another_name(self):
        made = self.broker(stream=False)
        with made.client() as client:
            client.create_stream("OTHER")
            client.create_stream(subjects=["elsewhere"])
        self.spool.add()
        self.refuse("go to the stream OTHER, not to NFLOG")
        self.ship_all("--stream", "OTHER")

    def test_a_subject_that_another_host_uses(self):
        self.broker()
        other = spools.Spool(self.directory / "other", identity="fedcba9876543210")
        other.add()
        process = self.start(spool=other)
        self.await_acknowledged({5: 1}, spool=other)
        self.spool.add()
        second = self.start()
        self.await_trouble("another spool has shipped group 5 as 'web'")
        other.add()
        words = second.stderr.read()
        self.assertEqual(second.wait(timeout=LONG), 1, words)
        self.assertIn("another host ships group 5 as 'web'", words)
        self.stop(process)

    def test_a_spool_that_replaces_another_is_shipped(self):
        made = self.broker()
        before = spools.Spool(self.directory / "before", identity="fedcba9876543210")
        before.add()
        self.ship_all(spool=before)
        self.spool.add()
        self.ship_all()
        self.assertEqual(self.numbers(made), {5: [1, 1]})

    def test_two_shippers_of_one_spool(self):
        self.broker()
        self.spool.add()
        process = self.start()
        self.await_acknowledged({5: 1})
        self.refuse("another process ships the spool")
        self.stop(process)

    def test_a_spool_of_another_host(self):
        self.broker()
        self.spool.add()
        self.ship_all()
        self.refuse("belongs to the host 'web' and cannot be shipped as 'mail'", host="mail")

    def test_a_directory_that_is_not_a_spool(self):
        (self.directory / "empty").mkdir()
        for name in ("empty", "missing"):
            spool = type("Path", (), {"path": self.directory / name})
            self.refuse("is not a spool|cannot open the spool", spool=spool)

    def test_wrong_options(self):
        for words, *more in (
                ("is not the address of a broker", "--server", "http://x"),
                ("contains a user or a password", "--server", "nats://u:p@x"),
                ("--cert requires --key", "--cert", "x"),
                ("--user requires --password-file", "--user", "x"),
                ("is not the name of a stream", "--stream", "a.b"),
                ("takes no argument", "word"),
                ("no option --hots; the nearest is --host", "--hots"),
        ):
            self.refuse(words, *more, status=2)


class Security(ShipTest):
    """nflogcap-ship with TLS, and with a user who is allowed to ship as one host only."""

    def setUp(self):
        super().setUp()
        authority = Authority(self.directory)
        Authority(self.directory, "other")
        certificate, key = authority.sign("broker", "localhost", "broker")
        self.ca = ("--ca", f"{self.directory}/ca.pem")
        self.password = self.directory / "password"
        self.password.write_text("secret-of-web\n")
        self.user = ("--user", "web", "--password-file", str(self.password))
        made = broker.Broker(self, self.directory, config=f"""
            tls {{ cert_file: "{certificate}", key_file: "{key}" }}
            authorization {{ users: [
                {{ user: admin, password: admin }}
                {{ user: web, password: secret-of-web, permissions: {{
                    publish: ["nflog.pcap.web.>", "$JS.API.DIRECT.GET.NFLOG.nflog.pcap.web.>"],
                    subscribe: ["_INBOX_web.>"] }} }}
            ] }}""")
        self.admin = {"user": "admin", "password": "admin", "ca": self.directory / "ca.pem"}
        with made.client(**self.admin) as client:
            client.create_stream()
        self.made = made
        self.spool.add()

    def refuse_at(self, words, *more, server="tls://localhost:4222", **options):
        done = self.refuse(words, *more, server=server, **options)
        self.assertNotIn("secret", done.stderr + self.spool.trouble())

    def test_a_user_may_ship_as_its_own_host(self):
        self.ship_all(*self.ca, *self.user, server="tls://localhost:4222")
        with self.made.client(**self.admin) as client:
            self.assertEqual(len(client.messages()), 1)
        self.spool.add()
        self.ship_all(*self.ca, *self.user, "--tls-name", "broker")

    def test_a_user_may_not_ship_as_another_host(self):
        self.refuse_at("does not allow this user to ship as 'mail'|cannot subscribe", *self.ca,
                       *self.user, host="mail")
        with self.made.client(**self.admin) as client:
            self.assertEqual(client.messages(), [])

    def test_a_wrong_ca(self):
        self.refuse_at("is not signed by the CA in .*other.pem", "--ca",
                       f"{self.directory}/other.pem", *self.user)

    def test_a_certificate_of_another_name(self):
        self.refuse_at("certificate is not for the name 'elsewhere'", *self.ca, *self.user,
                       "--tls-name", "elsewhere")

    def test_a_broker_with_tls_and_a_client_without(self):
        self.refuse_at("that this machine trusts; give its CA with --ca", *self.user, server="nats://localhost:4222")

    def test_a_wrong_password(self):
        self.password.write_text("secret-of-nobody\n")
        self.refuse_at("refuses the user 'web' or the password in", *self.ca, *self.user)

    def test_no_user(self):
        self.refuse_at("requires authentication", *self.ca)

    def test_files_that_are_not_there(self):
        self.refuse_at("cannot read the certificate in .*/missing", "--ca",
                       f"{self.directory}/missing")
        self.refuse_at("has no certificate in PEM form", "--ca", str(self.password))
        self.refuse_at("cannot read the password in", *self.ca, "--user", "web", "--password-file",
                       f"{self.directory}/missing")

    def test_no_secret_is_on_the_command_line(self):
        process = self.start(*self.ca, *self.user, server="tls://localhost:4222")
        self.await_acknowledged({5: 1})
        self.assertNotIn(b"secret", pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes())
        self.assertNotIn("secret", self.stop(process))


if __name__ == "__main__":
    unittest.main()
