# SPDX-License-Identifier: GPL-2.0-or-later
"""NFLOG groups as interfaces of scapy: iface="nflog:5"."""

import unittest

import live
from scapy_live import ScapyTest
from scapy.all import UDP, conf
from scapy.arch.linux import L2ListenSocket
from scapy.error import Scapy_Exception
from scapy.interfaces import NetworkInterface, resolve_iface

import nflogcap
from nflogcap.scapy import NFLOGListenSocket, install_nflog_listener


class InterfaceTest(ScapyTest):
    def test_an_interface_can_be_one_group_or_several(self):
        self.with_rule(1001, "group 5")
        self.with_rule(1002, "group 600")

        def send():
            live.send(1001, b"a")
            live.send(1002, b"b")

        (packet,) = self.sniff(iface="nflog:600", count=1, started_callback=send)
        self.assertEqual(packet.nflog.group, 600)
        self.assertEqual(packet.sniffed_on, "nflog:600")
        packets = self.sniff(iface="nflog:5,600", count=2, started_callback=send)
        self.assertEqual(sorted(packet.nflog.group for packet in packets), [5, 600])

    def test_interfaces_can_be_a_list_or_a_dictionary_of_labels(self):
        self.with_rule(1003, "group 5")
        self.with_rule(1004, "group 6")

        def send():
            live.send(1003, b"a")
            live.send(1004, b"b")

        for ifaces, expected in (
            (["nflog:5", "nflog:6"], {5: "nflog:5", 6: "nflog:6"}),
            ({"nflog:5": "five", "nflog:6": "six"}, {5: "five", 6: "six"}),
        ):
            packets = self.sniff(iface=ifaces, count=2, started_callback=send)
            self.assertEqual({p.nflog.group: p.sniffed_on for p in packets}, expected)

    def test_a_group_is_an_interface_of_scapy(self):
        iface = resolve_iface("nflog:5")
        self.assertIsInstance(iface, NetworkInterface)
        self.assertEqual((iface.name, str(iface), iface.index), ("nflog:5", "nflog:5", -1))
        self.assertEqual(iface.provider.name, "NFLOG")
        self.with_rule(1005, "group 5")
        (packet,) = self.sniff(iface=iface, count=1, started_callback=self.sending(1005, b"x"))
        self.assertEqual(packet.nflog.group, 5)
        self.assertRaises(Scapy_Exception, iface.l2socket)
        self.assertRaises(Scapy_Exception, iface.l3socket)

    def test_real_devices_are_not_affected(self):
        self.assertEqual(resolve_iface("lo").name, "lo")
        self.assertIs(resolve_iface("lo").l2listen(), conf.L2listen)
        self.assertRaises(ValueError, conf.ifaces.dev_from_name, "no-such-device")
        names = set(conf.ifaces)
        conf.ifaces.reload()
        self.assertEqual(set(conf.ifaces), names)
        self.assertEqual(resolve_iface("nflog:5").name, "nflog:5")

    def test_options_of_the_installed_listener_apply_to_the_interface(self):
        self.with_rule(1006, "group 5")
        install_nflog_listener(9, snaplen=30)
        (packet,) = self.sniff(
            iface="nflog:5", count=1, started_callback=self.sending(1006, b"x" * 100)
        )
        self.assertEqual((packet.nflog.group, len(packet)), (5, 30))

    def test_invalid_group_names_are_refused(self):
        for name in ("nflog:", "nflog:x", "nflog:5,", "nflog:-1", "nflog:5-6", "nflog: 5", "nflog:٥"):
            with self.assertRaisesRegex(ValueError, f"{name!r} names no NFLOG group"):
                self.sniff(iface=name)
        with self.assertRaisesRegex(ValueError, "cannot set the groups to 65536"):
            self.sniff(iface="nflog:65536")
        with self.assertRaisesRegex(ValueError, "group 5.*added before"):
            self.sniff(iface="nflog:5,5")
        with self.assertRaisesRegex(ValueError, "name groups once"):
            self.sniff(iface="nflog:5", queues=6)
        nflogcap.open([5, 6]).close()

    def test_nothing_can_be_sent_to_a_group(self):
        from scapy.all import Ether, sendp

        with self.assertRaisesRegex(Scapy_Exception, "only listens"):
            sendp(Ether(), iface="nflog:5", verbose=0)


class PcapTest(ScapyTest):
    """Effects of conf.use_pcap: if a program sets it, scapy replaces the installed listener."""

    def setUp(self):
        super().setUp()
        self.addCleanup(setattr, conf, "use_pcap", conf.use_pcap)

    def test_interfaces_and_sockets_still_work_and_the_listener_can_be_installed_again(self):
        self.with_rule(1011, "group 5")
        for pcap in (True, False):
            install_nflog_listener(5)
            conf.use_pcap = pcap
            self.assertFalse(issubclass(conf.L2listen, NFLOGListenSocket))
            self.assertEqual(conf.L2listen is L2ListenSocket, not conf.use_pcap)
            listener = NFLOGListenSocket(queues=7)
            for how in ({"iface": "nflog:5"}, {"L2socket": NFLOGListenSocket, "queues": 5}):
                (packet,) = self.sniff(count=1, started_callback=self.sending(1011, b"x"), **how)
                self.assertEqual(packet[UDP].payload.load, b"x")
            self.assertEqual(len(self.quick_sniff(opened_socket=listener)), 0)
            listener.close()
            install_nflog_listener(5)
            (packet,) = self.sniff(count=1, started_callback=self.sending(1011, b"again"))
            self.assertEqual(packet[UDP].payload.load, b"again")

    def quick_sniff(self, **arguments):
        from scapy.all import sniff

        return sniff(timeout=0.1, **arguments)


if __name__ == "__main__":
    unittest.main()
