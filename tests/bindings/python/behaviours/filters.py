# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: filters in libpcap's language."""

import sys

import live
import nflogcap
from harness import PORT, equal, raises, run
from live import bound_groups


def test_filter():
    with live.rule(PORT, "group 5"), nflogcap.open(5, filter="udp[8] = 0x61") as capture:
        live.send(PORT, b"b", b"a1", b"b", b"a2", b"b3", b"a4")
        equal([live.udp_payload(capture.next(live.LONG)) for _ in range(2)], [b"a1", b"a2"])
        capture.set_filter("udp[8] = 0x62")
        equal(live.udp_payload(capture.next(live.LONG)), b"b3")
        for none in (None, ""):
            capture.set_filter("tcp")
            live.send(PORT, b"c")
            equal(capture.next(0.1), None)
            capture.set_filter(none)
            live.send(PORT, b"d")
            equal(live.udp_payload(capture.next(live.LONG)), b"d")
        stats = capture.stats
        equal((stats.received, stats.delivered, stats.filtered, stats.lost), (10, 5, 5, 0))


def test_wrong_filter():
    with raises(ValueError, "'udp prt 53'", "syntax error"):
        nflogcap.open(5, filter="udp prt 53")
    equal(bound_groups(), [])
    with live.rule(PORT, "group 5"), nflogcap.open(5, filter="udp[8] = 0x61") as capture:
        for wrong, kind, word in (
            ("udp prt 53", ValueError, "syntax error"),
            ("udp and tcp", ValueError, "rejects all packets"),
            ("udp\0port", ValueError, "NUL"),
            (5, TypeError, "filter"),
            (b"udp", TypeError, "filter"),
        ):
            with raises(kind, word):
                capture.set_filter(wrong)
        live.send(PORT, b"b", b"a")
        equal(live.udp_payload(capture.next(live.LONG)), b"a")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
