# SPDX-License-Identifier: GPL-2.0-or-later
"""Many captures and packets leave no descriptor open, and memory does not grow."""

import gc
import os
import unittest
import warnings

import live
import nflogcap


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def resident_kilobytes():
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise AssertionError("/proc/self/status has no VmRSS")


class ResourcesTest(live.LiveTest):
    # The allocator and a sanitizer's quarantine may keep this many kilobytes.
    SLACK = 8 * 1024 if "LD_PRELOAD" not in os.environ else 400 * 1024

    def test_captures_leave_nothing_behind(self):
        def use(times):
            for number in range(times):
                capture = nflogcap.open([5, 6])
                capture.fileno()
                capture.next(0)
                if number % 2:
                    capture.close()
                del capture
            gc.collect()

        use(50)
        open_before, kilobytes_before = descriptors(), resident_kilobytes()
        use(2000)
        self.assertEqual(descriptors(), open_before)
        self.assertLess(resident_kilobytes() - kilobytes_before, self.SLACK)

    def test_dropping_an_open_object_warns(self):
        def drop_closed():
            with nflogcap.open(5), nflogcap.dump_open("/dev/null"):
                pass
            self.assertRaises(ValueError, nflogcap.open, 5, snaplen=-1)

        def drop_in_loop():
            packets = iter(nflogcap.open(5))
            self.assertEqual(caught, [])  # no warning, because the loop still uses the capture
            del packets

        for drop, words in (
            (drop_closed, []),
            (drop_in_loop, ["unclosed nflogcap.Capture of groups [5]"]),
            (lambda: nflogcap.dump_open("/dev/null"), ["unclosed <nflogcap.Dump: open>"]),
        ):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                drop()
                gc.collect()
            self.assertEqual([str(each.message) for each in caught], words)
            self.assertEqual({each.category for each in caught}, {ResourceWarning} if words else set())
        nflogcap.open(5).close()

    def test_refused_opens_leave_nothing_behind(self):
        self.with_capture(5)

        def refuse(times):
            for _ in range(times):
                self.assertRaises(PermissionError, nflogcap.open, [4, 5])
                self.assertRaises(ValueError, nflogcap.open, 5, snaplen=-1)
                self.assertRaises(TypeError, nflogcap.open, 5, snaplen="1")

        refuse(10)
        open_before, kilobytes_before = descriptors(), resident_kilobytes()
        refuse(100)
        self.assertEqual(descriptors(), open_before)
        self.assertLess(resident_kilobytes() - kilobytes_before, self.SLACK)

    def test_packets_leave_nothing_behind(self):
        self.with_rule(941, 'group 5 prefix "prefix"')
        capture = self.with_capture(5)

        def read(times):
            for _ in range(times):
                live.send(941, *[b"x" * 1000] * 500)
                for _ in range(500):
                    packet = self.next_of(capture)
                    packet.payload, packet.prefix, packet.hw_header, packet.timestamp, packet.seq
                    packet.frame(), packet.attribute(9), packet.attribute(999), repr(packet)
                    self.assertRaises(ValueError, packet.attribute, -1)

        read(5)
        kilobytes_before = resident_kilobytes()
        read(100)  # 50,000 packets of more than 1 kB
        self.assertEqual(capture.stats.lost, 0)
        self.assertLess(resident_kilobytes() - kilobytes_before, self.SLACK)


if __name__ == "__main__":
    unittest.main()
