# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: the language's loop over packets."""

import sys

import live
import nflogcap
from harness import PORT, equal, numbered, raises, run


def test_iterate():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        live.send(PORT, *numbered(1000))
        capture.stop()
        equal([live.udp_payload(packet) for packet in capture], numbered(1000))
        equal((list(capture), capture.ended), ([], True))


def test_close_in_loop():
    with live.rule(PORT, "group 5"):
        for wait in (lambda capture: None, lambda capture: live.await_condition(lambda: capture.closed)):
            capture = nflogcap.open(5)
            live.send(PORT, b"first", b"second")
            taken = []

            def read():
                for packet in capture:
                    taken.append(live.udp_payload(packet))
                    wait(capture)

            reader = live.Task(read)
            live.await_condition(lambda: taken)
            capture.close()
            reader.result()
        capture = nflogcap.open(5)
        live.send(PORT, b"first", b"second")
        for packet in capture:
            capture.close()
        equal(live.udp_payload(packet), b"first")
        capture = nflogcap.open(5)
        live.send(PORT, b"first", b"second")
        packets = iter(capture)
        next(packets)
        capture.close()
        equal(next(packets, "the end"), "the end")


def test_error_in_loop():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        live.send(PORT, b"first", b"second")
        with raises(ZeroDivisionError):
            for packet in capture:
                equal(live.udp_payload(packet), b"first")
                1 // 0
        equal(live.udp_payload(capture.next(live.LONG)), b"second")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
