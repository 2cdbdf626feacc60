# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: closing a capture, and leaving nothing behind."""

import gc
import os
import resource
import shlex
import subprocess
import sys

import live
import nflogcap
from harness import PORT, equal, raises, run
from live import bound_groups


def test_close_twice():
    capture = nflogcap.open(5)
    equal(capture.closed, False)
    capture.close()
    capture.close()
    equal((capture.closed, capture.ended), (True, True))
    equal(bound_groups(), [])


def test_use_after_close():
    capture = nflogcap.open(5)
    capture.close()
    for use in (
        capture.next,
        capture.read_batch,
        capture.fileno,
        capture.wakeup,
        capture.stop,
        lambda: capture.set_filter("udp"),
        lambda: capture.stats,
        lambda: capture.group_stats(5),
        lambda: list(capture),
    ):
        with raises(ValueError, "the capture is closed"):
            use()


def test_collected():
    capture = nflogcap.open(5)
    equal(bound_groups(), [5])
    del capture
    gc.collect()
    equal(bound_groups(), [])


def resident():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def test_no_growth():
    packets = int(os.environ["NFLOGCAP_TEST_PACKETS"])
    portion = 10000
    send = [*shlex.split(os.environ["NFLOGCAP_TEST_SEND_UDP"]), str(PORT), "--count", str(portion)]

    def read(count):
        with nflogcap.open(5) as capture:
            for _ in range(0, count, portion):
                subprocess.run(send, check=True)
                for _ in range(portion):
                    packet = capture.next(live.LONG)
                    packet.payload, packet.prefix, packet.mark, packet.timestamp_ns, packet.indev_name
            equal((capture.stats.received, capture.stats.lost), (count, 0))

    def opens(count):
        for _ in range(count):
            nflogcap.open(5)

    with live.rule(PORT, 'prefix "growth: " group 5'):
        read(2 * portion)
        opens(100)
        gc.collect()
        memory, descriptors = resident(), len(os.listdir("/proc/self/fd"))
        read(packets)
        opens(packets // 100)
        gc.collect()
        equal(len(os.listdir("/proc/self/fd")), descriptors)
        grown = resident() - memory
        # With 100000 packets and 1000 captures, this limit is 10 bytes per packet, or 1 kB per capture.
        assert grown < max(packets, 2**20), f"memory grew by {grown} bytes"
        equal(bound_groups(), [])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
