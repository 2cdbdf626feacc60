# SPDX-License-Identifier: GPL-2.0-or-later
"""Batches: many packets in one call."""

import collections.abc
import gc
import subprocess
import sys
import time
import unittest

import live
import nflogcap
import numpy


class BatchTest(live.LiveTest):
    def batch_of(self, port, *payloads):
        self.with_rule(port, 'group 5 prefix "many: "', before="meta mark set 7")
        capture = self.with_capture(5, flush_timeout=3600000)
        live.send(port, *payloads)
        capture.stop()  # makes the kernel deliver the packets that it collected
        return capture, capture.read_batch(live.LONG)

    def test_a_batch_is_a_sequence_of_packets(self):
        payloads = [b"%d" % number for number in range(100)]
        _, batch = self.batch_of(901, *payloads)
        self.assertIsInstance(batch, nflogcap.Batch)
        self.assertIsInstance(batch, collections.abc.Sequence)
        self.assertEqual(len(batch), 100)
        self.assertEqual([live.udp_payload(packet) for packet in batch], payloads)
        self.assertEqual(live.udp_payload(batch[0]), b"0")
        self.assertEqual(live.udp_payload(batch[-1]), b"99")
        self.assertEqual([live.udp_payload(packet) for packet in batch[98:200]], [b"98", b"99"])
        for none in (100, -101):
            self.assertRaises(IndexError, batch.__getitem__, none)
        self.assertRaises(TypeError, batch.__getitem__, "0")
        self.assertEqual(repr(batch), "<nflogcap.Batch: 100 packets>")
        packet = batch[5]
        self.assertEqual((packet.prefix, packet.mark, packet.indev_name), ("many: ", 7, "lo"))

    def test_batches_and_packets_outlive_their_capture(self):
        capture, batch = self.batch_of(902, b"first", b"second")
        array = batch.to_numpy()
        capture.close()
        packet = batch[1]
        payloads = batch.payloads()
        del capture, batch
        gc.collect()
        self.assertEqual(live.udp_payload(packet), b"second")
        self.assertEqual(payloads[0][-5:], b"first")
        self.assertEqual(array["mark"].tolist(), [7, 7])

    def test_a_column_has_the_values_of_the_packets(self):
        _, batch = self.batch_of(906, *[b"x" * size for size in range(50)])
        for field in batch[0].asdict():
            self.assertEqual(batch.column(field), [getattr(packet, field) for packet in batch], field)
        self.assertEqual(batch.column("payload"), batch.payloads())
        with self.assertRaisesRegex(ValueError, "there is no field 'marc'; did you mean 'mark'"):
            batch.column("marc")
        self.assertRaises(TypeError, batch.column, 5)

    def test_a_loop_over_batches_ends_like_a_loop_over_packets(self):
        self.with_rule(907, "group 5")
        capture = self.with_capture(5)
        live.send(907, *[b"x"] * 1000)
        capture.stop()
        self.assertEqual(sum(map(len, capture.batches())), 1000)
        self.assertEqual(list(capture.batches()), [])
        capture.close()
        self.assertRaises(ValueError, iter, capture.batches())

        capture = self.with_capture(5)
        live.send(907, b"x")
        for batch in capture.batches():
            self.assertEqual(len(batch), 1)
            capture.close()  # ends the loop without an error, like a close in another thread
        idle = self.with_capture(6)
        task = live.Task(lambda: list(idle.batches()))
        live.await_sleep(task)
        idle.close()
        self.assertEqual(task.result(), [])

    def test_numpy_has_the_fields_of_the_packets(self):
        _, batch = self.batch_of(903, *[b"x" * size for size in range(50)])
        array = batch.to_numpy()
        self.assertEqual(len(array), 50)
        self.assertEqual(array["payload_length"].tolist(), [28 + size for size in range(50)])
        for field in array.dtype.names:
            if field == "payload_length":
                continue
            of_packets = [getattr(packet, field) or 0 for packet in batch]
            self.assertEqual(array[field].tolist(), of_packets, field)
        self.assertTrue((array["present"] & nflogcap.HAS_MARK != 0).all())
        self.assertFalse((array["present"] & nflogcap.HAS_UID != 0).any())
        self.assertFalse(array.flags.writeable)
        self.assertEqual(array["timestamp_ns"].dtype, numpy.uint64)
        self.assertTrue((numpy.diff(array["seq"]) == 1).all())
        self.assertTrue(numpy.shares_memory(array, batch.to_numpy()))

    def test_read_batch_waits_and_ends_like_next(self):
        capture, batch = self.batch_of(904, *[b"x"] * 1000)
        batches = [batch]
        while True:
            try:
                batches.append(capture.read_batch())
            except EOFError:
                break
        self.assertTrue(all(len(batch) <= 256 for batch in batches))
        self.assertEqual(sum(map(len, batches)), 1000)
        self.assertEqual(capture.stats.delivered, 1000)

        idle = self.with_capture(6)
        self.assertIsNone(idle.read_batch(0))
        before = time.monotonic()
        self.assertIsNone(idle.read_batch(0.05))
        self.assertGreaterEqual(time.monotonic() - before, 0.05)
        idle.wakeup()
        self.assertIsNone(idle.read_batch())
        task = live.Task(idle.read_batch)
        live.await_sleep(task)
        idle.close()
        self.assertRaises(EOFError, task.result)
        self.assertRaises(ValueError, idle.read_batch)

    def test_without_numpy_only_to_numpy_fails(self):
        program = (
            "import sys; sys.modules['numpy'] = None; sys.path[:0] = %r\n"
            "import live, nflogcap\n"
            "with live.rule(905, 'group 7'), nflogcap.open(7) as capture:\n"
            "    live.send(905, b'x')\n"
            "    batch = capture.read_batch(20)\n"
            "    assert len(batch.payloads()) == 1\n"
            "    try: batch.to_numpy()\n"
            "    except ImportError: print('ImportError')\n" % sys.path
        )
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE)
        self.assertEqual((done.stdout, done.returncode), (b"ImportError\n", 0))


if __name__ == "__main__":
    unittest.main()
