# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles that scapy's own functions read, and copies and pickles of packets."""

import copy
import gzip
import io
import os
import pickle
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

import live
from scapy_live import ScapyTest
from scapy.all import IP, UDP, IPv6, PcapNgReader, PcapReader, Raw, conf, rdpcap, sniff, wrpcap

import nflogcap


def packet_length(path):
    """Returns the length of the first record of a savefile."""
    with open(path, "rb") as file:
        return struct.unpack_from("=IIIIIIIIII", file.read(40))[8]


class SavefileTest(ScapyTest):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "packets.pcap")

    def captured(self, port, *payloads):
        """Sends these datagrams, writes the captured packets to the savefile, and returns them as read from it."""
        self.with_rule(port, 'group 5 prefix "kept: "', before="meta mark set 7")
        with nflogcap.open(5) as capture, nflogcap.dump_open(self.path) as dump:
            live.send(port, *payloads)
            live.send(port, *payloads, family=socket.AF_INET6)
            for _ in range(2 * len(payloads)):
                dump.write(capture.next(live.LONG))
        with nflogcap.open(savefile=self.path) as written:
            return list(written)

    def check(self, read, packets):
        self.assertEqual(len(read), len(packets))
        for scapy_packet, packet in zip(read, packets):
            self.assertIs(type(scapy_packet), IP if packet.family == 2 else IPv6)
            self.assertEqual(bytes(scapy_packet), packet.payload)
            self.assertEqual(scapy_packet.nflog.asdict(), packet.asdict())
            self.assertEqual(int(scapy_packet.time * 10**9), packet.timestamp_ns)
            self.assertEqual(scapy_packet.wirelen, packet.wire_length)

    def test_rdpcap_sniff_and_the_readers_return_all_packets(self):
        packets = self.captured(1301, b"one", b"two")
        self.check(rdpcap(self.path), packets)
        self.check(rdpcap(self.path, count=3), packets[:3])
        self.check(sniff(offline=self.path), packets)
        self.check(sniff(offline=self.path, lfilter=lambda p: p.nflog.family == 2), packets[:2])
        with PcapReader(self.path) as reader:
            self.check(list(reader), packets)
        with open(self.path, "rb") as file:
            content = file.read()
        self.check(rdpcap(io.BytesIO(content)), packets)
        with gzip.open(self.path + ".gz", "wb") as file:
            file.write(content)
        self.check(rdpcap(self.path + ".gz"), packets)

    def test_a_pcapng_file_is_read(self):
        packets = self.captured(1302, b"one", b"two")
        path = self.path + "ng"
        subprocess.run(
            ["editcap", "-F", "pcapng", self.path, path], check=True, env=live.environment()
        )
        self.check(rdpcap(path), packets)
        with PcapNgReader(path) as reader:
            self.check(list(reader), packets)

    def test_a_file_in_the_other_byte_order_is_read(self):
        (packet, _) = self.captured(1303, b"one")
        with open(self.path, "rb") as file:
            record = file.read()[40 : 40 + packet_length(self.path)]
        other = ">" if sys.byteorder == "little" else "<"
        turned = record[:4]
        rest = record[4:]
        while rest:
            length, kind = struct.unpack_from("=HH", rest)
            padded = (length + 3) // 4 * 4
            turned += struct.pack(f"{other}HH", length, kind) + rest[4:padded]
            rest = rest[padded:]
        seconds, rest_of_second = divmod(packet.timestamp_ns, 10**9)
        with open(self.path, "wb") as file:
            file.write(struct.pack(f"{other}IHHIIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 239))
            file.write(
                struct.pack(f"{other}IIII", seconds, rest_of_second, len(turned), len(turned))
            )
            file.write(turned)
        (read,) = rdpcap(self.path)
        self.assertEqual(read.nflog.asdict(), packet.asdict())

    def test_an_invalid_record_is_raw(self):
        for content in (b"", b"\2", b"no record of NFLOG"):
            with open(self.path, "wb") as file:
                file.write(struct.pack("=IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 239))
                file.write(struct.pack("=IIII", 7, 8, len(content), len(content)) + content)
            (packet,) = rdpcap(self.path)
            self.assertIsInstance(packet, Raw)
            self.assertEqual(bytes(packet), content)
            self.assertFalse(hasattr(packet, "nflog"))
        self.addCleanup(setattr, conf, "debug_dissector", conf.debug_dissector)
        conf.debug_dissector = True
        self.assertRaises(ValueError, rdpcap, self.path)

    def test_files_of_other_link_types_are_not_affected(self):
        wrpcap(self.path, [IP() / UDP(dport=9) / b"plain"])
        (packet,) = rdpcap(self.path)
        self.assertEqual(packet[UDP].dport, 9)
        self.assertFalse(hasattr(packet, "nflog"))

    def test_sniffed_packets_are_written_as_ip(self):
        self.with_rule(1304, "group 5")
        sent = self.sending(1304, b"one", b"two")
        packets = self.sniff(iface="nflog:5", count=2, started_callback=sent)
        wrpcap(self.path, packets, linktype=101)
        again = rdpcap(self.path)
        self.assertEqual([bytes(packet) for packet in again], [bytes(packet) for packet in packets])


class CopiesTest(ScapyTest):
    def sniffed(self, port):
        self.with_rule(port, 'group 5 prefix "kept: "')
        (packet,) = self.sniff(iface="nflog:5", count=1, started_callback=self.sending(port, b"x"))
        return packet

    def test_copies_and_pickles_keep_nflog(self):
        packet = self.sniffed(1311)
        for other in (
            packet.copy(),
            copy.copy(packet),
            copy.deepcopy(packet),
            pickle.loads(pickle.dumps(packet)),
            copy.deepcopy([packet])[0],
        ):
            self.assertIsNot(other, packet)
            self.assertEqual(bytes(other), bytes(packet))
            self.assertEqual(other.time, packet.time)
            self.assertEqual(other.nflog.asdict(), packet.nflog.asdict())

    def test_copies_of_other_packets_are_not_affected(self):
        packet = IP(dst="192.0.2.1") / UDP(dport=9) / b"plain"
        for other in (packet.copy(), copy.deepcopy(packet), pickle.loads(pickle.dumps(packet))):
            self.assertEqual(bytes(other), bytes(packet))
            self.assertFalse(hasattr(other, "nflog"))
        layer = self.sniffed(1312)[UDP]
        self.assertFalse(hasattr(layer.copy(), "nflog"))


if __name__ == "__main__":
    unittest.main()
