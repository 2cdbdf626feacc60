# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: a capture that another process continues."""

import errno
import os
import subprocess
import sys

import live
import nflogcap
from harness import PORT, equal, raises, run
from live import bound_groups

# This program inherits the descriptors and adopts the capture. It prints two packets, or the error.
ADOPTER = f"""
import sys, nflogcap
try:
    with nflogcap.adopt(map(int, sys.argv[1:]), groups=5) as capture:
        packets = [capture.next({live.LONG}) for _ in range(2)]
        print([packet.payload[28:] for packet in packets], capture.stats.lost, end="")
except OSError as error:
    print(error.errno, error.strerror, end="")
"""


def handed_out(capture):
    """Returns duplicates of the capture's descriptors. A process that adopts the capture gets such duplicates."""
    return [os.dup(descriptor) for descriptor in capture.descriptors()]


def end(capture):
    """Hands the capture over, and checks that no packet is left to read."""
    capture.hand_over()
    equal(list(capture), [])
    equal(capture.ended, True)
    capture.close()


def test_hand_over():
    with live.rule(PORT, "group 6"):
        capture = nflogcap.open([5, 6], tap=f"udp dport {PORT}", hook="output")
        equal((capture.groups, capture.tap_group), ([5, 6], 5))
        live.send(PORT, b"0", b"1", b"2")
        for _ in range(6):
            capture.next(live.LONG)
        equal((capture.expected(5), capture.expected(6)), (3, 3))
        descriptors = handed_out(capture)
        end(capture)
        live.send(PORT, b"3", b"4")
        with nflogcap.adopt(descriptors, snaplen=96) as second:
            equal((second.groups, second.tap_group), ([5, 6], 5))
            equal((second.expected(5), second.expected(6)), (3, 3))
            live.send(PORT, b"5")
            packets = [second.next(live.LONG) for _ in range(6)]
            for group in (5, 6):
                of_group = [packet for packet in packets if packet.group == group]
                equal([packet.seq for packet in of_group], [3, 4, 5])
                equal([live.udp_payload(packet) for packet in of_group], [b"3", b"4", b"5"])
            equal((second.next(0), second.stats.lost), (None, 0))
            second.remove_taps()
            equal(second.tap_group, None)
        equal(bound_groups(), [])


def test_hand_over_process():
    def said_by_adopter():
        return subprocess.check_output(
            [sys.executable, "-c", ADOPTER, *map(str, descriptors)],
            pass_fds=descriptors,
            text=True,
        )

    with live.rule(PORT, "group 5"):
        capture = nflogcap.open(5)
        descriptors = handed_out(capture)
        said = said_by_adopter()
        assert said.startswith(str(errno.EBUSY)), said
        assert f"process {os.getpid()}" in said, said
        live.send(PORT, b"here")
        equal(live.udp_payload(capture.next(live.LONG)), b"here")
        end(capture)
        live.send(PORT, b"there", b"too")
        equal(said_by_adopter(), "[b'there', b'too'] 0")
        for descriptor in descriptors:
            os.close(descriptor)
        equal(bound_groups(), [])


def test_bad_descriptors():
    capture = nflogcap.open(5)
    descriptors = handed_out(capture)
    with open(os.devnull, "rb") as file:
        for wrong, kind, *words in (
            ([], ValueError, "none of the descriptors has the state"),
            ([1234], ValueError, "descriptor 1234 is not open"),
            ([-1], ValueError, "descriptor -1 is out of range"),
            ([2**64], ValueError, "descriptor is out of range"),
            ([file.fileno()], ValueError, "is not the shared memory of a capture"),
            ([*descriptors, file.fileno()], ValueError, "is neither a netfilter socket"),
            (["5"], TypeError, "descriptor must be an integer, not 'str'"),
            (5, TypeError, "descriptors must be an iterable of integers, not 'int'"),
        ):
            with raises(kind, *words):
                nflogcap.adopt(wrong)
    end(capture)
    with raises(ValueError, "the groups 5 as one of the groups 7"):
        nflogcap.adopt(descriptors, groups=7)
    with raises(TypeError, "snaplne", "snaplen"):
        nflogcap.adopt(descriptors, snaplne=96)
    with live.rule(PORT, "group 5"), nflogcap.adopt(descriptors) as second:
        live.send(PORT, b"as it was")
        equal(live.udp_payload(second.next(live.LONG)), b"as it was")
        last = handed_out(second)
        second.stop()
        equal(list(second), [])
    with raises(OSError, "it has ended"):
        nflogcap.adopt(last)
    for descriptor in last:
        os.close(descriptor)


def test_expect():
    with live.rule(PORT, "group 5"):
        capture = nflogcap.open(5)
        live.send(PORT, *[b"x"] * 10)
        for _ in range(10):
            capture.next(live.LONG)
        for group, seq, *words in (
            (7, 0, "group 7", "not captured"),
            (65536, 0, "group 65536 is out of range"),
            (5, -1, "seq -1 is out of range"),
            (5, 2**32, "seq 4294967296 is out of range"),
        ):
            with raises(ValueError, *words):
                capture.expect(group, seq)
        with raises(ValueError, "not captured"):
            capture.expected(7)
        capture.expect(5, 6)
        descriptors = handed_out(capture)
        end(capture)
        second = nflogcap.adopt(descriptors)
        equal(second.expected(5), 6)
        second.expect(5, 8)
        live.send(PORT, b"x")
        packet = second.next(live.LONG)
        equal((packet.seq, packet.lost_before, second.stats.lost), (10, 2, 2))
        descriptors = handed_out(second)
        second.expect(5, 7)
        end(second)
        with nflogcap.adopt(descriptors) as third:
            live.send(PORT, b"x")
            packet = third.next(live.LONG)
            equal((packet.seq, packet.lost_before, third.stats.lost), (11, 4, 4))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
