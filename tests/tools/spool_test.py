# SPDX-License-Identifier: GPL-2.0-or-later
"""--spool: every packet is in the spool or is counted, even if the capture is killed or the disk is full."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import unittest

from support import COMMAND, CommandTest, await_condition, run, rule, send, small_disk

PACKETS = 2000


class Spool(CommandTest):
    def setUp(self):
        super().setUp()
        self.spool = self.directory / "spool"
        rule('prefix "a: " group 5')
        rule("group 6", port=4343)

    def start(self, *arguments):
        return self.capture("-g", "5", "-g", "6", "--spool", str(self.spool), *arguments, group=6)

    def state(self):
        return json.loads(run("spool", str(self.spool), "--json").stdout)

    def groups(self):
        return {group["group"]: group for group in self.state()["groups"]}

    def total(self):
        return sum(group["total"] for group in self.groups().values())

    def lines(self):
        """Returns the number of packets that tcpdump reads from all segments."""
        return sum(subprocess.run(["tcpdump", "-nr", path], check=True, capture_output=True)
                   .stdout.count(b"\n") for path in self.spool.glob("*.pcap"))

    def test_every_packet_is_in_it(self):
        capture = self.start()
        self.assertTrue(self.state()["is_written"])
        send(*[b"x"] * PACKETS)
        send(*[b"y"] * 7, port=4343)
        await_condition(lambda: self.total() == PACKETS + 7, "all packets")
        self.assertEqual(self.lines(), PACKETS + 7)  # the capture still runs
        _, words, status = capture.finish()
        self.assertEqual((words, status), (f"{PACKETS + 7} packets spooled, {PACKETS + 7} received, "
                                           "0 filtered, 0 lost\n", 0))
        state = self.state()
        self.assertEqual((state["is_written"], state["is_shipped"], state["damage"]), (False, False, []))
        groups = self.groups()
        self.assertEqual([groups[group]["packets"] for group in (5, 6)], [PACKETS, 7])
        self.assertEqual([groups[group]["unsent_packets"] for group in (5, 6)], [PACKETS, 7])
        names = {word for path in self.spool.glob("*.index") for line in path.read_text().splitlines()
                 for word in line.split() if word.startswith("interfaces=")}
        self.assertEqual(names, {"interfaces=1=lo"})

    def test_the_chunk_at_the_end_has_its_interfaces_too(self):
        capture = self.start()
        send(b"x")
        capture.finish()
        chunks = [line for path in self.spool.glob("*.index") for line in path.read_text().splitlines()
                  if " packets=1 " in line]
        self.assertEqual(len(chunks), 1)
        self.assertIn("interfaces=1=lo", chunks[0])

    def test_filtered_packets_are_counted(self):
        capture = self.start("greater 100")
        send(b"", b"x" * 100, b"x" * 100)
        await_condition(lambda: self.total() == 2, "the long packets")
        capture.finish()
        self.assertEqual(self.groups()[5]["filtered"], 1)

    def test_after_a_kill_it_continues_its_numbers(self):
        for round_ in (1, 2, 3):
            capture = self.start()
            send(*[b"x"] * 100)
            await_condition(lambda: self.total() == 100 * round_, "the packets")
            capture.process.kill()
            capture.process.wait()
        self.assertEqual(self.lines(), 300)
        self.assertEqual(self.state()["damage"], [])
        chunks = [int(line.split()[0].removeprefix("chunk="))
                  for path in sorted(self.spool.glob("*.index")) for line in path.read_text().splitlines()
                  if " group=5 " in line]
        self.assertEqual(chunks, list(range(1, len(chunks) + 1)))
        sessions = {line.partition(" session=")[2].split()[0]
                    for path in self.spool.glob("*.index") for line in path.read_text().splitlines()}
        self.assertEqual(len(sessions), 3)

    def test_a_quiet_capture_reports_that_it_runs(self):
        capture = self.start()
        first = self.groups()[5]["last_chunk"]
        await_condition(lambda: self.groups()[5]["last_chunk"] > first, "a new index entry without packets")
        capture.finish()
        self.assertEqual(self.total(), 0)

    def flood(self, *arguments):
        """Captures more packets than the spool has room for, and checks all counts. Returns the messages."""
        capture = self.start(*arguments)
        sent = 0
        while sum(group["dropped"] for group in self.groups().values()) == 0:
            send(*[b"x" * 1400] * 200)
            sent += 200
            await_condition(lambda: self.total() + 500 > sent, "room in the socket's buffer")
        send(b"x")
        _, words, status = capture.finish()
        self.assertIn(f"{sent + 1} received, 0 filtered, 0 lost", words)
        self.assertEqual(status, 0)
        group = self.groups()[5]
        self.assertEqual(group["total"], sent + 1)
        self.assertEqual(group["packets"] + group["dropped"], sent + 1)
        self.assertEqual(self.lines(), group["packets"])
        return words

    def test_a_full_spool_drops_the_oldest_packets_and_counts_them(self):
        words = self.flood("--spool-size", "1M")
        self.assertIn("it is full: the oldest packets were dropped", words)
        self.assertLessEqual(sum(path.stat().st_size for path in self.spool.iterdir()), 1 << 20)

    def test_a_full_disk_does_not_end_the_capture(self):
        small_disk(self, "1M")
        self.flood()

    def test_a_failing_disk_does_not_end_the_capture(self):
        metrics = self.directory / "x.prom"
        capture = self.start("--metrics", str(metrics))
        send(b"x")
        await_condition(lambda: self.total() == 1, "the first packet")
        limits = resource.prlimit(capture.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(capture.process.pid, resource.RLIMIT_FSIZE, (16384, limits[1]))
        send(*[b"x" * 10000] * 5)
        await_condition(lambda: 'dropped_packets_total{capture="x"} 5\n' in metrics.read_text(), "the failure")
        resource.prlimit(capture.process.pid, resource.RLIMIT_FSIZE, limits)
        send(*[b"x"] * 2)
        await_condition(lambda: self.total() == 8, "the last packets")
        _, words, status = capture.finish()
        self.assertEqual(status, 0, words)
        self.assertIn("File too large; the capture continues and counts the dropped packets\n", words)
        self.assertIn("3 packets spooled, 8 received, 0 filtered, 0 lost, 5 not spooled\n", words)
        group = self.groups()[5]
        self.assertEqual((group["packets"], group["dropped"], group["total"]), (3, 5, 8))

    def test_damage_is_found(self):
        capture = self.start()
        send(*[b"x"] * 10)
        await_condition(lambda: self.total() == 10, "the packets")
        capture.finish()
        segment = next(path for path in sorted(self.spool.glob("*.pcap")) if path.stat().st_size > 100)
        content = bytearray(segment.read_bytes())
        content[60] ^= 1
        segment.write_bytes(content)
        shown = run("spool", str(self.spool))
        self.assertEqual(shown.returncode, 1)
        self.assertIn("is damaged: its checksum does not match", shown.stdout)

    def test_one_capture_writes_it(self):
        self.start()
        other = run("-g", "7", "--spool", str(self.spool))
        self.assertEqual((other.returncode, other.stderr),
                         (1, f"nflogcap: another capture writes the spool {self.spool}; each needs a "
                             "directory of its own\n"))

    def test_a_directory_that_is_not_a_spool_is_not_changed(self):
        self.spool.mkdir()
        (self.spool / "letter").write_text("dear")
        for arguments, words in ((("-g", "7", "--spool", str(self.spool)), "is not a spool, and not empty"),
                                 (("spool", str(self.spool)), "is not a spool: it has no file 'spool'"),
                                 (("spool", str(self.directory / "none")), "No such file or directory"),
                                 (("spool", str(self.spool / "letter")), "Not a directory")):
            done = run(*arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
        self.assertEqual([path.name for path in self.spool.iterdir()], ["letter"])

    def test_sizes(self):
        for size in ("", "1", "x", "1X", "1MM", "-1", "99999999999999999999", "9999999T"):
            done = run("-g", "7", "--spool", str(self.spool), f"--spool-size={size}")
            self.assertEqual(done.returncode, 2, size)
            self.assertIn("--spool-size", done.stderr)
        done = run("-g", "7", "--spool", str(self.spool), "--spool-sync", "sometimes")
        self.assertEqual(done.returncode, 2)
        self.assertFalse(self.spool.exists())

    def test_metrics(self):
        metrics = self.directory / "x.prom"
        capture = self.start("--metrics", str(metrics))
        send(*[b"x"] * 10)
        await_condition(lambda: self.total() == 10, "the packets")
        capture.finish()
        text = metrics.read_text()
        self.assertIn('nflogcap_spool_dropped_packets_total{capture="x"} 0', text)
        self.assertRegex(text, r'nflogcap_spool_unacknowledged_chunks\{capture="x"\} [1-9]')
        self.assertRegex(text, r'nflogcap_spool_bytes\{capture="x"\} [1-9]')

    def test_doctor_explains_why_nothing_arrives(self):
        capture = self.start()
        send(*[b"x"] * 10)
        await_condition(lambda: self.total() == 10, "the packets")
        words = run("doctor", "--spool", str(self.spool)).stdout
        self.assertIn(f"ok       a capture writes the spool {self.spool}", words)
        self.assertIn(f"problem  no nflogcap-ship ships the spool {self.spool}", words)
        self.assertIn("group 5 in the spool: 10 packets are not acknowledged yet", words)
        self.assertIn("group 6 in the spool: no packet was ever captured", words)
        capture.finish()
        self.assertIn("problem  no capture writes", run("doctor", "--spool", str(self.spool)).stdout)
        self.assertIn("problem  cannot open the spool",
                      run("doctor", "--spool", str(self.directory / "none")).stdout)


class FleetPrograms(CommandTest):
    def test_they_are_found_beside_the_command_and_in_path(self):
        for where in ("beside", "path"):
            directory = self.directory / where
            directory.mkdir()
            command = COMMAND
            if where == "beside":
                command = directory / "nflogcap"
                shutil.copy(COMMAND, command)
            for name in ("ship", "collect", "watch"):
                program = directory / f"nflogcap-{name}"
                program.write_text('#!/bin/sh\necho "${0##*/}" "$@"\nexit 3\n')
                program.chmod(0o755)
                done = subprocess.run([command, name, "--x", "y z"], capture_output=True, text=True, env={
                    **os.environ, "PATH": f"{directory}:{os.environ['PATH']}"})
                self.assertEqual((done.stdout, done.returncode), (f"nflogcap-{name} --x y z\n", 3))

    def test_one_that_is_not_installed_is_named(self):
        done = subprocess.run([COMMAND, "ship"], capture_output=True, text=True,
                              env={**os.environ, "PATH": str(self.directory)})
        if (pathlib.Path(COMMAND).parent / "nflogcap-ship").exists():
            self.fail("nflogcap-ship is built into the command's directory")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Debian has it in the package nflogcap-fleet", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
