# SPDX-License-Identifier: GPL-2.0-or-later
"""The listener with scapy's own sniff()."""

import io
import socket
import sys
import tempfile
import time
import unittest

import live
import nflogcap

from live import bound_groups
from scapy_live import ScapyTest
from scapy.all import IP, UDP, AsyncSniffer, Ether, IPv6, Raw, conf, rdpcap, sniff, wrpcap
from scapy.error import Scapy_Exception

from nflogcap.scapy import NFLOGListenSocket, install_nflog_listener


class SniffTest(ScapyTest):
    def test_sniff_returns_the_number_of_packets_in_count(self):
        self.with_rule(951, 'group 5 prefix "from the rule"', before="meta mark set 7")
        install_nflog_listener(queues=5)
        before = time.time()
        packets = self.sniff(count=3, started_callback=self.sending(951, b"1", b"2", b"3", b"4"))
        self.assertEqual([packet[UDP].payload.load for packet in packets], [b"1", b"2", b"3"])
        for packet in packets:
            self.assertIs(type(packet), IP)
            self.assertEqual((packet.src, packet.dst), ("127.0.0.1", "127.0.0.1"))
            self.assertEqual(packet[UDP].dport, 951)
            self.assertIsInstance(packet.nflog, nflogcap.Packet)
            self.assertEqual(packet.nflog.prefix, "from the rule")
            self.assertEqual(packet.nflog.mark, 7)
            self.assertEqual(packet.wirelen, 20 + 8 + 1)
            self.assertEqual(packet.direction, socket.PACKET_HOST)
            self.assertEqual(int(packet.time * 10**9), packet.nflog.timestamp_ns)
            self.assertTrue(before - 1 < packet.time < time.time() + 1)

    def test_one_sniff_returns_ipv6_and_ipv4(self):
        self.with_rule(952, "group 5")
        install_nflog_listener(5)

        def send():
            live.send(952, b"six", family=socket.AF_INET6)
            live.send(952, b"four")

        packets = self.sniff(count=2, started_callback=send)
        self.assertEqual([type(packet) for packet in packets], [IPv6, IP])
        self.assertEqual(packets[0].src, "::1")
        self.assertEqual([packet[UDP].payload.load for packet in packets], [b"six", b"four"])

    def test_a_packet_at_output_is_outgoing(self):
        self.with_rule(953, "group 5", hook="output", then="accept")
        install_nflog_listener(5)
        (packet,) = self.sniff(count=1, started_callback=self.sending(953, b"out"))
        self.assertEqual(packet.direction, socket.PACKET_OUTGOING)
        self.assertEqual(packet[UDP].payload.load, b"out")

    def test_queues_can_be_set_in_a_class_or_in_sniff(self):
        self.with_rule(954, "group 2")
        self.with_rule(955, "group 9")
        conf.L2listen = NFLOGListenSocket
        (packet,) = self.sniff(count=1, started_callback=self.sending(954, b"class"))
        self.assertEqual(packet.nflog.group, 2)
        for queues in (9, [9], iter([8, 9])):
            (packet,) = self.sniff(
                count=1, queues=queues, started_callback=self.sending(955, b"sniff")
            )
            self.assertEqual(packet.nflog.group, 9)

        class Nine(NFLOGListenSocket):
            queues = (9,)

        (packet,) = self.sniff(
            count=1, L2socket=Nine, started_callback=self.sending(955, b"subclass")
        )
        self.assertEqual(packet.nflog.group, 9)

    def test_several_sniffs_in_one_process(self):
        self.with_rule(956, "group 5")
        install_nflog_listener(5)
        for number in range(5):
            payload = b"%d" % number
            (packet,) = self.sniff(count=1, started_callback=self.sending(956, payload))
            self.assertEqual(packet[UDP].payload.load, payload)
            nflogcap.open(5).close()  # the sniff released the group

    def test_an_async_sniffer_returns_packets(self):
        self.with_rule(957, "group 5")
        install_nflog_listener(5)
        for _ in range(2):
            sniffer = AsyncSniffer(started_callback=self.sending(957, b"1", b"2"))
            seen = []
            sniffer.kwargs["prn"] = seen.append
            sniffer.start()
            live.await_condition(lambda: len(seen) == 2)
            self.assertEqual([p[UDP].payload.load for p in sniffer.stop()], [b"1", b"2"])

    def test_a_sniff_does_not_close_an_opened_socket(self):
        self.with_rule(958, "group 5")
        listener = self.with_socket(queues=5)
        for payload in (b"first", b"second"):
            (packet,) = self.sniff(
                opened_socket=listener, count=1, started_callback=self.sending(958, payload)
            )
            self.assertEqual(packet[UDP].payload.load, payload)
        self.assertFalse(listener.closed)

    def test_a_tap_replaces_a_rule(self):
        tap = {"tap": "udp dport 958", "hook": "output"}
        for queues, group in ((None, 65535), (5, 5)):
            listener = self.with_socket(queues=queues, nflog_kwargs=tap)
            self.assertEqual(listener.capture.tap_group, group)
            (packet,) = self.sniff(
                opened_socket=listener, count=1, started_callback=self.sending(958, b"tapped")
            )
            self.assertEqual(packet[UDP].payload.load, b"tapped")
            self.assertEqual(packet.nflog.group, group)
            listener.close()
        install_nflog_listener(tap="udp dport 958", hook="output")
        (packet,) = self.sniff(count=1, started_callback=self.sending(958, b"installed"))
        self.assertEqual(packet.nflog.group, 65535)

    def test_two_sockets_in_one_sniff(self):
        self.with_rule(959, "group 5")
        self.with_rule(960, "group 6")
        labels = {self.with_socket(queues=5): "five", self.with_socket(queues=6): "six"}

        def send():
            live.send(959, b"five", b"five")
            live.send(960, b"six", b"six")

        packets = self.sniff(opened_socket=labels, count=4, started_callback=send)
        for packet in packets:
            self.assertEqual(packet[UDP].payload.load.decode(), packet.sniffed_on)
        self.assertEqual(sorted(p.sniffed_on for p in packets), ["five", "five", "six", "six"])

    def test_the_packets_of_a_batch_are_returned_one_by_one(self):
        self.with_rule(961, "group 5")
        listener = self.with_socket(queues=5)
        payloads = [b"%d" % number for number in range(1000)]
        live.send(961, *payloads)
        packets = self.sniff(opened_socket=listener, count=1000)
        self.assertEqual([packet[UDP].payload.load for packet in packets], payloads)
        self.assertLess(listener.stats.batches, 500)

    def test_20000_packets_at_once_are_counted_exactly(self):
        self.with_rule(962, "group 5")
        sent = 20000
        for options in ({}, {"socket_buffer": 65536}):
            with self.subTest(**options):
                listener = NFLOGListenSocket(queues=5, nflog_kwargs=options)
                for family in (socket.AF_INET, socket.AF_INET6) * 10:
                    live.send(962, *[b"x" * 64] * (sent // 20), family=family)
                live.await_kernel_delivery()
                live.send(962, b"shows what was lost before")
                kinds = []
                sniff(
                    opened_socket=listener,
                    timeout=live.LONG * 10,
                    store=0,
                    prn=lambda packet: kinds.append(type(packet)),
                    stop_filter=lambda packet: packet[UDP].payload.load.startswith(b"shows"),
                )
                stats = listener.stats
                listener.close()
                self.assertEqual(stats.delivered, len(kinds))
                self.assertEqual(len(kinds) + stats.lost, sent + 1)
                self.assertEqual(stats.lost > 0, bool(options))
                if not options:
                    self.assertEqual(kinds.count(IPv6), sent // 2)
                    self.assertEqual(kinds.count(IP), sent // 2 + 1)

    def test_packets_without_a_payload_are_returned(self):
        self.with_rule(963, 'group 5 prefix "meta"')
        install_nflog_listener(5, snaplen=0)
        packets = self.sniff(count=2, started_callback=self.sending(963, b"1", b"2"))
        self.assertEqual([packet.nflog.prefix for packet in packets], ["meta", "meta"])
        self.assertEqual([bytes(packet) for packet in packets], [b"", b""])
        self.assertEqual({type(packet) for packet in packets}, {Raw})

    def test_wirelen_is_written_to_a_pcap_file(self):
        self.with_rule(964, "group 5")
        install_nflog_listener(5, snaplen=40)
        packets = self.sniff(count=1, started_callback=self.sending(964, b"x" * 500))
        with tempfile.NamedTemporaryFile() as file:
            wrpcap(file.name, packets)
            (read,) = rdpcap(file.name)
        self.assertEqual((len(read), read.wirelen), (40, 528))
        self.assertLess(abs(read.time - packets[0].time), 1e-5)

    def test_a_netdev_frame_is_ethernet(self):
        live.nft(
            "table netdev raw { chain c { type filter hook ingress device lo priority 0; "
            "udp dport 965 log group 5 drop; }; }"
        )
        self.addCleanup(live.nft, "delete table netdev raw\n")
        install_nflog_listener(5)
        (packet,) = self.sniff(count=1, started_callback=self.sending(965, b"framed"))
        self.assertIs(type(packet), Ether)
        self.assertEqual(packet[UDP].payload.load, b"framed")
        self.assertEqual(packet.wirelen, 14 + 20 + 8 + 6)
        self.assertEqual(packet.direction, socket.PACKET_HOST)


class SocketTest(ScapyTest):
    def test_recv_raw_returns_the_layer_the_bytes_and_the_time(self):
        self.with_rule(971, "group 5")
        listener = self.with_socket(queues=5)
        self.assertEqual(listener.recv_raw(), (None, None, None))
        self.assertIsNone(listener.recv())
        live.send(971, b"hello", b"again")
        live.readable(listener)
        layer, data, stamp = listener.recv_raw()
        self.assertIs(layer, IP)
        self.assertIs(type(data), bytes)
        self.assertEqual(data[-5:], b"hello")
        self.assertLess(abs(stamp - time.time()), 10)
        self.assertEqual(len(listener.recv_raw(24)[1]), 24)

    def test_recv_after_the_end_raises_eof_error(self):
        listener = self.with_socket(queues=5)
        listener.capture.stop()
        self.assertRaises(EOFError, listener.recv)
        listener.close()
        self.assertRaises(EOFError, listener.recv)

    def test_a_listener_can_be_closed_twice_or_dropped(self):
        listener = NFLOGListenSocket(queues=5)
        listener.close()
        listener.close()
        self.assertTrue(listener.closed)
        listener = NFLOGListenSocket(queues=5)
        del listener
        nflogcap.open(5).close()

    def test_a_child_of_fork_closes_its_copy(self):
        self.with_rule(974, "group 5")
        listener = self.with_socket(queues=5)
        self.assertEqual(live.in_child(listener.close), 0)
        live.send(974, b"still here")
        self.assertEqual(live.readable(listener), [listener])

    def test_send_is_refused(self):
        self.assertRaises(Scapy_Exception, self.with_socket(queues=5).send, IP())

    def test_errors_reach_the_caller_of_sniff(self):
        install_nflog_listener(5)
        with nflogcap.open(5):
            with self.assertRaisesRegex(PermissionError, "owned by"):
                sniff(count=1)
        with self.assertRaisesRegex(ValueError, "cannot set the groups to 70000"):
            sniff(count=1, queues=70000)
        with self.assertRaisesRegex(ValueError, "cannot set the snaplen to -1"):
            sniff(count=1, nflog_kwargs={"snaplen": -1})

    def loads(self, port, *payloads, **arguments):
        """Sends these datagrams to a sniff that ends with the last of them. Returns the payloads of its packets."""
        packets = self.sniff(
            started_callback=self.sending(port, *payloads),
            stop_filter=lambda packet: packet[UDP].payload.load == payloads[-1],
            **arguments,
        )
        return [packet[UDP].payload.load for packet in packets]

    def test_a_filter_chooses_packets(self):
        self.with_rule(941, "group 5")
        sent = (b"a1", b"b1", b"a2", b"c1", b"a3")
        install_nflog_listener(5)
        self.assertEqual(self.loads(941, *sent, filter="udp[8] = 0x61"), [b"a1", b"a2", b"a3"])
        self.assertEqual(
            self.loads(941, *sent, iface="nflog:5", filter="udp[8] != 0x61 or udp[9] = 0x33"),
            [b"b1", b"c1", b"a3"],
        )
        self.assertEqual(self.loads(941, *sent, filter=""), list(sent))

    def test_the_filter_of_a_sniff_replaces_the_filter_of_the_listener(self):
        self.with_rule(942, "group 5")
        install_nflog_listener(5, filter="udp[8] = 0x61")
        sent = (b"a1", b"b1", b"ab")
        self.assertEqual(self.loads(942, *sent), [b"a1", b"ab"])
        self.assertEqual(self.loads(942, *sent, filter="udp[9] != 0x31"), [b"ab"])
        self.assertEqual(
            self.loads(942, *sent, nflog_kwargs={"filter": "udp[9] = 0x31 or udp[9] = 0x62"}),
            [b"a1", b"b1", b"ab"],
        )

    def test_packets_that_scapy_excludes_are_left_out_if_there_is_a_filter(self):
        self.with_rule(943, "group 5")
        install_nflog_listener(5)
        sent = (b"a1", b"b1", b"c1", b"a2")
        conf.except_filter = "udp[8] = 0x62 or udp[8] = 0x64"
        self.assertEqual(self.loads(943, *sent), [b"a1", b"c1", b"a2"])
        self.assertEqual(self.loads(943, *sent, filter="udp[8] != 0x63"), [b"a1", b"a2"])
        self.assertEqual(self.loads(943, *sent, filter="tcp or udp", nofilter=1), list(sent))
        self.assertEqual(self.loads(943, *sent, filter="no such filter", nofilter=1), list(sent))
        conf.except_filter = "no such filter"
        with self.assertRaisesRegex(Scapy_Exception, "'not \\(no such filter\\)': .*"):
            sniff(count=1, timeout=1)

    def test_a_filter_changes_while_a_sniff_runs(self):
        self.with_rule(944, "group 5")
        listener = self.with_socket(queues=5, filter="udp[8] = 0x61")
        seen = []

        def look(packet):
            seen.append(packet[UDP].payload.load)
            listener.capture.set_filter("udp[8] = 0x62")

        self.sniff(
            opened_socket=listener,
            prn=look,
            count=2,
            started_callback=self.sending(944, b"b0", b"a1", b"a2", b"b1"),
        )
        self.assertEqual(seen, [b"a1", b"b1"])
        stats = listener.stats
        self.assertEqual((stats.received, stats.filtered, stats.lost), (4, 2, 0))

    def test_an_invalid_filter_is_refused_with_a_message(self):
        install_nflog_listener(5)
        for wrong, words in (
            ("udp prt 53", "'udp prt 53': .*syntax error"),
            ("tcp and udp", "rejects all packets"),
            (53, "filter must be a str"),
        ):
            with self.assertRaisesRegex(Scapy_Exception, words):
                sniff(count=1, filter=wrong)
            with self.assertRaisesRegex(Scapy_Exception, words):
                NFLOGListenSocket(queues=5, filter=wrong)
            with self.assertRaisesRegex(Scapy_Exception, words):
                NFLOGListenSocket(queues=5, nflog_kwargs={"filter": wrong})
        self.assertEqual(bound_groups(), [])

    def test_unknown_keywords_are_named(self):
        with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'queue'"):
            sniff(count=1, timeout=1, L2socket=NFLOGListenSocket, queue=5)
        with self.assertRaisesRegex(TypeError, "'snap_len'; did you mean 'snaplen'"):
            install_nflog_listener(5, snap_len=96)
        with self.assertRaisesRegex(TypeError, "'snap_len'; did you mean 'snaplen'"):
            NFLOGListenSocket(queues=5, nflog_kwargs={"snap_len": 96})
        for harmless in ({"promisc": True}, {"monitor": True}, {"iface": "lo"}):
            NFLOGListenSocket(queues=5, **harmless).close()

    def test_failed_constructors_print_nothing(self):
        said = io.StringIO()
        kept, sys.stderr = sys.stderr, said
        try:
            self.assertRaises(TypeError, NFLOGListenSocket, queue=5)
            self.assertRaises(ValueError, NFLOGListenSocket, queues=-1)
            self.assertRaises(TypeError, NFLOGListenSocket, 1, 2, 3, 4, 5, 6, 7, 8, 9)
        finally:
            sys.stderr = kept
        self.assertEqual(said.getvalue(), "")


if __name__ == "__main__":
    unittest.main()
