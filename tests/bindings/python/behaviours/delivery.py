# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: which packets are delivered and counted."""

import sys
import time

import live
import nflogcap
from harness import PORT, equal, raises, run


def test_several_groups():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 65535"):
        with nflogcap.open([5, 65535]) as capture:
            live.send(PORT, b"a", b"b")
            live.send(PORT + 1, b"c")
            packets = [capture.next(live.LONG) for _ in range(3)]
            equal(
                sorted((packet.group, live.udp_payload(packet)) for packet in packets),
                [(5, b"a"), (5, b"b"), (65535, b"c")],
            )
            equal((capture.group_stats(5).received, capture.group_stats(65535).received), (2, 1))
            equal(capture.stats.received, 3)
            with raises(ValueError, "group 7"):
                capture.group_stats(7)


def test_change_groups():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 6"):
        with nflogcap.open(5, flush_timeout=3600000) as capture:
            live.send(PORT + 1, b"nobody has it")
            capture.add_group(6)
            live.send(PORT + 1, b"six")
            capture.remove_group(6)
            live.send(PORT + 1, b"nobody has it")
            equal(live.udp_payload(capture.next(live.LONG)), b"six")
            equal(capture.group_stats(6).received, 1)
            for change, group, kind, words in (
                (capture.add_group, 5, ValueError, "added before"),
                (capture.add_group, 65536, ValueError, "65536"),
                (capture.add_group, "5", TypeError, "integer"),
                (capture.remove_group, 6, ValueError, "not captured"),
                (capture.remove_group, -1, ValueError, "-1"),
            ):
                with raises(kind, words):
                    change(group)
            live.send(PORT, b"five")
            capture.stop()
            equal(live.udp_payload(capture.next(live.LONG)), b"five")


def test_two_captures():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 6"):
        with nflogcap.open(5) as first, nflogcap.open(6) as second:
            live.send(PORT + 1, b"second")
            live.send(PORT, b"first")
            equal(live.udp_payload(first.next(live.LONG)), b"first")
            equal(live.udp_payload(second.next(live.LONG)), b"second")
            assert first.next(0) is None and second.next(0) is None


def test_stop():
    with live.rule(PORT, "group 5"), nflogcap.open(5, flush_timeout=3600000) as capture:
        live.send(PORT, b"held")
        capture.stop()
        equal(live.udp_payload(capture.next(live.LONG)), b"held")
        equal(capture.ended, False)
        for _ in range(2):
            with raises(EOFError, "ended"):
                capture.next(live.LONG)
        equal(capture.ended, True)


def test_loss():
    sent = 20000
    with live.rule(PORT, "group 5"):
        with nflogcap.open(5, socket_buffer=4096, batch_size=4096) as capture:
            live.send(PORT, *[b"x" * 64] * sent)
            time.sleep(0.1)  # within this time the kernel delivers the packets that it collected
            seen, lost = 0, 0
            while (packet := capture.next(0)) is not None:
                seen, lost = seen + 1, lost + packet.lost_before
            live.send(PORT, b"this packet shows the loss before it")
            capture.stop()
            for packet in capture:
                seen, lost = seen + 1, lost + packet.lost_before
            stats = capture.stats
            assert stats.lost > 0
            equal((seen + lost, stats.received, stats.lost), (sent + 1, seen, lost))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
