# SPDX-License-Identifier: GPL-2.0-or-later
"""The modules that replace those of scapy-nflog-capture and have the same names."""

import contextlib
import errno
import gc
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import types
import unittest
import unittest.mock

import live
from live import bound_groups
from scapy_live import ScapyTest
from scapy.all import IP, UDP, AsyncSniffer, IPv6, conf, sniff
from scapy.error import Scapy_Exception

import nflog_cffi
import nflog_ctypes
import nflogcap
import nflogcap.scapy
import scapy_nflog
from nflog_ctypes import NFLogError, NFWouldBlock, nflog_generator


class ManualTest(ScapyTest):
    """The three ways of use that the manual of scapy-nflog-capture describes."""

    def test_a_sniff_uses_the_installed_listener(self):
        self.with_rule(1301, "group 0")
        self.with_rule(1302, "group 3")

        def send():
            live.send(1301, b"zero")
            live.send(1302, b"three", family=socket.AF_INET6)

        import scapy_nflog

        scapy_nflog.install_nflog_listener()
        packets = self.sniff(count=2, started_callback=send)
        by_group = {packet.nflog.group: packet for packet in packets}
        self.assertEqual({group: type(p) for group, p in by_group.items()}, {0: IP, 3: IPv6})
        self.assertEqual(by_group[3][UDP].payload.load, b"three")

    def test_a_subclass_with_queues(self):
        self.with_rule(1303, "group 7")

        class Listener(scapy_nflog.NFLOGListenSocket):
            queues = 7

        conf.L2listen = Listener
        for _ in range(2):
            (packet,) = self.sniff(count=1, started_callback=self.sending(1303, b"seven"))
            self.assertEqual(packet.nflog.group, 7)

    def test_the_generator_yields_packets_with_their_lengths_and_times(self):
        self.with_rule(1304, "group 0")
        program = """
from nflog_cffi import NFLOG

nflog = NFLOG().generator(0, extra_attrs=['len', 'ts'], nlbufsiz=2*2**20)
fd = next(nflog)

pkt, pkt_len, pkt_ts = next(nflog)
print('Got packet, len: {}, ts: {}'.format(pkt_len, pkt_ts))

for pkt, pkt_len, pkt_ts in nflog:
    print('Got packet, len: {}, ts: {}'.format(pkt_len, pkt_ts))
"""
        for before, after in (
            ("", ""),
            ("from nflog_cffi import NFLOG", "from nflog_ctypes import nflog_generator"),
        ):
            text = program.replace(before, after).replace(
                "NFLOG().generator", "nflog_generator" if before else "NFLOG().generator"
            )
            process = subprocess.Popen(
                [sys.executable, "-u", "-c", text], stdout=subprocess.PIPE, text=True
            )
            try:
                live.await_condition(lambda: bound_groups() == [0])
                live.send(1304, b"12345", b"123")
                for length in (33, 31):
                    said = process.stdout.readline()
                    self.assertRegex(said, rf"^Got packet, len: {length}, ts: \d+\.\d+\n$")
            finally:
                process.kill()
                process.communicate()
            live.await_condition(lambda: bound_groups() == [])

    def test_select_works_with_the_descriptor_of_the_generator(self):
        self.with_rule(1305, "group 5")
        for make in (nflog_generator, nflog_cffi.NFLOG().generator):
            packets = make([5], extra_attrs="ts")
            fd = next(packets)
            live.send(1305, *[b"%d" % number for number in range(300)])
            for number in range(300):
                # One select for each packet: queued packets must keep the descriptor readable.
                self.assertEqual(select.select([fd], [], [], live.LONG)[0], [fd])
                payload, _ = next(packets)
                self.assertEqual(payload[28:], b"%d" % number)
            self.assertEqual(select.select([fd], [], [], 0)[0], [])
            packets.close()


class GeneratorTest(ScapyTest):
    def generator(self, *arguments, **keywords):
        made = nflog_generator(*arguments, **keywords)
        self.addCleanup(made.close)
        return made, next(made)

    def test_the_generator_yields_payloads_and_attributes(self):
        self.with_rule(1311, 'group 5 prefix "rule" snaplen 30')
        self.with_rule(1312, "group 6", hook="output", then="drop")
        packets, _ = self.generator((5, 6), extra_attrs=["prefix", "len", "ts", "fts"])
        live.send(1311, b"x" * 100)
        payload, prefix, length, stamp, time_of_packet = next(packets)
        self.assertIs(type(payload), bytes)
        self.assertEqual((len(payload), prefix, length), (30, "rule", 128))
        self.assertEqual(stamp, time_of_packet)
        self.assertLess(abs(stamp - time.time()), 10)
        # The kernel sends no timestamp for a packet at the output hook.
        live.send_and_ignore_refusal(1312, b"out")
        payload, prefix, length, stamp, time_of_packet = next(packets)
        self.assertEqual((payload[28:], length, stamp), (b"out", 31, None))
        self.assertLess(abs(time_of_packet - time.time()), 10)

    def test_mock_of_a_packet_without_prefix_or_payload(self):
        # A mock, because no rule here makes the kernel omit the prefix or the payload.
        capture = unittest.mock.MagicMock()
        capture.lost_more.return_value = False
        bare = nflog_ctypes._Packet(wire_length=0, timestamp_ns=1500000000)
        capture.next_batch.return_value = [bare]
        names = ["prefix", "len", "ts", "fts"]
        packets = nflog_ctypes._generate(capture, nflog_ctypes._value_with(names), True)
        next(packets)  # enters the generator's `with` block
        next(packets)  # yields the descriptor
        self.assertEqual(next(packets), [b"", None, 0, None, 1.5])

    def test_without_attributes_the_generator_yields_payloads(self):
        self.with_rule(1314, "group 5")
        for none in ({}, {"extra_attrs": None}, {"extra_attrs": []}):
            packets, _ = self.generator(5, **none)
            live.send(1314, b"bare")
            self.assertEqual(next(packets)[28:], b"bare")
            packets.close()

    def test_send_true_returns_a_packet_or_nfwouldblock(self):
        self.with_rule(1315, "group 5")
        packets, fd = self.generator(5)
        self.assertIsInstance(packets, types.GeneratorType)
        self.assertIs(packets.send(True), NFWouldBlock)
        self.assertIs(packets.send(True), NFWouldBlock)
        live.send(1315, b"1", b"2")
        live.readable(fd)
        self.assertEqual(packets.send(True)[28:], b"1")
        self.assertEqual(packets.send(True)[28:], b"2")
        self.assertIs(packets.send(True), NFWouldBlock)
        live.send(1315, b"3")
        self.assertEqual(next(packets)[28:], b"3")

    def test_close_and_the_collector_release_the_groups(self):
        packets = nflog_generator(range(4))
        self.assertEqual(bound_groups(), [0, 1, 2, 3])
        packets.close()  # before the first next()
        self.assertEqual(bound_groups(), [])
        packets = nflog_generator(5)
        next(packets)
        packets.close()
        packets.close()
        self.assertEqual(bound_groups(), [])
        packets = nflog_generator(5)
        next(packets)
        del packets
        gc.collect()
        self.assertEqual(bound_groups(), [])

    def test_a_thousand_generators_leave_no_descriptor_open(self):
        descriptors = len(os.listdir("/proc/self/fd"))
        for _ in range(1000):
            packets = nflog_generator(5)
            next(packets)
            packets.close()
        self.assertEqual(len(os.listdir("/proc/self/fd")), descriptors)

    def test_keywords_reach_the_kernel(self):
        def in_the_kernel():
            with open("/proc/self/net/netfilter/nfnetlink_log", encoding="ascii") as table:
                (line,) = table
            return [int(field) for field in line.split()]

        for keywords, timeout in (({}, 1), ({"timeout": 1.5}, 150), ({"timeout": 0}, 1)):
            packets, _ = self.generator(5, **keywords)
            self.assertEqual(in_the_kernel()[5], timeout)
            packets.close()
        self.with_rule(1316, "group 5")
        packets, fd = self.generator(5, qthresh=3, timeout=60)
        live.send(1316, b"1", b"2")
        self.assertEqual(select.select([fd], [], [], 0.2)[0], [])
        live.send(1316, b"3")
        self.assertEqual(select.select([fd], [], [], live.LONG)[0], [fd])

    def test_values_that_scapy_nflog_capture_accepts_are_accepted(self):
        for keywords in (
            {"pf": socket.AF_INET},
            {"pf": [socket.AF_INET, socket.AF_INET6]},
            {"nlbufsiz": 2 * 2**20},
            {"nlbufsiz": 1},
            {"recv_buff": 4096, "qthresh": 0, "timeout": None, "nlbufsiz": 0},
        ):
            nflog_generator(5, **keywords).close()
        nflog_cffi.NFLOG().generator(5, buff_size=4096).close()

    def test_a_signal_does_not_end_the_wait(self):
        self.with_rule(1317, "group 5")
        packets, _ = self.generator(5)
        ran = []
        kept = signal.signal(signal.SIGALRM, lambda *_: (ran.append(1), live.send(1317, b"x")))
        self.addCleanup(signal.signal, signal.SIGALRM, kept)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        self.assertEqual(next(packets)[28:], b"x")
        self.assertEqual(ran, [1])

    def test_another_thread_runs_while_the_generator_waits(self):
        self.with_rule(1318, "group 5")
        packets, _ = self.generator(5)
        threading.Timer(0.1, live.send, (1318, b"from a thread")).start()
        self.assertEqual(next(packets)[28:], b"from a thread")

    def test_nflog_ctypes_does_not_import_nflogcap(self):
        program = "import sys, nflog_ctypes; print('nflogcap' in sys.modules)"
        self.assertEqual(subprocess.check_output([sys.executable, "-c", program]), b"False\n")


class RefusalTest(ScapyTest):
    def refused(self, kind, words, *arguments, **keywords):
        with self.assertRaisesRegex(kind, words):
            nflog_generator(*arguments, **keywords)
        self.assertEqual(os.listdir("/proc/self/fd"), self.descriptors)

    def test_invalid_arguments_are_refused_by_the_call(self):
        nflog_generator(5).close()
        self.descriptors = os.listdir("/proc/self/fd")
        self.refused(ValueError, "no attribute 'mark': .*len, ts, prefix, fts", 5, extra_attrs="mark")
        self.refused(ValueError, "cannot set the groups to 65536: it must be 0 to 65535", 65536)
        self.refused(ValueError, "cannot set the groups to -1: it must be 0 to 65535", [5, -1])
        self.refused(ValueError, "group 5.*added before", [5, 5])
        self.refused(ValueError, "no group", [])
        self.refused(ValueError, "timeout -1 is out of range", 5, timeout=-1)
        self.refused(ValueError, "timeout nan is out of range", 5, timeout=float("nan"))
        self.refused(ValueError, "cannot set the queue_threshold to -1: it must be 1 to", 5, qthresh=-1)
        self.refused(TypeError, "integer", 5, qthresh=1.5)
        self.refused(TypeError, "integer", "5")
        self.refused(TypeError, "integer", 5, pf="inet")
        self.refused(TypeError, "unexpected keyword argument 'queue'", 5, queue=1)

    def test_a_busy_group_is_refused(self):
        with nflogcap.open(6):
            self.descriptors = os.listdir("/proc/self/fd")
            self.refused(NFLogError, "cannot bind group 6: it is owned by", [5, 6])
            with contextlib.suppress(NFLogError):
                nflog_generator(6)
            self.assertEqual(bound_groups(), [6])
        self.assertTrue(issubclass(NFLogError, OSError))

    def test_a_missing_capability_is_named(self):
        child = live.Child(
            """
            from nflog_ctypes import NFLogError, nflog_generator
            try:
                nflog_generator(5)
            except NFLogError as error:
                print(error.errno, "CAP_NET_ADMIN is missing" in str(error))
            """,
            *("setpriv", "--bounding-set=-all", "--inh-caps=-all"),
        )
        self.assertEqual(child.finish(), (f"{errno.EPERM} True\n", 0))


class OverflowTest(ScapyTest):
    """Overruns of the socket buffer. The generator uses the library's default size, so that the tests must send
    much data to fill the buffer."""

    PACKET = b"x" * 60000

    def overrun(self, port):
        for _ in range(4):
            live.send(port, *[self.PACKET] * 1000)
        live.await_kernel_delivery()

    def test_by_default_a_warning_is_logged_and_the_capture_continues(self):
        self.with_rule(1321, "group 5")
        packets = nflog_generator(5, extra_attrs="len")
        next(packets)
        self.overrun(1321)
        with self.assertLogs("nflog", logging.WARNING) as logged:
            got = sum(1 for packet in iter(lambda: packets.send(True), NFWouldBlock))
            live.send(1321, b"after")
            payload, _ = next(packets)
            packets.close()
        self.assertEqual(payload[28:], b"after")
        self.assertGreater(got, 0)
        self.assertLess(got, 4000)
        self.assertRegex(logged.output[-1], rf"{4000 - got} packets were lost so far")

    def test_an_overrun_is_an_error_if_handle_overflows_is_false(self):
        self.with_rule(1322, "group 5")
        packets = nflog_generator(5, handle_overflows=False)
        next(packets)
        self.overrun(1322)
        live.send(1322, b"shows the gap")
        with self.assertRaises(NFLogError) as raised:
            for _ in packets:
                pass
        self.assertEqual(raised.exception.errno, errno.ENOBUFS)
        self.assertRegex(str(raised.exception), "packets were lost so far")
        self.assertEqual(bound_groups(), [])


class ListenerTest(ScapyTest):
    def test_the_listener_accepts_keywords_of_the_generator_and_of_nflogcap(self):
        self.with_rule(1331, "group 5")
        scapy_nflog.install_nflog_listener(
            queues=5, qthresh=1, timeout=0.5, nlbufsiz=2 * 2**20, buff_size=4096,
            handle_overflows=True, pf=socket.AF_INET, snaplen=40,
        )  # fmt: skip
        packets = self.sniff(
            count=2,
            started_callback=self.sending(1331, b"x" * 100, b"x" * 100),
            nflog_kwargs={"qthresh": 2},
        )
        self.assertEqual([len(packet) for packet in packets], [40, 40])
        self.assertIsInstance(packets[0].nflog, nflogcap.Packet)

    def test_the_listener_is_a_subclass_of_the_one_in_nflogcap(self):
        self.assertTrue(
            issubclass(scapy_nflog.NFLOGListenSocket, nflogcap.scapy.NFLOGListenSocket)
        )
        self.assertEqual(list(scapy_nflog.NFLOGListenSocket.queues), [0, 1, 2, 3])
        listener = scapy_nflog.NFLOGListenSocket(
            iface=None, type=3, promisc=None, filter=None, nofilter=0, queues=5, nflog_kwargs={}
        )
        self.assertRaises(Scapy_Exception, listener.send, IP())
        listener.close()

    def test_a_filter_chooses_packets_and_an_invalid_filter_is_refused(self):
        self.with_rule(1332, "group 5")
        scapy_nflog.install_nflog_listener(5)
        packets = self.sniff(
            filter="udp[8] = 0x61",
            count=1,
            started_callback=self.sending(1332, b"b", b"a"),
        )
        self.assertEqual(packets[0][UDP].payload.load, b"a")
        with self.assertRaisesRegex(Scapy_Exception, "'udp prt 53': .*syntax error"):
            sniff(count=1, filter="udp prt 53")

    def test_unknown_keywords_are_refused_at_once(self):
        with self.assertRaisesRegex(TypeError, "'snap_len'; did you mean 'snaplen'"):
            scapy_nflog.install_nflog_listener(5, snap_len=1)
        with self.assertRaisesRegex(TypeError, "'snap_len'; did you mean 'snaplen'"):
            scapy_nflog.NFLOGListenSocket(queues=5, nflog_kwargs={"snap_len": 1})

    def test_a_busy_group_does_not_hang_a_sniff(self):
        scapy_nflog.install_nflog_listener(5)
        with nflogcap.open(5):
            with self.assertRaisesRegex(PermissionError, "owned by"):
                sniff(count=1)
            sniffer = AsyncSniffer(count=1)
            sniffer.start()
            self.assertRaisesRegex(PermissionError, "owned by", sniffer.join)


if __name__ == "__main__":
    unittest.main()
