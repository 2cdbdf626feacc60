# SPDX-License-Identifier: GPL-2.0-or-later
"""The example: top talkers."""

import pathlib
import signal
import socket
import subprocess
import sys
import unittest

import live

EXAMPLE = pathlib.Path(__file__).parents[3] / "bindings/python/examples/top_talkers.py"


class TopTalkersTest(live.LiveTest):
    def start(self, *arguments):
        process = subprocess.Popen(
            [sys.executable, str(EXAMPLE), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def await_binding(self):
        with open("/proc/self/net/netfilter/nfnetlink_log", encoding="ascii") as table:
            live.await_condition(lambda: table.seek(0) == 0 and table.read())

    def send(self):
        self.with_rule(901, "group 5")
        live.send(901, *[b"x" * 100] * 3)
        live.send(901, *[b"y" * 10] * 2, family=socket.AF_INET6)

    def check(self, said):
        lines = [line.split() for line in said.splitlines()]
        self.assertEqual(lines[0], ["source", "packets", "bytes"])
        self.assertEqual(lines[1], ["127.0.0.1", "3", str(3 * 128)])
        self.assertEqual(lines[2], ["::1", "2", str(2 * 58)])
        self.assertEqual(said.splitlines()[3:], ["5 packets, 0 lost"])

    def test_counts_by_source(self):
        process = self.start("5", "1")
        self.await_binding()
        self.send()
        said, errors = process.communicate(timeout=live.LONG)
        self.assertEqual((errors, process.returncode), ("", 0))
        self.check(said)

    def test_an_interrupt_shows_what_there_is(self):
        process = self.start("5", "600")
        self.await_binding()
        self.send()
        live.await_kernel_delivery()
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=live.LONG)
        self.assertEqual((errors, process.returncode), ("", 0))
        self.check(said)

    def test_errors_are_words(self):
        self.with_capture(5)
        for arguments, words in (
            (["5"], "top_talkers.py: [Errno 1] cannot bind group 5"),
            (["70000"], "top_talkers.py: group 70000 is out of range"),
            (["five"], "top_talkers.py GROUP"),
            ([], "top_talkers.py GROUP"),
        ):
            process = self.start(*arguments)
            _, errors = process.communicate(timeout=live.LONG)
            self.assertEqual(process.returncode, 1)
            self.assertIn(words, errors)
            self.assertNotIn("Traceback", errors)


if __name__ == "__main__":
    unittest.main()
