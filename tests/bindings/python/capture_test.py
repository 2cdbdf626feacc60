# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures: groups, iteration, counters and closing."""

import copy
import os
import pickle
import unittest

import live
import nflogcap
from nflogcap.options import COUNTERS


class CaptureTest(live.LiveTest):
    def test_the_builtin_next_returns_packets(self):
        self.with_rule(999, "group 5")
        capture = self.with_capture(5)
        live.send(999, b"1", b"2")
        self.assertEqual([live.udp_payload(next(capture)) for _ in range(2)], [b"1", b"2"])
        capture.wakeup()
        self.assertIsNone(next(capture, None))
        capture.stop()
        self.assertRaises(StopIteration, next, capture)
        capture.close()
        self.assertRaises(ValueError, next, capture)

    def test_two_groups_and_their_counters(self):
        self.with_rule(911, "group 5")
        self.with_rule(912, "group 6")
        capture = self.with_capture(5, 6)
        live.send(911, b"five", b"five")
        live.send(912, b"six")
        packets = [self.next_of(capture) for _ in range(3)]
        self.assertEqual(
            sorted((packet.group, live.udp_payload(packet)) for packet in packets),
            [(5, b"five"), (5, b"five"), (6, b"six")],
        )
        self.assertEqual(capture.group_stats(5).received, 2)
        self.assertEqual(capture.group_stats(6).received, 1)
        stats = capture.stats
        self.assertIsInstance(stats, nflogcap.Stats)
        self.assertEqual((stats.received, stats.delivered, stats.lost), (3, 3, 0))
        self.assertGreaterEqual(stats.batches, 2)
        self.assertGreater(stats.bytes, 3 * 28)
        self.assertGreater(stats.socket_buffer, 0)
        self.assertEqual(stats.delivery, nflogcap.BATCHED)
        self.assertIn("received=3", repr(stats))
        self.assertEqual(list(stats._fields), [counter.name for counter in COUNTERS])
        with self.assertRaisesRegex(ValueError, "group 7 is not one that this captures"):
            capture.group_stats(7)
        with self.assertRaisesRegex(ValueError, "group 65536 is out of range"):
            capture.group_stats(65536)

    def test_stats_do_not_change_after_they_were_read(self):
        self.with_rule(913, "group 5")
        capture = self.with_capture(5)
        before = capture.stats
        live.send(913, b"hello")
        self.next_of(capture)
        self.assertEqual(before.received, 0)
        self.assertEqual(capture.stats.received, 1)

    def test_captures_and_savefiles_are_neither_copied_nor_pickled(self):
        capture = self.with_capture(5)
        with nflogcap.dump_open(os.devnull) as dump:
            for copied in (copy.copy, copy.deepcopy, pickle.dumps):
                with self.assertRaisesRegex(TypeError, "a capture can be neither copied"):
                    copied(capture)
                with self.assertRaisesRegex(TypeError, "a savefile can be neither copied"):
                    copied(dump)
            dump.flush()
        self.assertIsNone(capture.next(0))

    def test_iteration_ends_after_a_stop_and_loses_nothing(self):
        self.with_rule(914, "group 5")
        capture = self.with_capture(5)
        payloads = [b"%d" % number for number in range(1000)]
        live.send(914, *payloads)
        capture.stop()
        self.assertEqual([live.udp_payload(packet) for packet in capture], payloads)
        self.assertEqual(list(capture), [])
        self.assertRaises(EOFError, capture.next)
        self.assertRaises(EOFError, capture.next, 0)
        self.assertEqual(capture.stats.delivered, 1000)
        self.assertEqual(capture.stats.lost, 0)

    def test_an_exception_in_the_loop_does_not_change_the_capture(self):
        self.with_rule(915, "group 5")
        capture = self.with_capture(5)
        live.send(915, b"first", b"second")
        with self.assertRaises(ZeroDivisionError):
            for packet in capture:
                self.assertEqual(live.udp_payload(packet), b"first")
                1 // 0
        self.assertEqual(live.udp_payload(self.next_of(capture)), b"second")

    def test_an_exception_in_the_with_block_releases_the_group(self):
        with self.assertRaises(ZeroDivisionError):
            with nflogcap.open(5) as capture:
                1 // 0
        self.assertTrue(capture.closed)
        nflogcap.open(5).close()

    def test_a_capture_stays_open_while_only_a_loop_refers_to_it(self):
        self.with_rule(916, "group 5")
        for _ in range(2):  # the second round needs the group that the first round released
            packets = iter(nflogcap.open(5))
            self.assertIs(iter(packets), packets)
            live.send(916, b"hello")
            self.assertEqual(live.udp_payload(next(packets)), b"hello")
            del packets

    def test_a_closed_capture_refuses_calls(self):
        capture = nflogcap.open([5])
        self.assertFalse(capture.closed)
        self.assertEqual(repr(capture), "<nflogcap.Capture: groups [5], open>")
        packets = iter(capture)
        capture.close()
        capture.close()
        self.assertTrue(capture.closed)
        self.assertEqual(repr(capture), "<nflogcap.Capture: groups [5], closed>")
        for use in (
            capture.next,
            capture.fileno,
            capture.stop,
            capture.wakeup,
            lambda: capture.stats,
            lambda: capture.group_stats(5),
            lambda: list(capture),
        ):
            with self.assertRaisesRegex(ValueError, "the capture is closed"):
                use()
        nflogcap.open(5).close()
        self.assertEqual(list(packets), [])  # a close ends a loop without an error

    def test_two_captures_at_once(self):
        self.with_rule(917, "group 5")
        self.with_rule(918, "group 6")
        first, second = self.with_capture(5), self.with_capture(6)
        live.send(918, b"second")
        live.send(917, b"first")
        self.assertEqual(live.udp_payload(self.next_of(first)), b"first")
        self.assertEqual(live.udp_payload(self.next_of(second)), b"second")

    def test_immediate_delivery_puts_one_packet_in_each_batch(self):
        self.with_rule(919, "group 5")
        capture = self.with_capture(5, delivery=nflogcap.IMMEDIATE)
        self.assertEqual(capture.stats.delivery, nflogcap.IMMEDIATE)
        live.send(919, *[b"x"] * 20)
        for _ in range(20):
            self.next_of(capture)
        self.assertEqual(capture.stats.batches, 20)

    def test_losses_are_counted_exactly_and_never_raised(self):
        self.with_rule(920, "group 5")
        capture = self.with_capture(5, socket_buffer=4096, batch_size=4096)
        sent = 20000
        live.send(920, *[b"x" * 64] * sent)
        live.await_kernel_delivery()
        received = 0
        while capture.next(0):
            received += 1
        live.send(920, b"last")  # this packet shows the loss before it
        last = self.next_of(capture)
        self.assertGreater(last.lost_before, 0)
        stats = capture.stats
        self.assertEqual(stats.received, received + 1)
        self.assertEqual(stats.received + stats.lost, sent + 1)
        self.assertGreater(stats.dropped_batches, 0)


if __name__ == "__main__":
    unittest.main()
