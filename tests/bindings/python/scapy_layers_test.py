# SPDX-License-Identifier: GPL-2.0-or-later
"""The scapy layer that a packet becomes, in each family that netfilter logs."""

import socket
import struct
import types
import unittest

import live
from live import ip
from scapy_live import ScapyTest
from scapy.all import ARP, IP, TCP, UDP, Dot1Q, Ether, IPv6, Raw

from nflogcap.scapy.layers import layer_and_bytes

MAC = "02:00:00:00:00:01"


class FamilyTest(ScapyTest):
    """The tests send frames to `wire`, one end of a veth pair. The frames arrive at the other end, `port`."""

    def setUp(self):
        super().setUp()
        ip("link add port type veth peer name wire")
        self.addCleanup(ip, "link delete wire")
        ip(f"link set port address {MAC}")
        for device in ("port", "wire"):
            ip(f"link set {device} up")

    def put(self, frame):
        """Returns a function that sends the frame. sniff() calls it when the sniff has started."""

        def put_into_wire():
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
                wire.bind(("wire", 0))
                wire.send(bytes(frame))

        return put_into_wire

    def with_chain(self, family, hook, rule):
        live.nft(f"table {family} t {{ chain c {{ type filter hook {hook} priority 0; {rule}; }}; }}")
        self.addCleanup(live.nft, f"delete table {family} t\n")

    def with_bridge(self):
        ip("link add br0 type bridge")
        self.addCleanup(ip, "link delete br0")
        ip("link set port master br0")
        ip("link set br0 up")

    def one(self, frame):
        (packet,) = self.sniff(iface="nflog:5", count=1, started_callback=self.put(frame))
        return packet

    def test_a_bridged_frame_is_ethernet(self):
        self.with_bridge()
        self.with_chain("bridge", "prerouting", "udp dport 4000 log group 5")
        frame = Ether(dst=MAC, src="02:00:00:00:00:02") / IP() / UDP(dport=4000) / b"bridged"
        packet = self.one(frame)
        self.assertIs(type(packet), Ether)
        self.assertEqual(bytes(packet), bytes(frame))
        self.assertEqual(packet.wirelen, len(bytes(frame)))
        self.assertEqual(packet.nflog.physindev_name or packet.nflog.indev_name, "port")
        self.assertEqual(packet.direction, socket.PACKET_HOST)

    def test_a_vlan_tag_that_a_bridge_removed_is_put_back_into_the_frame(self):
        self.with_bridge()
        self.with_chain("bridge", "prerouting", "log group 5")
        frame = Ether(dst=MAC, src="02:00:00:00:00:02") / Dot1Q(vlan=7) / IP() / UDP(dport=4000)
        packets = self.sniff(
            iface="nflog:5",
            stop_filter=lambda packet: Dot1Q in packet,
            started_callback=self.put(frame),
        )
        self.assertIs(type(packets[-1]), Ether)
        self.assertEqual(packets[-1][Dot1Q].vlan, 7)
        self.assertEqual(packets[-1][UDP].dport, 4000)

    def test_incoming_arp_is_arp(self):
        self.with_chain("arp", "input", "log group 5")
        request = ARP(op="who-has", psrc="10.9.0.2", pdst="10.9.0.1")
        packet = self.one(Ether(dst="ff:ff:ff:ff:ff:ff") / request)
        self.assertIs(type(packet), ARP)
        self.assertEqual((packet.psrc, packet.pdst), ("10.9.0.2", "10.9.0.1"))
        self.assertEqual(packet.direction, socket.PACKET_HOST)

    def test_outgoing_arp_is_ethernet(self):
        ip("address add 10.9.0.1/24 dev port")
        self.with_chain("arp", "output", "log group 5")
        request = ARP(op="who-has", hwsrc="02:00:00:00:00:02", psrc="10.9.0.2", pdst="10.9.0.1")
        packets = self.sniff(
            iface="nflog:5",
            stop_filter=lambda packet: packet[ARP].op == 2,
            started_callback=self.put(Ether(src=request.hwsrc, dst="ff:ff:ff:ff:ff:ff") / request),
        )
        answer = packets[-1]
        self.assertIs(type(answer), Ether)
        self.assertEqual((answer.src, answer.dst), (MAC, "02:00:00:00:00:02"))
        self.assertEqual(answer[ARP].psrc, "10.9.0.1")
        self.assertEqual(answer.direction, socket.PACKET_OUTGOING)

    def test_netdev_egress_is_ethernet(self):
        self.with_chain("netdev", "egress device wire", "udp dport 4000 log group 5")
        frame = Ether(dst=MAC, src="02:00:00:00:00:02") / IP() / UDP(dport=4000) / b"leaves"
        packet = self.one(frame)
        self.assertIs(type(packet), Ether)
        self.assertEqual(bytes(packet), bytes(frame))
        self.assertEqual(packet.wirelen, len(bytes(frame)))
        self.assertEqual(packet.direction, socket.PACKET_OUTGOING)


class LayerTest(unittest.TestCase):
    """The scapy layer that a packet becomes, with fake packets of families that lo does not have."""

    def layer(self, **fields):
        packet = types.SimpleNamespace(
            **{
                "family": 2,
                "hook": 0,
                "hw_protocol": 0,
                "hw_type": None,
                "l2_header": None,
                "payload": b"",
                **fields,
            }
        )
        starts_with_header = packet.family == 5 and packet.hook == 1
        header = (not starts_with_header and packet.l2_header) or b""
        packet.frame = lambda: header + packet.payload
        return layer_and_bytes(packet)

    def test_the_ethertype_or_else_the_ip_version_selects_the_layer_or_else_it_is_raw(self):
        four, six = bytes(IP() / TCP()), bytes(IPv6() / TCP())
        self.assertEqual(self.layer(hw_protocol=0x0800, payload=four), (IP, four))
        self.assertEqual(self.layer(hw_protocol=0x86DD, payload=six), (IPv6, six))
        self.assertEqual(self.layer(payload=four), (IP, four))
        self.assertEqual(self.layer(payload=six), (IPv6, six))
        self.assertEqual(self.layer(payload=b"\xff"), (Raw, b"\xff"))

    def test_received_arp_is_arp_and_sent_arp_is_ethernet(self):
        arp = bytes(ARP())
        self.assertEqual(self.layer(family=3, hook=0, payload=arp), (ARP, arp))
        frame = bytes(Ether() / ARP())
        self.assertEqual(self.layer(family=3, hook=1, payload=frame), (Ether, frame))

    def test_bridge_and_netdev_are_ethernet_if_they_have_an_ethernet_header(self):
        header = struct.pack("!6s6sH", b"a" * 6, b"b" * 6, 0x0800)
        four = bytes(IP() / TCP())
        self.assertEqual(self.layer(family=7, l2_header=header, payload=four), (Ether, header + four))
        self.assertEqual(self.layer(family=5, l2_header=header, payload=four), (Ether, header + four))
        egress = self.layer(family=5, hook=1, l2_header=header, payload=header + four)
        self.assertEqual(egress, (Ether, header + four))
        tun = self.layer(family=5, hook=1, hw_protocol=0x0800, payload=four)
        self.assertEqual(tun, (IP, four))
        tunnel = {"hw_type": 778, "l2_header": bytes(24)}  # ARPHRD_IPGRE
        self.assertEqual(self.layer(family=5, hw_protocol=0x0800, payload=four, **tunnel), (IP, four))
        # This device has no link-layer headers.
        self.assertEqual(self.layer(family=5, hw_protocol=0x0800, payload=four), (IP, four))


if __name__ == "__main__":
    unittest.main()
