# SPDX-License-Identifier: GPL-2.0-or-later
"""The signals that a capture handles while it runs, and the program that -z runs for a finished file."""

import fcntl
import os
import signal
import subprocess
import termios
import unittest

from support import LONG, CommandTest, Terminal, await_condition, records, rule, send


def await_file(path):
    """Waits until the file has its header. It is written some time after the group is bound."""
    await_condition(lambda: path.exists() and path.stat().st_size >= 24, path.name)


def await_packets(path, count):
    await_file(path)
    await_condition(lambda: len(records(path)[1]) == count, f"{count} packets in {path.name}")


class Requests(CommandTest):
    def setUp(self):
        super().setUp()
        rule("group 5")
        self.path = self.directory / "x.pcap"

    def files(self):
        return {path.name for path in self.directory.iterdir()}

    def payloads(self, *names):
        """Returns the payloads in these files. Each payload is one byte, which the record pads to four."""
        return [record[-4:-3] for name in names for _, _, record in records(self.directory / name)[1]]

    def begin_file(self, capture, name):
        capture.process.send_signal(signal.SIGHUP)
        await_file(self.directory / name)

    def test_sigusr1_prints_counts(self):
        capture = self.capture("-g", "5", "--json")
        send(b"1", b"2")
        for _ in range(2):
            capture.process.stdout.readline()
        capture.process.send_signal(signal.SIGUSR1)
        self.assertEqual(capture.process.stderr.readline(), "2 packets printed, 2 received, 0 filtered, 0 lost\n")
        send(b"3")
        capture.process.stdout.readline()
        _, words, status = capture.finish()
        self.assertEqual((words, status), ("3 packets printed, 3 received, 0 filtered, 0 lost\n", 0))

    def test_sigusr2_writes_buffered_packets(self):
        capture = self.capture("-g", "5", "-w", str(self.path))
        capture.process.send_signal(signal.SIGSTOP)
        send(b"1", b"2")
        capture.process.send_signal(signal.SIGUSR2)
        capture.process.send_signal(signal.SIGCONT)
        await_packets(self.path, 2)
        _, words, status = capture.finish()
        self.assertEqual((words, status), ("2 packets written, 2 received, 0 filtered, 0 lost\n", 0))

    def test_sighup_begins_a_file_beside_the_old_ones(self):
        capture = self.capture("-g", "5", "-w", str(self.path))
        for number, name in enumerate(("x.pcap.2", "x.pcap.3"), 1):
            send(b"%d" % number)
            self.begin_file(capture, name)
        send(b"3")
        _, words, status = capture.finish()
        self.assertEqual((words, status), ("3 packets written, 3 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(self.files(), {"x.pcap", "x.pcap.2", "x.pcap.3"})
        # A packet that arrives at the same time as the signal can be in the old file or in the new file.
        self.assertEqual(self.payloads("x.pcap", "x.pcap.2", "x.pcap.3"), [b"1", b"2", b"3"])

    def test_sighup_begins_a_file_in_place_of_one_that_was_renamed(self):
        capture = self.capture("-g", "5", "-w", str(self.path))
        send(b"1")
        await_packets(self.directory / "x.pcap", 1)
        self.path.rename(self.directory / "old")
        send(b"2")
        self.begin_file(capture, "x.pcap")
        send(b"3")
        _, words, status = capture.finish()
        self.assertEqual((words, status), ("3 packets written, 3 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(self.files(), {"old", "x.pcap"})
        self.assertEqual(self.payloads("old", "x.pcap"), [b"1", b"2", b"3"])

    def test_sighup_takes_the_next_number_of_a_ring(self):
        capture = self.capture("-g", "5", "-w", str(self.path), "-C", "1", "-W", "2")
        send(b"1")
        await_packets(self.directory / "x.pcap0", 1)
        self.begin_file(capture, "x.pcap1")
        send(b"2")
        await_packets(self.directory / "x.pcap1", 1)
        capture.process.send_signal(signal.SIGHUP)
        await_packets(self.directory / "x.pcap0", 0)
        self.assertEqual(capture.finish()[2], 0)
        self.assertEqual(self.payloads("x.pcap0", "x.pcap1"), [b"2"])

    def test_a_closed_terminal_ends_a_capture_into_a_file(self):
        terminal = Terminal(self)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(terminal.end, termios.TIOCSCTTY, 0)

        capture = self.capture("-g", "5", "-w", str(self.path), preexec_fn=take_terminal)
        send(b"1")
        terminal.hang_up()
        _, words, status = capture.finish(None)
        self.assertEqual((words, status), ("1 packet written, 1 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(self.files(), {"x.pcap"})

    def test_a_capture_that_outlives_its_terminal_still_begins_files(self):
        terminal = Terminal(self)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(terminal.end, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nohup(1) does the same

        capture = self.capture("-g", "5", "-w", str(self.path), preexec_fn=take_terminal)
        terminal.hang_up()
        send(b"1")
        await_packets(self.directory / "x.pcap", 1)
        self.assertEqual(self.files(), {"x.pcap"})
        self.begin_file(capture, "x.pcap.2")
        send(b"2")
        self.assertEqual(capture.finish()[2], 0)
        self.assertEqual(self.payloads("x.pcap", "x.pcap.2"), [b"1", b"2"])

    def test_sighup_ends_a_capture_into_no_file(self):
        for arguments in ([], ["-w", "-"]):
            with self.subTest(arguments):
                capture = self.capture("-g", "5", *arguments, stdout=subprocess.DEVNULL)
                self.assertEqual(capture.finish(signal.SIGHUP)[2], 0)


class PostRotate(CommandTest):
    def setUp(self):
        super().setUp()
        rule("group 5")
        self.path = self.directory / "x.pcap"

    def program(self, script):
        path = self.directory / "program"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def test_it_gets_each_file_that_another_one_follows(self):
        log = self.directory / "log"
        program = self.program(f'echo "$#:$1" >> {log}')
        capture = self.capture("-g", "5", "-w", str(self.path), "-C", "1", "-z", program)
        send(*(b"x" * 1400 for _ in range(1700)))
        capture.finish()
        names = sorted(path.name for path in self.directory.glob("x.pcap*"))
        self.assertEqual(names, ["x.pcap", "x.pcap1", "x.pcap2"])
        await_condition(lambda: log.exists() and log.read_text().count("\n") == 2, "two files in the log")
        self.assertEqual(sorted(log.read_text().splitlines()), [f"1:{self.path}", f"1:{self.path}1"])

    def test_a_real_program_after_a_signal(self):
        capture = self.capture("-g", "5", "-w", str(self.path), "-z", "gzip")
        send(b"1")
        await_packets(self.path, 1)
        capture.process.send_signal(signal.SIGHUP)
        await_condition((self.directory / "x.pcap.gz").exists, "a compressed file")
        send(b"2")
        self.assertEqual(capture.finish()[2], 0)

    def test_a_program_that_fails_is_reported_and_no_packet_is_lost(self):
        for script, words in (("exit 3", "failed with exit status 3"), ("kill -TERM $$", "was ended by signal 15"),
                              (None, "cannot run .*: No such file or directory")):
            with self.subTest(script):
                for path in self.directory.iterdir():
                    path.unlink()
                program = self.program(script)
                capture = self.capture("-g", "5", "-w", str(self.path), "-z", program)
                if script is None:
                    os.unlink(program)
                send(b"1")
                await_packets(self.path, 1)
                capture.process.send_signal(signal.SIGHUP)
                await_file(self.directory / "x.pcap.2")
                self.assertRegex(capture.process.stderr.readline(), f"^nflogcap: .*{words}")
                _, rest, status = capture.finish()
                self.assertEqual((rest, status), ("1 packet written, 1 received, 0 filtered, 0 lost\n", 0))

    def test_it_is_not_ended_by_ctrl_c(self):
        done = self.directory / "done"
        go = self.directory / "go"
        os.mkfifo(go)
        program = self.program(f"read word < {go}; touch {done}")
        capture = self.capture("-g", "5", "-w", str(self.path), "-z", program, start_new_session=True)
        await_file(self.path)
        capture.process.send_signal(signal.SIGHUP)
        with open(go, "w") as file:  # open() blocks until the program reads
            os.killpg(capture.process.pid, signal.SIGINT)
            self.assertEqual(capture.process.wait(timeout=LONG), 0)
            file.write("word\n")
        await_condition(done.exists, "the program's end")


if __name__ == "__main__":
    unittest.main(verbosity=2)
