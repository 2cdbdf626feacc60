# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: waiting for packets, and ending a wait."""

import os
import selectors
import shlex
import signal
import subprocess
import sys
import time

import live
import nflogcap
from harness import PORT, equal, numbered, raises, run


class Interrupted(Exception):
    pass


def test_timeout():
    with nflogcap.open(5) as capture:
        for timeout in (0, 0.05):
            before = time.monotonic()
            assert capture.next(timeout) is None
            took = time.monotonic() - before
            assert timeout <= took < timeout + 5, took
        for bad in (-1, float("nan")):
            with raises(ValueError, "timeout"):
                capture.next(bad)
        with raises(TypeError, "timeout"):
            capture.next("1")
        equal(capture.ended, False)


def test_wakeup():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        capture.wakeup()
        capture.wakeup()
        assert capture.next(live.LONG) is None
        equal(capture.ended, False)
        capture.wakeup()
        equal(list(capture), [])
        live.send(PORT, b"still there")
        equal(live.udp_payload(capture.next(live.LONG)), b"still there")


def test_interrupt():
    def handler(number, frame):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with nflogcap.open(5) as capture:
            for wait in (capture.next, lambda: list(capture), lambda: capture.next(live.LONG)):
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                with raises(Interrupted):
                    wait()
            assert capture.next(0) is None
    finally:
        signal.signal(signal.SIGALRM, before)


def test_rejected_flood():
    def handler(number, frame):
        raise Interrupted

    # Each term matches no packet, and makes the filter slower.
    slow = " or ".join(f"udp[{at}] = {value}" for at in range(16, 72) for value in range(1, 9))
    before = signal.signal(signal.SIGALRM, handler)
    flood = None
    try:
        with live.rule(PORT, "group 5"), nflogcap.open(5, filter=slow) as capture:
            program = shlex.split(os.environ["NFLOGCAP_TEST_SEND_UDP"])
            flood = subprocess.Popen([*program, str(PORT), "--count", "100000000"])
            while capture.stats.filtered < 10000:
                equal(capture.next(0.1), None)
            begun = time.monotonic()
            equal([capture.next(0), capture.next(0.2)], [None, None])
            assert 0.2 <= time.monotonic() - begun < 5
            for _ in range(3):
                begun = time.monotonic()
                signal.setitimer(signal.ITIMER_REAL, 0.2)
                with raises(Interrupted):
                    capture.next(live.LONG)
                assert time.monotonic() - begun < 5
    finally:
        signal.signal(signal.SIGALRM, before)
        if flood is not None:
            flood.kill()
            flood.wait()


def test_event_wait():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        with selectors.DefaultSelector() as selector:
            selector.register(capture, selectors.EVENT_READ)
            equal(selector.select(0), [])
            live.send(PORT, *numbered(10))
            for number in range(10):
                assert selector.select(live.LONG)
                # all 10 packets arrive in one batch, and the library queues them
                equal(live.udp_payload(capture.next(0)), b"%d" % number)
            equal(selector.select(0.05), [])
            capture.stop()
            assert selector.select(live.LONG)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
