# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: the fields of packets."""

import gc
import pathlib
import pickle
import struct
import sys
import time
import weakref

import live
import nflogcap
from harness import PORT, equal, logged_packet, raises, recorded, run

LO = 1
NETLINK_HEADER = 16
TRACKED = pathlib.Path(__file__).parents[3] / "fuzz/corpus/dissect/conntrack-tcp"
NFULA_TIMESTAMP = 3
NFULA_SEQ = 12
NFULA_SEQ_GLOBAL = 13


def test_absent_fields():
    with live.rule(PORT, "group 5", hook="output"), nflogcap.open(5) as capture:
        live.send_and_ignore_refusal(PORT, b"hi")
        packet = capture.next(live.LONG)
        equal((packet.uid, packet.gid, packet.outdev, packet.prefix), (0, 0, LO, ""))
        absent = "mark indev physindev physoutdev hw_type hw_address hw_header l2_header"
        for name in f"{absent} vlan_tci vlan_protocol ct ct_info indev_name".split():
            assert getattr(packet, name) is None, name
        equal(packet.present & nflogcap.HAS_MARK, 0)
        assert packet.present & nflogcap.HAS_UID
        assert packet.attribute(2) is None


def test_unknown_field():
    packet = logged_packet()
    with raises(AttributeError, "payloda"):
        packet.payloda


def test_all_fields():
    packet = logged_packet('prefix "all: " group 5')
    fields = packet.asdict()
    equal(fields, {name: getattr(packet, name) for name in fields})
    equal((fields["prefix"], fields["destination_port"], fields["icmp_type"]), ("all: ", PORT, None))


def test_dissection():
    packet = logged_packet()
    equal((packet.source, packet.destination, packet.ip_version), ("127.0.0.1", "127.0.0.1", 4))
    equal((packet.protocol, packet.destination_port, packet.transport_offset), (17, PORT, 20))
    equal(packet.source_port, int.from_bytes(packet.payload[20:22], "big"))
    equal((packet.tcp_flags, packet.icmp_type, packet.vlan_ids, packet.fragment_id), (None,) * 4)
    with nflogcap.open(5, tap="icmp", hook="output") as capture:
        live.send(PORT, b"nobody listens")
        refusal = capture.next(live.LONG)
    equal((refusal.protocol, refusal.icmp_type, refusal.icmp_code), (1, 3, 3))
    equal((refusal.source_port, refusal.asdict()["icmp_type"]), (None, 3))


def test_conntrack():
    message = TRACKED.read_bytes()
    packet = nflogcap.parse_packet(message[NETLINK_HEADER:], 0)
    entry = packet.conntrack
    equal((entry.state, entry.direction), ("established", "reply"))
    equal((entry.id, entry.zone, entry.mark), (0xA1B2C3D4, 9, 0x51525354))
    equal((entry.status, entry.timeout), (0x19E, 431999))
    equal((entry.protocol_state, entry.protocol_state_name), (3, "established"))
    original, reply = entry.original, entry.reply
    equal((original.source, original.source_port), ("10.0.0.7", 40001))
    equal((reply.destination, reply.destination_port, reply.protocol), ("192.0.2.1", 61000, 6))
    equal((original.icmp_type, original.zone, reply.packets, reply.bytes), (None,) * 4)
    equal(packet.asdict()["conntrack"], entry)
    equal(pickle.loads(pickle.dumps(packet)).conntrack, entry)
    equal(logged_packet().conntrack, None)


def test_interface_names():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 5", hook="output"):
        with nflogcap.open(5) as capture:
            live.send(PORT, b"in")
            incoming = capture.next(live.LONG)
            live.send_and_ignore_refusal(PORT + 1, b"out")
            outgoing = capture.next(live.LONG)
    equal((incoming.indev, incoming.indev_name, incoming.outdev_name), (LO, "lo", None))
    equal((outgoing.outdev, outgoing.outdev_name, outgoing.indev_name), (LO, "lo", None))


def test_binary_payload():
    payload = bytes(range(256)) + b"\0\0"
    with live.rule(PORT, 'prefix "a\udcff\udc80b" group 5'), nflogcap.open(5) as capture:
        live.send(PORT, payload)
        packet = capture.next(live.LONG)
        equal(live.udp_payload(packet), payload)
        equal(packet.prefix.encode("utf-8", "surrogateescape"), b"a\xff\x80b")
        equal(packet.frame(), packet.hw_header + packet.payload)


def test_big_integers():
    with live.rule(PORT, "group 5", before="meta mark set 0xffffffff"):
        with nflogcap.open(5) as capture:
            live.send(PORT, b"a", b"b")
            for number in range(2):
                packet = capture.next(live.LONG)
                seconds, microseconds = struct.unpack("!QQ", packet.attribute(NFULA_TIMESTAMP))
                equal(packet.timestamp_ns, seconds * 10**9 + microseconds * 1000)
                assert abs(seconds - time.time()) < 60
                equal(packet.mark, 0xFFFFFFFF)
                equal(packet.seq, number)
                equal(struct.pack("!I", packet.seq), packet.attribute(NFULA_SEQ))
                equal(struct.pack("!I", packet.seq_global), packet.attribute(NFULA_SEQ_GLOBAL))


def test_packet_outlives():
    with live.rule(PORT, 'prefix "kept: " group 5'):
        capture = nflogcap.open(5)
        live.send(PORT, b"kept")
        packet = capture.next(live.LONG)
        capture.close()
        del capture
        gc.collect()
        equal((live.udp_payload(packet), packet.prefix, packet.group), (b"kept", "kept: ", 5))
        equal(packet.frame()[-4:], b"kept")


def test_equality():
    with recorded(5, 6) as (path, _):
        same, again = [list(nflogcap.open(savefile=path)) for _ in range(2)]
        equal(same, again)
        assert not same[0] != again[0]
        equal(hash(same[0]), hash(again[0]))
        assert same[0] != same[1]
        assert same[0] != "a packet"
        reference = weakref.ref(again[0])
        equal(reference(), again[0])
        again.clear()
        gc.collect()
        equal(reference(), None)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
