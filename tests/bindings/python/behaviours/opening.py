# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: opening a capture, and the errors of open."""

import os
import shlex
import subprocess
import sys

import live
import nflogcap
from harness import PORT, equal, numbered, raises, run
from live import bound_groups


def test_open():
    for groups in (5, [5]):
        with live.rule(PORT, "group 5"), nflogcap.open(groups) as capture:
            live.send(PORT, *numbered(100))
            equal([live.udp_payload(capture.next(live.LONG)) for _ in range(100)], numbered(100))


def test_busy_group():
    with nflogcap.open(5):
        with raises(PermissionError, "group 5", "(this process)"):
            nflogcap.open([6, 5])
        equal(bound_groups(), [5])


def test_permission():
    with raises(PermissionError, "CAP_NET_ADMIN", "group 5"):
        nflogcap.open(5)


def test_options():
    with live.rule(PORT, "group 5"):
        with nflogcap.open(
            5,
            snaplen=24,
            delivery=nflogcap.IMMEDIATE,
            queue_threshold=1,
            flush_timeout=0,
            batch_size=8192,
            socket_buffer=65536,
            conntrack=False,
            netns="/proc/self/ns/net",
            filter="udp",
        ) as capture:
            live.send(PORT, b"x" * 100)
            packet = capture.next(live.LONG)
            equal((len(packet.payload), packet.wire_length), (24, 128))
            equal(capture.stats.delivery, nflogcap.IMMEDIATE)
            equal(capture.stats.socket_buffer, 2 * 65536)
            equal(capture.stats.socket_buffer_used, 0)


def test_bad_values():
    for groups, kind in (
        ("five", TypeError),
        (None, ValueError),
        (5.5, TypeError),
        ([5, "6"], TypeError),
        (-1, ValueError),
        (65536, ValueError),
        (10**30, ValueError),
        ([], ValueError),
        ([5, 5], ValueError),
    ):
        with raises(kind):
            nflogcap.open(groups)
    for options, kind, word in (
        ({"snaplen": -1}, ValueError, "cannot set the snaplen to -1: it must be 0 to 65531 bytes"),
        ({"snaplen": 65532}, ValueError, "cannot set the snaplen to 65532"),
        ({"snaplen": 9.5}, TypeError, "snaplen"),
        ({"snaplen": "96"}, TypeError, "snaplen"),
        ({"socket_buffer": 2**64}, ValueError, "socket_buffer"),
        ({"delivery": 77}, ValueError, "77"),
        ({"netns": "/no/such/file"}, FileNotFoundError, "/no/such/file"),
    ):
        with raises(kind, word):
            nflogcap.open(5, **options)
    equal(bound_groups(), [])


def test_unknown_option():
    with raises(TypeError, "'snap_len'", "'snaplen'"):
        nflogcap.open(5, snap_len=96)
    equal(bound_groups(), [])


def test_netns():
    holder = subprocess.Popen(["unshare", "--net", "sleep", "60"], env=live.environment())
    try:
        path = f"/proc/{holder.pid}/ns/net"
        here = os.stat("/proc/self/ns/net").st_ino
        live.await_condition(lambda: os.stat(path).st_ino != here)
        inside = ["nsenter", f"--net={path}"]
        rules = f"table ip t {{ chain c {{ type filter hook output priority 0; udp dport {PORT} log group 5; }}; }}"
        subprocess.run(
            [*inside, "ip", "link", "set", "lo", "up"], env=live.environment(), check=True
        )
        subprocess.run([*inside, "nft", rules], env=live.environment(), check=True)
        with nflogcap.open(5, netns=path) as capture, nflogcap.open(5):
            send = [*inside, *shlex.split(os.environ["NFLOGCAP_TEST_SEND_UDP"]), str(PORT), "6869"]
            subprocess.run(send, check=True)
            equal(live.udp_payload(capture.next(live.LONG)), b"hi")
    finally:
        holder.kill()
        holder.wait()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
