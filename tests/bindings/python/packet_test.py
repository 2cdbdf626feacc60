# SPDX-License-Identifier: GPL-2.0-or-later
"""The contents of packets that rules of the real kernel log."""

import datetime
import copy
import copyreg
import errno
import json
import os
import socket
import struct
import pathlib
import pickle
import tempfile
import time
import tracemalloc
import unittest

import live
import nflogcap

LO = socket.if_nametoindex("lo")
ETHERNET = b"\0" * 12  # the addresses of lo
TRACKED = pathlib.Path(__file__).parents[2] / "fuzz/corpus/dissect/conntrack-tcp"
NETLINK_HEADER = 16
NFULA_PREFIX = 10
NFULA_PAYLOAD = 9


class PacketTest(live.LiveTest):
    METHODS = {"asdict", "attribute", "datetime", "frame", "hexdump", "to_json"}

    def test_a_packet_at_prerouting_has_all_fields_that_the_kernel_sends(self):
        self.with_rule(901, 'group 5 prefix "web: "', before="meta mark set 0x1234")
        capture = self.with_capture(5)
        before = time.time()
        live.send(901, b"hello")
        packet = self.next_of(capture)
        after = time.time()

        self.assertIsInstance(packet, nflogcap.Packet)
        self.assertEqual(packet.group, 5)
        self.assertEqual(packet.family, 2)
        self.assertEqual(packet.hook, 0)
        self.assertEqual(packet.hw_protocol, 0x0800)
        self.assertEqual(packet.mark, 0x1234)
        self.assertEqual(packet.prefix, "web: ")
        self.assertEqual(packet.indev, LO)
        self.assertEqual(packet.seq, 0)
        self.assertIsInstance(packet.seq_global, int)
        self.assertEqual(packet.lost_before, 0)
        self.assertEqual(packet.wire_length, 20 + 8 + 5)
        self.assertIs(type(packet.payload), bytes)
        self.assertEqual(len(packet.payload), packet.wire_length)
        self.assertEqual(packet.payload[0], 0x45)
        self.assertEqual(live.udp_payload(packet), b"hello")
        self.assertEqual(packet.hw_type, 772)
        self.assertEqual(packet.hw_header, ETHERNET + b"\x08\x00")
        self.assertEqual(packet.hw_address, b"\0" * 6)
        self.assertEqual(packet.frame(), packet.hw_header + packet.payload)
        self.assertIsInstance(packet.timestamp_ns, int)
        self.assertIsInstance(packet.timestamp, float)
        self.assertEqual(packet.timestamp, packet.timestamp_ns / 1e9)
        self.assertTrue(before - 1 < packet.timestamp < after + 1)
        self.assertEqual(
            packet.present,
            nflogcap.HAS_WIRE_LENGTH
            | nflogcap.HAS_MARK
            | nflogcap.HAS_TIMESTAMP
            | nflogcap.HAS_INDEV
            | nflogcap.HAS_PAYLOAD
            | nflogcap.HAS_PREFIX
            | nflogcap.HAS_SEQ
            | nflogcap.HAS_SEQ_GLOBAL
            | nflogcap.HAS_HW_TYPE
            | nflogcap.HAS_HW_HEADER
            | nflogcap.HAS_HW_ADDRESS,
        )
        for absent in (
            "outdev physindev physoutdev uid gid ct ct_info vlan_tci vlan_protocol l2_header"
        ).split():
            self.assertIsNone(getattr(packet, absent), absent)

    def test_a_packet_at_output_has_an_owner_but_no_kernel_time_and_no_link_layer_header(self):
        self.with_rule(902, "group 5", hook="output", then="accept")
        capture = self.with_capture(5)
        live.send(902, b"hello", family=socket.AF_INET6)
        packet = self.next_of(capture)
        self.assertEqual(packet.family, 10)
        self.assertEqual(packet.hook, 3)
        self.assertEqual(packet.hw_protocol, 0x86DD)
        self.assertEqual(packet.outdev, LO)
        self.assertEqual(packet.uid, os.geteuid())
        self.assertEqual(packet.gid, os.getegid())
        self.assertEqual(packet.prefix, "")
        self.assertEqual(packet.wire_length, 40 + 8 + 5)
        self.assertEqual(packet.frame(), packet.payload)
        self.assertEqual(packet.present & nflogcap.HAS_TIMESTAMP, 0)
        self.assertLess(abs(time.time() - packet.timestamp), 10)
        for absent in ("indev", "mark", "hw_type", "hw_header", "hw_address"):
            self.assertIsNone(getattr(packet, absent), absent)

    def test_a_packet_has_its_conntrack_entry(self):
        # The kernel tracks connections only if a rule matches their state.
        self.with_rule(903, "group 5", hook="output", before="ct state new", then="accept")
        try:
            capture = self.with_capture(5, conntrack=True)
        except OSError as failure:  # some kernels cannot send entries: then open() must report this
            self.assertEqual(failure.errno, errno.EOPNOTSUPP)
            self.assertIn("capture without conntrack", failure.strerror)
            return
        live.send(903, b"hello")
        packet = self.next_of(capture)
        self.assertEqual(packet.ct_info, 2)  # IP_CT_NEW
        self.assertIn(socket.inet_aton("127.0.0.1"), packet.ct)
        self.assertEqual(packet.present & nflogcap.HAS_CT, nflogcap.HAS_CT)
        entry = packet.conntrack
        self.assertEqual((entry.state, entry.direction), ("new", "original"))
        self.assertEqual((entry.original.source, entry.original.destination), ("127.0.0.1", "127.0.0.1"))
        self.assertEqual((entry.original.protocol, entry.original.destination_port), (17, 903))
        self.assertEqual((entry.reply.source_port, entry.reply.protocol), (903, 17))
        self.assertIsInstance(entry.id, int)

    def test_a_packet_of_a_netdev_chain_has_its_vlan_tag_and_link_layer_header(self):
        live.nft(
            "table netdev tagged { chain c { type filter hook ingress device lo priority 0; "
            "meta protocol 0x88b5 log group 5; }; }"
        )
        self.addCleanup(live.nft, "delete table netdev tagged\n")
        capture = self.with_capture(5)
        inner = b"\x88\xb5" + b"experimental"
        frame = ETHERNET + struct.pack("!HH", 0x8100, (3 << 13) | 42) + inner
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind(("lo", 0))
            sender.send(frame)
        packet = self.next_of(capture)
        self.assertEqual(packet.family, 5)
        self.assertEqual(packet.hook, 0)
        self.assertEqual(packet.vlan_tci, (3 << 13) | 42)
        self.assertEqual(packet.vlan_protocol, 0x8100)
        self.assertEqual(packet.hw_protocol, 0x88B5)
        self.assertEqual(packet.l2_header[:12], ETHERNET)
        self.assertEqual(packet.payload, b"experimental")
        self.assertEqual(packet.frame(), frame)

    def test_a_payload_may_contain_any_bytes(self):
        self.with_rule(904, "group 5")
        capture = self.with_capture(5)
        payload = b"\0\0nul\0" + bytes(range(256)) + b"\0"
        live.send(904, payload)
        self.assertEqual(live.udp_payload(self.next_of(capture)), payload)

    def test_a_prefix_that_is_not_utf8_keeps_its_bytes(self):
        name = b"caf\xe9 "
        self.with_rule(905, f'group 5 prefix "{name.decode("utf-8", "surrogateescape")}"')
        capture = self.with_capture(5)
        live.send(905, b"")
        packet = self.next_of(capture)
        self.assertEqual(packet.prefix.encode("utf-8", "surrogateescape"), name)
        self.assertEqual(packet.attribute(NFULA_PREFIX), name + b"\0")
        self.assertIn(repr(packet.prefix), repr(packet))

    def test_attribute_returns_the_bytes_of_an_attribute(self):
        self.with_rule(906, 'group 5 prefix "x"')
        capture = self.with_capture(5)
        live.send(906, b"hello")
        packet = self.next_of(capture)
        self.assertEqual(packet.attribute(NFULA_PAYLOAD), packet.payload)
        self.assertEqual(packet.attribute(NFULA_PREFIX), b"x\0")
        self.assertIsNone(packet.attribute(65535))
        for number in (-1, 65536):
            with self.assertRaisesRegex(ValueError, rf"type {number} is out of range: 0 to 65535"):
                packet.attribute(number)
        with self.assertRaisesRegex(TypeError, "type must be an integer, not 'str'"):
            packet.attribute("payload")

    def test_a_snaplen_cuts_the_payload_but_does_not_change_the_wire_length(self):
        self.with_rule(907, "group 5")
        capture = self.with_capture(5, snaplen=60)
        live.send(907, b"x" * 1000)
        packet = self.next_of(capture)
        self.assertEqual(len(packet.payload), 60)
        self.assertEqual(packet.wire_length, 1028)
        self.assertEqual(repr(packet), "<nflogcap.Packet: group 5, prefix '', 60 of 1028 bytes>")

    def test_with_a_snaplen_of_0_the_payload_is_empty(self):
        self.with_rule(908, 'group 5 prefix "meta"')
        capture = self.with_capture(5, snaplen=0)
        live.send(908, b"hello")
        packet = self.next_of(capture)
        self.assertEqual(packet.payload, b"")
        self.assertEqual(packet.present & nflogcap.HAS_PAYLOAD, 0)
        self.assertEqual(packet.prefix, "meta")

    def test_packets_outlive_their_capture(self):
        self.with_rule(909, 'group 5 prefix "kept"')
        payloads = [b"number %d" % number for number in range(50)]
        with nflogcap.open(5) as capture:
            live.send(909, *payloads)
            packets = [self.next_of(capture) for _ in payloads]
        del capture
        self.assertEqual([live.udp_payload(packet) for packet in packets], payloads)
        self.assertEqual([packet.seq for packet in packets], list(range(50)))
        self.assertEqual({packet.prefix for packet in packets}, {"kept"})

    def test_packets_can_be_neither_created_nor_changed(self):
        self.with_rule(910, "group 5")
        capture = self.with_capture(5)
        live.send(910, b"hello")
        packet = self.next_of(capture)
        for make in (
            nflogcap.Packet,
            lambda: nflogcap.Packet.__new__(nflogcap.Packet),
            lambda: type("Mine", (nflogcap.Packet,), {})(),
        ):
            self.assertRaises(TypeError, make)
        for field in ("mark", "group", "payload", "note"):
            with self.assertRaises((AttributeError, TypeError)):
                setattr(packet, field, 1)
        self.assertFalse(hasattr(packet, "__dict__"))
        self.assertEqual(live.udp_payload(packet), b"hello")

    def test_copies_and_pickles_are_equal_to_the_packet(self):
        self.with_rule(913, 'group 5 prefix "kept: "', before="meta mark set 7")
        capture = self.with_capture(5)
        live.send(913, b"hello\0there")
        packet = self.next_of(capture)
        capture.close()
        for other in (
            copy.copy(packet),
            copy.deepcopy(packet),
            *(pickle.loads(pickle.dumps(packet, protocol)) for protocol in range(2, 6)),
        ):
            self.assertIsNot(other, packet)
            self.assertEqual(other.asdict(), packet.asdict())
            self.assertEqual(str(other), str(packet))
            self.assertEqual(other.to_json(), packet.to_json())
            self.assertEqual(other.frame(), packet.frame())
            self.assertEqual(other.attribute(3), packet.attribute(3))
            self.assertEqual(repr(other), repr(packet))

    def test_a_damaged_pickle_is_refused_and_does_no_harm(self):
        self.with_rule(914, 'group 5 prefix "kept: "')
        capture = self.with_capture(5)
        live.send(914, b"hello")
        restore, (state,) = copyreg.dispatch_table[nflogcap.Packet](self.next_of(capture))
        message, timestamp_ns, lost_before, names, host = state
        rest = (timestamp_ns, lost_before, names, host)
        for damaged in (b"", message[:4], message[:6], b"\xff" * 20, bytes(262145)):
            with self.subTest(damaged=damaged[:20]):
                self.assertRaises(ValueError, restore, (damaged, *rest))
        for cut in range(len(message)):
            try:
                self.assertEqual(restore((message[:cut], *rest)).group, 5)
            except ValueError:
                pass
        self.assertRaisesRegex(
            ValueError, "lost_before", restore, (message, timestamp_ns, -1, names)
        )
        for wrong in ((message, "1", 0, {}), (message, 1, None, {}), (message, 1, 0, []), (1, 1, 0, {})):
            self.assertRaises(TypeError, restore, wrong)
        for wrong in ((), state[:3], (*state[:3], {"lo": 1}), (*state[:3], {1: 2}), (*state[:4], 5)):
            self.assertRaises(TypeError, restore, wrong)
        self.assertRaises(OverflowError, restore, (message, 2**64, 0, names))
        self.assertRaises(OverflowError, restore, (message, 1, 2**64, names))
        self.assertEqual(restore(state).prefix, "kept: ")

    def test_a_record_becomes_the_packet_that_was_captured(self):
        self.with_rule(917, 'group 5 prefix "kept: "', before="meta mark set 7")
        capture = self.with_capture(5)
        live.send(917, b"hello")
        packet = self.next_of(capture)
        capture.close()
        with tempfile.TemporaryDirectory() as directory:
            with nflogcap.dump_open(f"{directory}/one.pcap") as dump:
                dump.write(packet)
            with open(f"{directory}/one.pcap", "rb") as file:
                record = file.read()[24 + 16 :]  # after the headers of the file and of the record
        for kind in (bytes, bytearray, memoryview):
            parsed = nflogcap.parse_packet(kind(record), packet.timestamp_ns)
            for name, value in packet.asdict().items():
                known = value if not name.endswith("_name") else None  # a record has no names of interfaces
                self.assertEqual(getattr(parsed, name), known, name)
            self.assertEqual(parsed.frame(), packet.frame())
        moved = nflogcap.parse_packet(record, 5)
        self.assertEqual((moved.timestamp_ns, moved.present & nflogcap.HAS_TIMESTAMP), (5, 0))
        cut = nflogcap.parse_packet(record[:-8], packet.timestamp_ns)
        self.assertTrue(packet.payload.startswith(cut.payload))
        self.assertLess(len(cut.payload), len(packet.payload))
        for wrong in (b"", b"no record at all", bytes(262145)):
            self.assertRaises(ValueError, nflogcap.parse_packet, wrong, 1)
        for timestamp in (-1, 2**63):
            self.assertRaisesRegex(ValueError, "timestamp_ns", nflogcap.parse_packet, record, timestamp)
        for wrong in (("text", 1), (None, 1), (record, "1"), (record, None), (5, 1)):
            self.assertRaises(TypeError, nflogcap.parse_packet, *wrong)

    def test_a_hexdump_shows_the_payload(self):
        self.with_rule(915, "group 5")
        capture = self.with_capture(5)
        live.send(915, bytes(range(28, 56)))
        packet = self.next_of(capture)
        lines = packet.hexdump().splitlines()
        self.assertEqual(len(lines), 4)  # for 56 bytes
        shown = bytes.fromhex("".join(line[6:54].replace(" ", "") for line in lines))
        self.assertEqual(shown, packet.payload)
        self.assertEqual([line[:4] for line in lines], ["0000", "0010", "0020", "0030"])
        self.assertEqual(lines[3], "0030  30 31 32 33 34 35 36 37" + 27 * " " + "01234567")
        with nflogcap.open(6, snaplen=0) as nothing:
            self.with_rule(916, "group 6")
            live.send(916, b"hello")
            self.assertEqual(self.next_of(nothing).hexdump(), "")

    def test_datetime_has_a_time_zone_and_is_exact_to_the_microsecond(self):
        self.with_rule(919, "group 5")
        capture = self.with_capture(5)
        live.send(919, b"x")
        packet = self.next_of(capture)
        self.assertIs(packet.datetime.tzinfo, datetime.timezone.utc)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        since = packet.datetime - epoch
        self.assertEqual(since // datetime.timedelta(microseconds=1), packet.timestamp_ns // 1000)
        first, last = (
            nflogcap.parse_packet(b"\x02\0\0\5" + b"\5\0\x09\0E\0\0\0", when).datetime
            for when in (0, 2**63 - 2)
        )
        self.assertEqual((first, last.year, last.microsecond), (epoch, 2262, 854775))

    def test_enumerations_name_the_numbers(self):
        self.with_rule(920, "group 5")
        capture = self.with_capture(5, delivery=nflogcap.Delivery.IMMEDIATE)
        live.send(920, b"x")
        packet = self.next_of(capture)
        self.assertIs(packet.family, nflogcap.Family.IPV4)
        self.assertIs(packet.hook, nflogcap.Hook.PREROUTING)
        self.assertIs(packet.asdict()["hook"], nflogcap.Hook.PREROUTING)
        self.assertIs(nflogcap.Packet.family.__get__(packet), nflogcap.Family.IPV4)
        self.assertIs(type(packet.present), nflogcap.Has)
        self.assertIn(nflogcap.Has.INDEV, packet.present)
        self.assertNotIn(nflogcap.Has.UID, packet.present)
        self.assertIs(packet.present & nflogcap.Has.INDEV, nflogcap.Has.INDEV)
        self.assertIs(nflogcap.HAS_INDEV & packet.present, nflogcap.Has.INDEV)
        self.assertEqual(int(packet.present), packet.present)
        with self.assertRaises(TypeError):
            packet.present & "INDEV"
        self.assertIs(capture.stats.delivery, nflogcap.Delivery.IMMEDIATE)
        self.assertEqual(json.loads(json.dumps([packet.family, packet.hook])), [2, 0])
        self.assertEqual(f"{packet.family} {packet.family:03d} %s %d" % (packet.family, packet.hook), "2 002 2 0")
        self.assertEqual(str(packet.present), str(int(packet.present)))
        self.assertEqual(nflogcap.Delivery.ADAPTIVE, nflogcap.ADAPTIVE)
        self.assertEqual(nflogcap.Family.BRIDGE, nflogcap.FAMILY_BRIDGE)

    def test_the_hooks_of_arp_and_netdev_are_integers(self):
        for family, expected in ((3, int), (5, int), (7, nflogcap.Hook), (2, nflogcap.Hook)):
            with self.subTest(family=family):
                record = bytes((family, 0, 0, 5)) + struct.pack("=HHHBx", 8, 1, 0x0800, 1)
                packet = nflogcap.parse_packet(record, 0)
                self.assertEqual(packet.hook, 1)
                self.assertIs(type(packet.hook), expected)
                self.assertIs(type(packet.family), nflogcap.Family)

    def test_many_combinations_of_fields_take_limited_memory(self):
        members = nflogcap.enums.Members(nflogcap.Has)
        some = sum(nflogcap.Has)
        combinations = [value for value in range(100000) if value & some == value]
        self.assertGreater(len(combinations), 4096)
        self.assertEqual([members[value] for value in combinations], combinations)
        self.assertLessEqual(len(members), 4096)

    def test_a_family_that_has_no_name_is_an_integer(self):
        record = b"\x0c\0\0\5" + struct.pack("=HHHBx", 8, 1, 0, 1)  # DECnet, which older kernels supported
        packet = nflogcap.parse_packet(record, 0)
        self.assertEqual(packet.family, 12)
        self.assertIs(type(packet.family), int)

    def test_every_field_of_an_entry_has_its_documentation(self):
        for record in (nflogcap.Conntrack, nflogcap.ConntrackTuple):
            self.assertGreater(len(record._fields), 10)
            for name in record._fields:
                self.assertGreater(len(getattr(record, name).__doc__), 15, name)

    def test_reading_conntrack_entries_leaks_no_memory(self):
        message = TRACKED.read_bytes()
        packet = nflogcap.parse_packet(message[NETLINK_HEADER:], 0)
        for _ in range(1000):
            packet.conntrack
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(1000):
            packet.conntrack
        self.assertLess(tracemalloc.get_traced_memory()[0] - before, 10000)

    def test_a_packet_has_only_the_documented_public_names(self):
        self.with_rule(918, "group 5")
        capture = self.with_capture(5)
        live.send(918, b"hello")
        fields = set(self.next_of(capture).asdict())
        public = {name for name in dir(nflogcap.Packet) if not name.startswith("_")}
        self.assertEqual(public, fields | self.METHODS)
        self.assertGreater(len(fields), 40)

    def test_every_field_has_its_documentation(self):
        for name in dir(nflogcap.Packet):
            if not name.startswith("_"):
                self.assertGreater(len(getattr(nflogcap.Packet, name).__doc__), 15, name)


if __name__ == "__main__":
    unittest.main()
