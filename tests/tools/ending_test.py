# SPDX-License-Identifier: GPL-2.0-or-later
"""How the command ends, and that nothing is lost or left unsaid then."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

from support import COMMAND, LONG, CommandTest, await_condition, nft, objects, rule, send


class Ending(CommandTest):
    def test_a_signal_ends_it_with_what_the_kernel_holds(self):
        rule("group 5")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                capture = self.capture("-g", "5", "--json")
                capture.process.send_signal(signal.SIGSTOP)
                send(*(b"%d" % i for i in range(1000)))
                capture.process.send_signal(number)
                capture.process.send_signal(signal.SIGCONT)
                said, words, status = capture.finish(None)
                payloads = [bytes.fromhex(packet["payload"])[28:] for packet in objects(said)]
                self.assertEqual(payloads, [b"%d" % i for i in range(1000)])
                self.assertEqual(words, "1000 packets printed, 1000 received, 0 filtered, 0 lost\n")
                self.assertEqual(status, 0)

    def test_a_second_signal_ends_it_at_once(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-x")  # into a pipe that nobody reads
        send(*(b"x" * 1000 for _ in range(1000)))
        stat = pathlib.Path(f"/proc/{capture.process.pid}/wchan")
        await_condition(lambda: "pipe" in stat.read_text(), "a full pipe")
        capture.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        self.assertIsNone(capture.process.poll())
        capture.process.send_signal(signal.SIGINT)
        self.assertEqual(capture.process.wait(timeout=LONG), -signal.SIGINT)

    def test_nohup_has_it_outlive_the_terminal(self):
        rule("group 5")
        capture = self.capture(
            "-g", "5", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        capture.process.send_signal(signal.SIGHUP)
        send(b"x")
        self.assertIn("UDP", capture.process.stdout.readline())
        self.assertEqual(capture.finish()[2], 0)

    def test_it_ends_quietly_when_its_reader_does(self):
        rule("group 5")
        capture = self.capture("-g", "5")
        head = subprocess.Popen(["head", "-n", "1"], stdin=capture.process.stdout,
                                stdout=subprocess.PIPE, text=True)
        capture.process.stdout.close()
        send(b"x")
        self.assertIn("UDP", head.communicate(timeout=LONG)[0])
        # Without a packet more.
        self.assertEqual(capture.process.wait(timeout=LONG), 0)
        self.assertEqual(capture.process.stderr.read(),
                         "1 packet printed, 1 received, 0 filtered, 0 lost\n")

    def test_a_flood_into_a_closed_pipe_ends_it_quietly_too(self):
        rule("group 5")
        for arguments in (["-x"], ["-w", "-"]):
            with self.subTest(arguments):
                capture = self.capture("-g", "5", *arguments)
                send(b"x")
                capture.process.stdout.buffer.read(1)
                capture.process.stdout.close()
                send(*(b"x" * 1000 for _ in range(1000)))
                self.assertEqual(capture.process.wait(timeout=LONG), 0)
                self.assertRegex(capture.process.stderr.read(), r"^\S.* received, 0 filtered, 0 lost\n$")

    def test_a_pipe_that_was_closed_before_ends_it_quietly(self):
        reading, writing = os.pipe()
        os.close(reading)
        capture = self.capture("-g", "5", "-w", "-", stdout=writing)
        os.close(writing)
        self.assertEqual(capture.finish(None), (None, "", 0))

    def test_a_full_disk_is_an_error(self):
        rule("group 5")
        with open("/dev/full", "w") as full:
            capture = self.capture("-g", "5", stdout=full)
            send(b"x")
            _, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertRegex(words, "cannot write to standard output: No space left on device")
        self.assertIn("\n1 packet received, 0 filtered, 0 lost\n", words)

    def test_help_into_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left", done.stderr)

    def test_an_output_that_does_not_block_is_waited_for(self):
        rule("group 5")
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        capture = self.capture("-g", "5", "-x", "-c", "500", stdout=writing)
        os.close(writing)
        send(*(b"x" * 1000 for _ in range(500)))
        with open(reading) as file:
            lines = file.read().splitlines()
        self.assertEqual(sum("UDP" in line for line in lines), 500)
        self.assertEqual(capture.finish(None)[2], 0)

    def test_a_tap_is_gone_after_kill_9(self):
        nft("table inet before { chain c { }; }\n")
        listing = ["nft", "list", "ruleset"]
        before = subprocess.check_output(listing)
        capture = self.capture("--tap", "udp dport 9", group=65535)
        await_condition(lambda: subprocess.check_output(listing) != before, "the tap")
        capture.process.kill()
        capture.process.wait()
        await_condition(lambda: subprocess.check_output(listing) == before, "its end")


if __name__ == "__main__":
    unittest.main(verbosity=2)
