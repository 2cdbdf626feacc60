# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for packets in one thread: timeouts, wake-ups, and the descriptor."""

import os
import select
import time
import unittest
from fractions import Fraction

import live


class WaitingTest(live.LiveTest):
    def test_next_returns_none_after_its_timeout(self):
        capture = self.with_capture(5)
        self.assertIsNone(capture.next(0))
        for timeout in (0.05, Fraction(1, 20), 1):
            start = time.monotonic()
            self.assertIsNone(capture.next(timeout))
            self.assertGreaterEqual(time.monotonic() - start, timeout)

    def test_a_packet_ends_a_wait_with_a_long_timeout(self):
        self.with_rule(921, "group 5")
        capture = self.with_capture(5)
        for timeout in (None, float("inf"), 1e300, 10**9):
            live.send(921, b"hello")
            self.assertEqual(live.udp_payload(capture.next(timeout)), b"hello")

    def test_a_wakeup_before_a_wait_ends_only_one_wait(self):
        self.with_rule(922, "group 5")
        capture = self.with_capture(5)
        capture.wakeup()
        capture.wakeup()
        self.assertTrue(live.readable(capture))
        self.assertIsNone(capture.next())
        self.assertFalse(live.readable(capture, timeout=0))
        capture.wakeup()
        self.assertEqual(list(capture), [])
        live.send(922, b"hello")
        self.assertEqual(live.udp_payload(self.next_of(capture)), b"hello")

    def test_one_next_after_each_select_delivers_a_whole_batch(self):
        self.with_rule(923, "group 5")
        capture = self.with_capture(5)
        payloads = [b"%d" % number for number in range(5)]
        live.send(923, *payloads)
        live.await_kernel_delivery()
        taken = []
        while live.readable(capture, timeout=0.5):
            taken.append(live.udp_payload(capture.next(0)))
        self.assertEqual(taken, payloads)
        self.assertEqual(capture.stats.batches, 1)

    def test_the_descriptor_stays_the_same_and_works_with_poll(self):
        self.with_rule(924, "group 5")
        capture = self.with_capture(5)
        fd = capture.fileno()
        self.assertEqual(capture.fileno(), fd)
        self.assertFalse(os.get_inheritable(fd))
        poll = select.poll()
        poll.register(capture, select.POLLIN)
        self.assertEqual(poll.poll(0), [])
        live.send(924, b"hello")
        self.assertEqual(poll.poll(live.LONG * 1000), [(fd, select.POLLIN)])
        self.next_of(capture)
        self.assertEqual(poll.poll(0), [])
        capture.stop()
        self.assertEqual(poll.poll(live.LONG * 1000), [(fd, select.POLLIN)])
        self.assertRaises(EOFError, capture.next)

    def test_reading_continues_after_the_capability_is_dropped(self):
        said, status = live.Child(
            """
            import ctypes, live, nflogcap
            with live.rule(925, "group 5"):
                capture = nflogcap.open(5)
                live.send(925, b"before", b"too")
                # Drops CAP_NET_ADMIN from the effective set. It is restored below, to delete the rule.
                libc = ctypes.CDLL(None)
                header = (ctypes.c_uint32 * 2)(0x20080522, 0)
                data = (ctypes.c_uint32 * 6)()
                assert libc.capget(header, data) == 0
                data[0] &= ~(1 << 12)
                assert libc.capset(header, data) == 0
                try:
                    nflogcap.open(6)
                except PermissionError:
                    print("dropped")
                capture.stop()
                print([live.udp_payload(packet) for packet in capture])
                data[0] |= 1 << 12
                assert libc.capset(header, data) == 0
            """
        ).finish()
        self.assertEqual(status, 0, said)
        self.assertEqual(said, "dropped\n[b'before', b'too']\n")


if __name__ == "__main__":
    unittest.main()
