#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the example for many cores with the rules of docs/many-cores.md, in a separate network namespace.

Environment variables: MANY_CORES is the path of the program, PAGE the path of the page.
"""
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import unittest

SENDERS = 16
PACKETS = 2000  # for each sender
BYTES = 20
HEADERS = 28
TIMEOUT = 60  # seconds


def rules(containing):
    text = pathlib.Path(os.environ["PAGE"]).read_text()
    found = [
        code for code in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S) if containing in code
    ]
    assert len(found) == 1, f"{len(found)} blocks of the page contain {containing!r}"
    return found[0]


def bound_groups():
    table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log").read_text()
    return {int(line.split()[0]) for line in table.splitlines()}


def run(command, **options):
    environment = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
    return subprocess.run(command, check=True, env=environment, **options)


class ManyCores(unittest.TestCase):
    def start(self, first, count):
        process = subprocess.Popen(
            [os.environ["MANY_CORES"], str(first), str(count)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        wanted = set(range(first, first + count))
        end = time.monotonic() + TIMEOUT
        while not wanted <= bound_groups():
            self.assertIsNone(process.poll(), "it ended before it had bound its groups")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return process

    def counted(self, containing, count):
        """Sends packets while the program runs. Returns the packets, bytes and losses of each group."""
        run(["sh", "-euc", rules(containing)])
        self.addCleanup(run, ["nft", "delete", "table", "inet", "spread"])
        process = self.start(10, count)
        # Without a receiver, ICMP errors would be logged too.
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(receiver.close)
        receiver.bind(("127.0.0.1", 4242))
        for _ in range(SENDERS):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for _ in range(PACKETS):
                    sender.sendto(b"x" * BYTES, ("127.0.0.1", 4242))
        process.send_signal(signal.SIGINT)
        printed, words = process.communicate(timeout=TIMEOUT)
        self.assertEqual((process.returncode, words), (0, ""))
        numbers = [tuple(map(int, re.findall(r"\d+", line))) for line in printed.splitlines()]
        self.assertEqual([group for group, *_ in numbers], list(range(10, 10 + count)))
        return [rest for _, *rest in numbers]

    def require_all_once(self, counts):
        self.assertEqual(sum(lost for _, _, lost in counts), 0)
        self.assertEqual(sum(received for received, _, _ in counts), SENDERS * PACKETS)
        for received, total, _ in counts:
            self.assertEqual(total, received * (BYTES + HEADERS))

    def test_by_connection_all_packets_of_a_connection_go_to_one_group(self):
        counts = self.counted("symhash", 4)
        self.require_all_once(counts)
        for received, _, _ in counts:
            self.assertEqual(received % PACKETS, 0)
        self.assertGreater(sum(received > 0 for received, _, _ in counts), 1)

    def test_by_cpu_all_are_counted_once(self):
        # The kernel handles a packet on the loopback interface on the CPU that sends it. The rules of the page are
        # for two CPUs.
        everywhere = os.sched_getaffinity(0)
        os.sched_setaffinity(0, everywhere & {0, 1})
        self.addCleanup(os.sched_setaffinity, 0, everywhere)
        self.require_all_once(self.counted("meta cpu", 2))

    def test_a_group_that_another_process_captures_is_an_error(self):
        self.start(11, 1)
        second = subprocess.run(
            [os.environ["MANY_CORES"], "10", "3"], capture_output=True, text=True, timeout=TIMEOUT
        )
        self.assertEqual(second.returncode, 1)
        self.assertRegex(second.stderr, r"^many_cores: group 11: \w")
        self.assertEqual(second.stdout, "group 10: 0 received, 0 bytes, 0 lost\n")

    def test_numbers_out_of_range_are_refused(self):
        for name, *arguments in (("FIRST", "65536", "1"), ("COUNT", "65535", "2"), ("COUNT", "0", "0"),
                                 ("COUNT", "0", "257"), ("FIRST", "\033[2J", "1")):
            with self.subTest(arguments):
                done = subprocess.run(
                    [os.environ["MANY_CORES"], *arguments], capture_output=True, text=True
                )
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertRegex(done.stderr, rf"^many_cores: {name} must be a number from \d+ to \d+\n$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
