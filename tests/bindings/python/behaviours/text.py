# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: packets and errors as text."""

import json
import socket
import sys

import live
import nflogcap
from harness import PORT, equal, logged_packet, raises, run


def test_text():
    line = str(logged_packet('prefix "web: " group 5'))
    for part in ("group 5", "web: ", "in lo", "UDP 127.0.0.1:", f" > 127.0.0.1:{PORT}"):
        assert part in line, line
    assert "\n" not in line, line


def test_json():
    packet = logged_packet('prefix "\udcff\\\\" group 5', b"\0")
    said = json.loads(packet.to_json())
    for name in ("group", "timestamp_ns", "source", "destination_port", "indev_name", "wire_length"):
        equal(said[name], getattr(packet, name))
    equal(bytes.fromhex(said["payload"]), packet.payload)
    equal([said["version"], said["host"], said["hook_name"], said["protocol_name"]],
          [1, socket.gethostname(), "prerouting", "udp"])
    assert "icmp_type" not in said and "\n" not in packet.to_json(), packet.to_json()


def test_json_no_payload():
    packet = logged_packet("group 5", b"x")
    whole = json.loads(packet.to_json(payload=True))
    del whole["payload"]
    equal(json.loads(packet.to_json(payload=False)), whole)
    with raises(TypeError, "colour"):
        packet.to_json(colour=True)


HOSTILE = "a\x1b[31m\u009b\u202e\x7f"
ESCAPED = r"a\x1b[31m\xc2\x9b\xe2\x80\xae\x7f"


def test_hostile_text():
    with live.rule(PORT, f'prefix "{HOSTILE}" group 5'), nflogcap.open(5) as capture:
        for call, kind in (
            (lambda: nflogcap.open(6, filter=HOSTILE), ValueError),
            (lambda: nflogcap.open(6, delivery=HOSTILE), ValueError),
            (lambda: nflogcap.open(6, tap="udp", hook=HOSTILE), ValueError),
            (lambda: nflogcap.open(6, netns="/no/such/" + HOSTILE), FileNotFoundError),
            (lambda: nflogcap.open(6, **{HOSTILE: 1}), TypeError),
            (lambda: nflogcap.open(savefile="/no/such/" + HOSTILE), FileNotFoundError),
            (lambda: nflogcap.dump_open("/no/such/" + HOSTILE), FileNotFoundError),
            (lambda: capture.set_filter(HOSTILE), ValueError),
        ):
            try:
                call()
            except kind as error:
                assert ESCAPED in str(error) and str(error).isprintable(), repr(error)
            else:
                raise AssertionError(f"no {kind.__name__} was raised")
        live.send(PORT, b"x")
        packet = capture.next(live.LONG)
    equal(packet.prefix, HOSTILE)
    assert ESCAPED in str(packet), packet
    for text in (str(packet), repr(packet), packet.to_json()):
        assert text.isprintable(), ascii(text)
    equal(json.loads(packet.to_json())["prefix"], HOSTILE)


def test_long_words():
    path = "/no/" + "x" * 3000
    for use in (lambda: nflogcap.dump_open(path), lambda: nflogcap.open(savefile=path)):
        with raises(FileNotFoundError, "savefile /no/xx", "xx: No such file or directory"):
            use()
    with raises(ValueError, "'prt'", "see pcap-filter(7)"):
        nflogcap.open(5, filter="host 10.0.0.1 or " * 200 + "prt 5")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
