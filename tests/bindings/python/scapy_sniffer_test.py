# SPDX-License-Identifier: GPL-2.0-or-later
"""All ways to sniff with scapy, each with the listener of nflogcap."""

import logging
import os
import socket
import threading
import time
import unittest

import live
from live import bound_groups
from scapy_live import ScapyTest
from scapy.all import IP, TCP, UDP, AsyncSniffer, IPSession, TCPSession
from scapy.all import PipeEngine, QueueSink, SniffSource, fragment, load_layer, sniff
from scapy.arch.linux import L2ListenSocket
from scapy.error import Scapy_Exception, log_runtime

import nflogcap
from nflogcap.scapy import NFLOGListenSocket, install_nflog_listener


def raw_ip(packet):
    """Sends a scapy packet to lo."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        sender.sendto(bytes(packet), ("127.0.0.1", 0))


class AsyncSnifferTest(ScapyTest):
    def test_a_sniffer_can_start_and_stop_again(self):
        self.with_rule(1101, "group 5")
        seen = []
        sniffer = AsyncSniffer(
            iface="nflog:5", prn=seen.append, started_callback=self.sending(1101, b"1", b"2")
        )
        for round in (1, 2):
            sniffer.start()
            live.await_condition(lambda: len(seen) == 2 * round)
            self.assertEqual([p[UDP].payload.load for p in sniffer.stop()], [b"1", b"2"])
            self.assertEqual(bound_groups(), [])

    def test_join_after_count_and_after_stop_filter(self):
        self.with_rule(1102, "group 5")
        for end in ({"count": 2}, {"stop_filter": lambda p: p[UDP].payload.load == b"2"}):
            sniffer = AsyncSniffer(
                iface="nflog:5", started_callback=self.sending(1102, b"1", b"2", b"3"), **end
            )
            sniffer.start()
            sniffer.join(live.LONG)
            self.assertFalse(sniffer.running)
            self.assertEqual(len(sniffer.results), 2)

    def test_a_timeout_ends_a_sniff(self):
        before = time.monotonic()
        self.assertEqual(len(sniff(iface="nflog:5", timeout=0.2)), 0)
        self.assertLess(time.monotonic() - before, live.LONG)
        self.assertEqual(bound_groups(), [])

    def test_two_groups_at_once(self):
        self.with_rule(1103, "group 5")
        self.with_rule(1104, "group 6")
        sniffers = [AsyncSniffer(iface=f"nflog:{group}", count=100) for group in (5, 6)]
        for sniffer in sniffers:
            sniffer.start()
        live.await_condition(lambda: bound_groups() == [5, 6])
        for _ in range(100):
            live.send(1103, b"five")
            live.send(1104, b"six")
        for sniffer, payload in zip(sniffers, (b"five", b"six")):
            sniffer.join(live.LONG)
            self.assertEqual({p[UDP].payload.load for p in sniffer.results}, {payload})
            self.assertEqual(len(sniffer.results), 100)

    def failing(self, **arguments):
        """Checks that join() and stop() of a sniffer raise an exception, and returns it."""
        for end in ("join", "stop"):
            sniffer = AsyncSniffer(**arguments)
            sniffer.start()
            sniffer.thread.join(live.LONG)  # so that stop() is not called before the failure
            with self.assertRaises(Exception) as raised:
                getattr(sniffer, end)()
        return raised.exception

    def test_errors_are_raised_by_join_and_by_stop(self):
        with nflogcap.open(5):
            busy = self.failing(iface="nflog:5")
            self.assertIsInstance(busy, PermissionError)
            self.assertRegex(str(busy), "owned by")
            self.failing(iface=["nflog:6", "nflog:5"])
            self.assertEqual(bound_groups(), [5])  # group 6 was released
        self.assertRegex(str(self.failing(iface="nflog:x")), "names no NFLOG group")
        unknown = self.failing(iface="nflog:5", queue=5)
        self.assertRegex(str(unknown), "unexpected keyword argument 'queue'")
        self.assertIsInstance(unknown, TypeError)
        filtered = self.failing(iface="nflog:5", filter="no such filter")
        self.assertIsInstance(filtered, Scapy_Exception)
        self.assertRegex(str(filtered), "'no such filter'")

    def test_a_sniffer_that_failed_can_start_again(self):
        self.with_rule(1105, "group 5")
        sniffer = AsyncSniffer(
            iface="nflog:5", count=1, started_callback=self.sending(1105, b"well")
        )
        with nflogcap.open(5):
            sniffer.start()
            self.assertRaises(PermissionError, sniffer.join)
        sniffer.start()
        sniffer.join(live.LONG)
        self.assertEqual(sniffer.results[0][UDP].payload.load, b"well")

    def test_a_missing_capability_is_named(self):
        child = live.Child(
            """
            from scapy.all import AsyncSniffer, sniff
            import nflogcap.scapy

            sniffer = AsyncSniffer(iface="nflog:5")
            sniffer.start()
            for call in (sniffer.join, lambda: sniff(iface="nflog:5")):
                try:
                    call()
                except PermissionError as error:
                    print("CAP_NET_ADMIN is missing" in str(error), flush=True)
            """,
            *("setpriv", "--bounding-set=-all", "--inh-caps=-all"),
        )
        said, status = child.finish()
        self.assertEqual((said.split(), status), (["True"] * 2, 0), said)


class SessionTest(ScapyTest):
    def test_a_session_reassembles_fragments(self):
        live.nft(
            "table ip pieces { chain c { type filter hook prerouting priority -500; "
            "ip protocol udp ip id 77 log group 5; }; }"
        )
        self.addCleanup(live.nft, "delete table ip pieces\n")
        pieces = fragment(
            IP(src="127.0.0.1", dst="127.0.0.1", id=77) / UDP(sport=1110, dport=1111) / (b"x" * 100), 40
        )
        self.assertGreater(len(pieces), 2)

        def send():
            for piece in pieces:
                raw_ip(piece)

        fragments = self.sniff(iface="nflog:5", count=len(pieces), started_callback=send)
        self.assertEqual([p.nflog.group for p in fragments], [5] * len(pieces))
        whole = self.sniff(iface="nflog:5", count=1, session=IPSession, started_callback=send)
        self.assertEqual(whole[0][UDP].payload.load, b"x" * 100)
        self.assertFalse(hasattr(whole[0], "nflog"))  # it was made from several packets

    def test_a_session_reassembles_a_stream(self):
        load_layer("http")
        from scapy.layers.http import HTTPResponse

        live.nft(
            "table ip web { chain c { type filter hook input priority 0; "
            "tcp sport 8080 log group 5; }; }"
        )
        self.addCleanup(live.nft, "delete table ip web\n")
        body = b"body" * 100
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

        def serve():
            with socket.create_server(("127.0.0.1", 8080)) as server:
                with socket.create_connection(server.getsockname()) as client:
                    accepted, _ = server.accept()
                    with accepted:
                        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        for start in range(0, len(answer), 100):
                            accepted.send(answer[start : start + 100])
                        got = b""
                        while len(got) < len(answer):
                            got += client.recv(4096)

        packets = self.sniff(
            iface="nflog:5",
            session=TCPSession,
            started_callback=serve,
            stop_filter=lambda packet: packet[TCP].flags.F,
        )
        (answered,) = [packet for packet in packets if HTTPResponse in packet]
        self.assertEqual(answered[HTTPResponse].payload.load, body)


class TogetherTest(ScapyTest):
    def test_nflog_and_a_device_in_one_sniff(self):
        self.with_rule(1121, "group 5")
        ended = set()

        def last_of_both(packet):
            if packet[UDP].payload.load == b"last":
                ended.add(packet.sniffed_on)
            return ended == {"nflog:5", "lo"}

        packets = self.sniff(
            iface=["nflog:5", "lo"],
            lfilter=lambda packet: UDP in packet and packet[UDP].dport == 1121,
            stop_filter=last_of_both,
            started_callback=self.sending(1121, *[b"x"] * 50, b"last"),
        )
        for interface in ("nflog:5", "lo"):
            payloads = [p[UDP].payload.load for p in packets if p.sniffed_on == interface]
            self.assertIn(b"x", payloads, interface)
            self.assertIn(b"last", payloads, interface)

    def test_opened_sockets_of_both_kinds_in_either_order(self):
        self.with_rule(1122, "group 5")
        for order in (1, -1):
            nflog, device = self.with_socket(queues=5), L2ListenSocket(iface="lo")
            counts = {"nflog": 0, "device": 0}

            def count(packet):
                if UDP in packet and packet[UDP].dport == 1122:
                    counts[packet.sniffed_on] += 1

            sockets = dict([(nflog, "nflog"), (device, "device")][::order])
            self.sniff(
                opened_socket=sockets,
                prn=count,
                store=0,
                started_callback=self.sending(1122, *[b"x"] * 20),
                # On lo, scapy sees a packet when it is sent and again when it is received.
                stop_filter=lambda _: counts["nflog"] == 20 and counts["device"] >= 20,
            )
            self.assertEqual(counts["nflog"], 20)
            nflog.close()
            device.close()

    def test_a_scapy_pipe_gets_the_packets_of_the_listener(self):
        self.with_rule(1123, "group 5")
        install_nflog_listener(5)
        for make_socket in (lambda: None, lambda: NFLOGListenSocket(queues=5)):
            source, sink = SniffSource(socket=make_socket()), QueueSink()
            source > sink
            engine = PipeEngine(source)
            engine.start()
            live.await_condition(lambda: bound_groups() == [5])
            live.send(1123, *[b"%d" % number for number in range(100)])
            got = [sink.recv(timeout=live.LONG) for _ in range(100)]
            engine.stop()
            source.stop()
            self.assertEqual(
                [packet[UDP].payload.load for packet in got], [b"%d" % n for n in range(100)]
            )
            self.assertEqual(got[0].nflog.group, 5)
            live.await_condition(lambda: bound_groups() == [])


class ResourcesTest(ScapyTest):
    def test_a_hundred_sniffs_leave_no_descriptor_no_thread_and_no_group(self):
        self.with_rule(1131, "group 5")
        install_nflog_listener(5)

        def once(number):
            how = {"iface": "nflog:5"} if number % 2 else {}
            payload = b"%d" % number
            (packet,) = self.sniff(count=1, started_callback=self.sending(1131, payload), **how)
            self.assertEqual(packet[UDP].payload.load, payload)

        once(0)
        descriptors, threads = os.listdir("/proc/self/fd"), threading.active_count()
        for number in range(100):
            once(number)
        self.assertEqual(len(os.listdir("/proc/self/fd")), len(descriptors))
        self.assertEqual(threading.active_count(), threads)
        self.assertEqual(bound_groups(), [])


class OverrunTest(ScapyTest):
    def test_a_sniff_continues_after_an_overrun_and_warns_once(self):
        self.with_rule(1141, "group 5")
        listener = self.with_socket(
            queues=5, nflog_kwargs={"socket_buffer": 4096, "batch_size": 4096}
        )
        bursts = 5
        with self.assertLogs(log_runtime, logging.WARNING) as logged:
            for _ in range(bursts):
                live.send(1141, *[b"x"] * 1000)
                live.await_kernel_delivery()
                sniff(opened_socket=listener, timeout=0.2, store=0)
            live.send(1141, b"last")
            (packet,) = self.sniff(opened_socket=listener, count=1)
        self.assertEqual(packet[UDP].payload.load, b"last")
        self.assertGreater(packet.nflog.lost_before, 0)
        self.assertGreater(listener.stats.dropped_batches, 1)
        self.assertEqual(listener.stats.delivered + listener.stats.lost, bursts * 1000 + 1)
        said = [record for record in logged.output if "lost" in record]
        self.assertEqual(len(said), 1, logged.output)
        self.assertRegex(said[0], r"groups \[5\].* lost \d+ packets so far")
        self.assertFalse(listener.closed)

    def test_a_loss_after_the_last_packet_is_logged_at_the_end(self):
        self.with_rule(1142, "group 5")
        listener = self.with_socket(
            queues=5, nflog_kwargs={"socket_buffer": 4096, "batch_size": 4096}
        )
        live.send(1142, *[b"x"] * 1000)
        live.await_kernel_delivery()
        with self.assertLogs(log_runtime, logging.WARNING) as logged:
            listener.close()
        self.assertRegex(logged.output[0], r"lost 0 packets so far \(\d+ batches may contain more\)")


if __name__ == "__main__":
    unittest.main()
