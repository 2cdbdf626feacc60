# SPDX-License-Identifier: GPL-2.0-or-later
"""Fakes make the calls that differ between scapy 2.5 and later versions, because a machine has only one version.
scripts/test-on runs all tests of scapy with a later version."""

import unittest

import live
from scapy_live import ScapyTest
from scapy.all import ETH_P_IP, IP, UDP, Raw, conf
from scapy.interfaces import resolve_iface

from nflogcap.scapy import NFLOGListenSocket, install_nflog_listener


class FakeSession:
    """Acts like a session of scapy 2.6 and later: it reads the socket itself, and passes keywords to the layer."""

    def __init__(self, **keywords):
        self.keywords = keywords

    def recv(self, listener):
        packet = listener.recv(**self.keywords)
        if packet:
            yield packet


class SocketVersionsTest(ScapyTest):
    def test_fake_of_a_session_that_reads_the_socket(self):
        self.with_rule(1201, "group 5")
        listener = self.with_socket(queues=5)
        live.send(1201, b"whole", b"network layer alone")
        session = FakeSession()

        class FakeIP(Raw):
            """A layer with stop_dissection_after, a keyword that TCPSession passes in scapy 2.6 and later."""

            def __init__(self, data=b"", stop_dissection_after=None, **fields):
                super().__init__(data, **fields)
                self.stopped_after = stop_dissection_after

        self.assertEqual(list(session.recv(self.with_socket(queues=6))), [])
        live.readable(listener)
        (packet,) = session.recv(listener)
        self.assertEqual(packet[UDP].payload.load, b"whole")
        conf.l3types.register(ETH_P_IP, FakeIP)
        self.addCleanup(conf.l3types.register, ETH_P_IP, IP)
        (packet,) = FakeSession(stop_dissection_after=IP).recv(listener)
        self.assertIs(type(packet), FakeIP)
        self.assertIs(packet.stopped_after, IP)
        self.assertEqual(packet.nflog.group, 5)

    def test_fake_of_a_session_that_reads_metadata_alone(self):
        self.with_rule(1202, 'group 5 prefix "meta"')
        listener = self.with_socket(queues=5, nflog_kwargs={"snaplen": 0})
        live.send(1202, b"x")
        live.readable(listener)
        (packet,) = FakeSession(stop_dissection_after=IP).recv(listener)
        self.assertIs(type(packet), Raw)
        self.assertEqual(packet.nflog.prefix, "meta")

    def test_fake_of_a_constructor_call_with_every_keyword(self):
        for karg in (
            {"type": 3, "iface": "nflog:5", "monitor": None},
            {"type": 3, "iface": resolve_iface("nflog:5"), "promisc": True, "filter": None},
        ):
            NFLOGListenSocket(**karg).close()

    def test_fake_of_a_select_by_descriptors(self):
        self.with_rule(1203, "group 5")
        listener = self.with_socket(queues=5)
        live.send(1203, b"1", b"2", b"3")
        for expected in (b"1", b"2", b"3"):
            self.assertEqual(live.readable(listener.fileno()), [listener.fileno()])
            self.assertEqual(listener.recv()[UDP].payload.load, expected)
        self.assertEqual(live.readable(listener.fileno(), timeout=0), [])


class ProviderVersionsTest(ScapyTest):
    def test_fake_of_the_calls_of_either_version(self):
        iface = resolve_iface("nflog:5")
        self.assertIs(iface.provider.l2listen(), NFLOGListenSocket)  # 2.5
        self.assertIs(iface.provider._l2listen(iface), NFLOGListenSocket)  # 2.6
        install_nflog_listener(9)
        self.assertIs(iface.provider._l2listen(iface), conf.L2listen)
        for call in (
            lambda: iface.provider._l2socket(iface),
            lambda: iface.provider._l3socket(iface, False),
        ):
            self.assertRaisesRegex(Exception, "only listens", call)


if __name__ == "__main__":
    unittest.main()
