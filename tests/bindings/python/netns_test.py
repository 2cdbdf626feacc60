# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures in a network namespace that is not the one of the process."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import live
import nflogcap


class Elsewhere:
    """A network namespace with a rule for UDP port 9. A process keeps the namespace open, and sends packets in it."""

    def __init__(self):
        script = """
            PATH=$PATH:/usr/sbin:/sbin
            ip link set lo up
            nft 'table inet t { chain c { type filter hook prerouting priority 0
                udp dport 9 log prefix "there" group 5 drop; }; }'
            echo ready
            while read -r _; do echo x >/dev/udp/127.0.0.1/9; done
        """
        self.process = subprocess.Popen(
            ["unshare", "--net", "bash", "-euc", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=live.environment(),
        )
        assert self.process.stdout.readline() == "ready\n"
        self.path = f"/proc/{self.process.pid}/ns/net"

    def send(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(live.LONG)


class NetnsTest(live.LiveTest):
    def test_packets_logged_there_are_delivered_and_the_process_keeps_its_namespace(self):
        elsewhere = Elsewhere()
        self.addCleanup(elsewhere.end)
        before = os.readlink("/proc/self/ns/net")
        for path in (elsewhere.path, pathlib.Path(elsewhere.path)):
            with nflogcap.open(5, netns=path) as capture:
                elsewhere.send()
                self.assertEqual(capture.next(live.LONG).prefix, "there")
        self.assertEqual(os.readlink("/proc/self/ns/net"), before)

    def test_an_invalid_path_is_refused_with_a_reason(self):
        with self.assertRaisesRegex(FileNotFoundError, "/no/such/namespace"):
            nflogcap.open(5, netns="/no/such/namespace")
        with self.assertRaisesRegex(ValueError, "/dev/null.*not a network namespace"):
            nflogcap.open(5, netns="/dev/null")
        with self.assertRaisesRegex(ValueError, "empty"):
            nflogcap.open(5, netns="")
        with self.assertRaises(TypeError):
            nflogcap.open(5, netns=7)
        nflogcap.open(5).close()  # the group was not left bound

    def test_a_fifo_is_refused_without_a_wait_for_its_writer(self):
        with tempfile.TemporaryDirectory() as directory:
            fifo = os.path.join(directory, "fifo")
            os.mkfifo(fifo)
            with self.assertRaisesRegex(ValueError, "not a network namespace"):
                nflogcap.open(5, netns=fifo)


if __name__ == "__main__":
    unittest.main()
