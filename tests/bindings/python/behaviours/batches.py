# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: batches."""

import sys

import live
import nflogcap
from harness import PORT, equal, numbered, raises, run


def test_batch():
    with live.rule(PORT, 'prefix "many: " group 5'), nflogcap.open(5, flush_timeout=3600000) as capture:
        assert capture.read_batch(0) is None
        live.send(PORT, *numbered(100))
        capture.stop()
        batch = capture.read_batch(live.LONG)
        equal([live.udp_payload(packet) for packet in batch], numbered(100))
        equal(batch.payloads(), [packet.payload for packet in batch])
        for field in batch[0].asdict():
            equal(batch.column(field), [getattr(packet, field) for packet in batch])
        with raises(ValueError, "there is no field 'marc'; did you mean 'mark'"):
            batch.column("marc")
        with raises(EOFError):
            capture.read_batch()


def test_loop_of_batches():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        live.send(PORT, *numbered(1000))
        capture.stop()
        equal(sum(map(len, capture.batches())), 1000)
        equal(list(capture.batches()), [])
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        capture.wakeup()
        equal(list(capture.batches()), [])
        live.send(PORT, b"x")
        for batch in capture.batches():
            equal(len(batch), 1)
            capture.close()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
