# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of 'nflogcap demo'."""

import contextlib
import os
import pathlib
import signal
import subprocess
import unittest

from support import COMMAND, LONG, CommandTest, await_condition, run


class Demo(CommandTest):
    def test_it_shows_packets_and_leaves_nothing(self):
        done = run("demo", env={**os.environ, "TMPDIR": str(self.directory)})
        self.assertEqual(done.returncode, 0, done.stderr)
        for shown in ("UDP 127.0.0.1:", "UDP [::1]:", "TCP 127.0.0.1:", " SYN ", '{"version":1,',
                      "    0000  45 00", "and the file are gone"):
            self.assertIn(shown, done.stdout)
        self.assertIn("4 packets written, 4 received, 0 filtered, 0 lost", done.stderr)
        self.assertEqual(list(self.directory.iterdir()), [])
        self.assertEqual(subprocess.check_output(["nft", "list", "ruleset"]), b"")

    def test_nothing_of_it_remains_when_a_signal_ends_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(number):
                demo = subprocess.Popen([COMMAND, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**os.environ, "TMPDIR": str(self.directory)})
                self.addCleanup(demo.communicate)
                children = pathlib.Path(f"/proc/{demo.pid}/task/{demo.pid}/children")
                await_condition(children.read_text, "a capture")
                capture = int(children.read_text())
                self.addCleanup(kill_if_it_lives, capture)
                await_condition(lambda: stopped_while_it_captures(capture), "a group that is bound")
                demo.send_signal(number)
                demo.communicate(timeout=LONG)  # returns when the demo and its capture have closed their output
                self.assertEqual(demo.returncode, -number)
                self.assertEqual(list(self.directory.iterdir()), [])


def stopped_while_it_captures(process):
    """Stops the process, so that it cannot end by itself. If it has not bound its group yet, lets it continue.

    Returns whether the process is stopped with a bound group.
    """
    os.kill(process, signal.SIGSTOP)
    groups = pathlib.Path(f"/proc/{process}/net/netfilter/nfnetlink_log").read_text()
    if not groups:
        os.kill(process, signal.SIGCONT)
    return bool(groups)


def kill_if_it_lives(process):
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    unittest.main(verbosity=2)
