# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: taps."""

import subprocess
import sys

import live
import nflogcap
from harness import PORT, equal, raises, run
from live import bound_groups


def ruleset():
    return subprocess.run(
        ["nft", "list", "ruleset"],
        env=live.environment(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


def test_tap():
    before = ruleset()
    udp = f"udp dport {PORT}"
    for taps, copies in ((udp, 1), ([udp, f"udp dport {{ {PORT}, 9 }}"], 2)):
        with nflogcap.open(tap=taps, hook="output", snaplen=96) as capture:
            equal(capture.tap_group, 65535)
            live.send(PORT, b"tapped")
            for _ in range(copies):
                packet = capture.next(live.LONG)
                equal((packet.group, packet.hook), (65535, 3))
                equal(live.udp_payload(packet), b"tapped")
            assert "nflogcap-65535" in ruleset()
    with nflogcap.open(5, tap=udp, hook="ingress:lo") as capture:
        equal(capture.tap_group, 5)
    with nflogcap.open(tap="") as capture:
        live.send(PORT, b"anything")
        equal([capture.next(live.LONG).hook for _ in range(2)], [3, 0])
    with nflogcap.open(5) as capture:
        equal(capture.tap_group, None)
    equal(ruleset(), before)


def test_bad_tap():
    for options, kind, *words in (
        ({"tap": "udp dprt 9"}, ValueError, "nft says", "at 'dprt'"),
        ({"tap": "udp dport 9 drop"}, ValueError, "at 'drop'"),
        ({"tap": "meta mark set 5"}, ValueError, "does more than match"),
        ({"tap": "udp dport 9; drop"}, ValueError, "this one contains ;"),
        ({"tap": "udp dport 9\0"}, ValueError, "tap contains a NUL"),
        ({"tap": 9}, TypeError, "tap must be a str"),
        ({"tap": b"udp"}, TypeError, "tap must be a str"),
        ({"tap": ["udp", 9]}, TypeError, "tap must be a str, not 'int'"),
        ({"tap": "udp", "hook": "somewhere"}, ValueError, "cannot tap at 'somewhere'"),
        ({"tap": "udp", "hook": "input\0"}, ValueError, "hook contains a NUL"),
        ({"tap": "udp", "hook": 1}, TypeError, "hook must be a str"),
        ({"tap": "udp", "hook": "ingress:eth7"}, OSError, "no such device"),
        ({"groups": 5, "hook": "input"}, ValueError, "has no tap"),
        ({"tap": []}, ValueError, "no group"),
    ):
        with raises(kind, *words):
            nflogcap.open(**options)
    equal(bound_groups(), [])
    equal(ruleset(), "")


def test_change_taps():
    udp = f"udp dport {PORT}"
    with live.rule(PORT + 1, "group 6"), nflogcap.open(6) as capture:
        equal(capture.tap_group, None)
        capture.add_tap(udp, hook="output", tap_prefix="tap: ", tap_priority="raw", tap_sample=2)
        equal(capture.tap_group, 6)
        assert "priority raw" in ruleset()
        for _ in range(4):
            live.send(PORT, b"sampled")
        equal([capture.next(live.LONG).prefix for _ in range(2)], ["tap: "] * 2)
        capture.add_tap(udp, hook="input", tap_limit="1/day burst 3 packets")
        capture.remove_tap(udp, hook="output")
        for _ in range(5):
            live.send(PORT, b"limited")
        equal([capture.next(live.LONG).prefix for _ in range(3)], [""] * 3)
        before = ruleset()
        for options, kind, *words in (
            ({"match": "udp dprt 9"}, ValueError, "nft says"),
            ({"match": udp, "hook": "somewhere"}, ValueError, "cannot tap at 'somewhere'"),
            ({"match": udp, "tap_limit": "often"}, ValueError, "the limit 'often'"),
            ({"match": udp, "tap_priority": "late"}, ValueError, "the priority 'late'"),
            ({"match": udp, "tap_prefix": "x" * 128}, ValueError, "up to 127 bytes"),
            ({"match": udp, "tap_sample": 0}, ValueError, "tap_sample"),
            ({"match": udp, "tap_sample": "2"}, TypeError, "tap_sample must be an integer"),
            ({"match": 9}, TypeError, "tap must be a str"),
        ):
            with raises(kind, *words):
                capture.add_tap(**options)
        with raises(ValueError, "no tap has this match and hook"):
            capture.remove_tap(udp, hook="output")
        equal(ruleset(), before)
        live.send(PORT + 1, b"goes on")
        equal(live.udp_payload(capture.next(live.LONG)), b"goes on")
        capture.remove_tap(udp, hook="input")
        equal(capture.tap_group, None)
        equal(capture.next(0), None)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
