# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares filters with tcpdump. For each expression, a capture must deliver the same packets that tcpdump selects
from a LINKTYPE_RAW file with all packets."""

import collections
import contextlib
import os
import socket
import struct
import subprocess
import tempfile
import unittest

import live
import nflogcap

LINKTYPE_RAW = 101
MTU = 1500
HOSTS = ((socket.AF_INET, "10.1.2.3"), (socket.AF_INET6, "fd00:1::3"))

EXPRESSIONS = (
    "",
    "ip",
    "ip6",
    "tcp",
    "udp",
    "icmp",
    "icmp6",
    "ip proto 132",
    "ip6 proto 132",
    "proto 47",
    "ip protochain 17",
    "ip6 protochain 17",
    "port 53",
    "udp port 53",
    "tcp port 53",
    "src port 53",
    "udp dst port 5004",
    "portrange 5000-5009",
    "udp dst portrange 5003-5005",
    "host 10.1.2.3",
    "host fd00:1::3",
    "src host 10.1.2.3 and dst host 10.1.2.3",
    "net 10.1.0.0/16",
    "dst net fd00:1::/32",
    "net 10.1.2.0/24 or net fd00:1::/64",
    "not net 10",
    "tcp[tcpflags] & tcp-syn != 0",
    "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn|tcp-ack",
    "tcp[tcpflags] & tcp-rst != 0",
    "tcp[13] & 1 != 0 or ip6[6] = 6 and ip6[53] & 1 != 0",
    "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420",
    "icmp[icmptype] = icmp-echo or icmp6[icmp6type] = icmp6-echo",
    "icmp[icmptype] = icmp-unreach or icmp6[0] = 1",
    "icmp[icmptype] = icmp-echoreply",
    "greater 1000",
    "less 60",
    "len >= 100 and len < 1000",
    "ip[2:2] > 576",
    "ip[6:2] & 0x1fff != 0",
    "ip[6] & 0x20 != 0 or ip6[6] = 44",
    "ip[0] & 0xf != 5",
    "ip6[4:2] > 500",
    "udp[4:2] > 100",
    "udp[8:4] = 0x66696c74",
    "ip[1] = 0x10",
    "ip[8] < 64 or ip6[7] < 64",
    "ip multicast or ip6 multicast",
    "(tcp or icmp) and not port 53",
    "not (tcp or udp or icmp or icmp6)",
    "ip and not (udp and port 53) and (len > 40 or tcp)",
    "ether proto 0x86dd",
    "arp or ip6",
    "not arp",
    "len = 0",
)


def send_udp(family, host):
    for port, size, options in (
        (53, 20, ()),
        (53, 600, ()),
        (5000, 0, ()),
        (5004, 90, ()),
        (5005, 1200, ()),
        (5009, 4000, ()),  # in fragments
        (7000, 64, ((socket.IPPROTO_IP, socket.IP_TOS, 0x10), (socket.IPPROTO_IP, socket.IP_TTL, 9))),
        (7001, 64, ((socket.IPPROTO_IP, socket.IP_OPTIONS, b"\x01\x01\x01\x00"),)),
        (7002, 64, ((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 9),)),
        # An extension header of 8 bytes, which contains only padding.
        (7003, 64, ((socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, b"\0\0\x01\x04\0\0\0\0"),)),
    ):
        of_family = socket.IPPROTO_IP if family == socket.AF_INET else socket.IPPROTO_IPV6
        if any(level != of_family for level, _, _ in options):
            continue
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            for option in options:
                sender.setsockopt(*option)
            sender.sendto((b"filter" * 700)[:size], (host, port))


def send_multicast(family, group):
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        if family == socket.AF_INET:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.1.2.3"))
            sender.sendto(b"all", (group, 5001))
        else:
            sender.sendto(b"all", (group, 5001, 0, socket.if_nametoindex("lo")))


def talk_tcp(family, host):
    with socket.create_server((host, 53), family=family) as server:
        with socket.create_connection((host, 53)) as client:
            peer, _ = server.accept()
            with peer:
                client.sendall(b"GET / HTTP/1.0\r\n\r\n")
                peer.recv(100)
                peer.sendall(b"x" * 3000)
                client.recv(3000, socket.MSG_WAITALL)
    with contextlib.suppress(ConnectionRefusedError):
        socket.create_connection((host, 5008)).close()


def send_raw(family, host):
    """Sends an echo request, and packets of protocols that nothing answers."""
    icmp = (socket.IPPROTO_ICMP, 8) if family == socket.AF_INET else (socket.IPPROTO_ICMPV6, 128)
    protocol, echo = icmp
    request = struct.pack("!BBHHH", echo, 0, 0, 1, 1) + b"echo" * 30
    if family == socket.AF_INET:  # the kernel computes the checksum only for ICMPv6
        total = sum(struct.unpack(f"!{len(request) // 2}H", request))
        total = (total >> 16) + (total & 0xFFFF)
        request = request[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + request[4:]
    for number, payload in ((protocol, request), (132, b"sctp" * 4), (47, b"\0" * 8)):
        with socket.socket(family, socket.SOCK_RAW, number) as sender:
            sender.sendto(payload, (host, 0))


def send_all():
    for family, host in HOSTS:
        send_udp(family, host)
        talk_tcp(family, host)
        send_raw(family, host)
    send_multicast(socket.AF_INET, "224.0.0.251")
    send_multicast(socket.AF_INET6, "ff02::fb")


def write_raw(path, packets):
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
        for payload, wire_length in packets:
            file.write(struct.pack("=IIII", 0, 0, len(payload), wire_length) + payload)


def read_pcap(data):
    """Yields (payload, length on the wire) for each packet of a file that tcpdump wrote on this machine."""
    at = 24
    while at < len(data):
        captured, length = struct.unpack_from("=8xII", data, at)
        at += 16
        yield data[at : at + captured], length
        at += captured


def selected_by_tcpdump(path, expression):
    command = ["tcpdump", "-nn", "-r", path, "-w", "-", *([expression] if expression else ())]
    done = subprocess.run(command, env=live.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise AssertionError(f"tcpdump refused {expression!r}: {done.stderr.decode()}")
    return list(read_pcap(done.stdout))


class FilterTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        live.ip(f"link set lo mtu {MTU} multicast on")
        live.ip("address add 10.1.2.3/16 dev lo")
        live.ip("address add fd00:1::3/64 dev lo nodad")
        live.ip("route add 224.0.0.0/4 dev lo")
        live.ip("-6 route add multicast ff00::/8 dev lo table local")

    def delivered(self, **options):
        """Returns all packets, and a dictionary with the packets that each expression delivers."""
        logs = " ".join(f"log group {group};" for group in range(len(EXPRESSIONS) + 1))
        # Priority -500: before the kernel reassembles fragments.
        live.nft(f"table inet logged {{ chain c {{ type filter hook prerouting priority -500; {logs} }}; }}")
        self.addCleanup(live.nft, "delete table inet logged\n")
        with contextlib.ExitStack() as stack:
            captures = [
                stack.enter_context(nflogcap.open(group, filter=expression, **options))
                for group, expression in enumerate((None, *EXPRESSIONS))
            ]
            send_all()
            packets = []
            for capture in captures:
                capture.stop()
                packets.append([(packet.payload or b"", packet.wire_length) for packet in capture])
            for capture, delivered in zip(captures, packets):
                stats = capture.stats
                self.assertEqual(stats.lost, 0)
                self.assertEqual(stats.received, len(packets[0]))
                self.assertEqual(stats.delivered, len(delivered))
                self.assertEqual(stats.filtered, len(packets[0]) - len(delivered))
        return packets[0], dict(zip(EXPRESSIONS, packets[1:]))

    def compare(self, unfiltered, of_expression):
        """Compares with tcpdump. Returns for each expression how many packets it delivers."""
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "raw.pcap")
            write_raw(path, unfiltered)
            for expression, delivered in of_expression.items():
                with self.subTest(expression=expression):
                    selected = selected_by_tcpdump(path, expression)
                    self.assertEqual(collections.Counter(delivered), collections.Counter(selected))
        return {expression: len(delivered) for expression, delivered in of_expression.items()}

    def test_filters_select_the_same_whole_packets_as_tcpdump(self):
        unfiltered, of_expression = self.delivered()
        counts = self.compare(unfiltered, of_expression)
        # The packets must be a good test: every expression except the last matches some packets, and few
        # expressions match all packets.
        self.assertEqual([name for name, count in counts.items() if count == 0], ["len = 0"])
        self.assertGreater(sum(0 < count < len(unfiltered) for count in counts.values()), 45)

    def test_filters_select_the_same_packets_as_tcpdump_if_a_snaplen_cut_them(self):
        for snaplen in (20, 33, 54, 100):
            with self.subTest(snaplen=snaplen):
                unfiltered, of_expression = self.delivered(snaplen=snaplen)
                self.doCleanups()
                self.assertTrue(any(wire > len(payload) for payload, wire in unfiltered))
                counts = self.compare(unfiltered, of_expression)
                self.assertEqual(counts[""], len(unfiltered))
                self.assertGreater(counts["less 60"], 0)


class HostTest(live.LiveTest):
    def test_other_threads_run_while_the_name_of_a_host_is_looked_up(self):
        expression = "host nflogcap.test"
        self.check_look_up(f"lambda: nflogcap.open(5, filter='{expression}')")
        self.check_look_up(f"lambda: nflogcap.open(6).set_filter('{expression}')")

    def check_look_up(self, with_look_up):
        with tempfile.NamedTemporaryFile("w") as resolv_conf:
            resolv_conf.write("nameserver 127.0.0.1\n")
            resolv_conf.flush()
            said, status = live.Child(
                f"""
                import live, nflogcap, socket
                def answer(server, query, client):
                    while query:  # the system asks for IPv4 and IPv6 addresses, and repeats
                        server.sendto(query[:2] + b"\\x81\\x83" + query[4:], client)
                        query, client = server.recvfrom(512)
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
                    server.bind(("127.0.0.1", 53))
                    task = live.Task({with_look_up})
                    query, client = server.recvfrom(512)
                    live.await_sleep(task)
                    answering = live.Task(lambda: answer(server, query, client))
                    try:
                        task.result()
                    except ValueError as error:
                        print(error)
                    # An empty query ends the thread, so that the thread does not read from a closed socket.
                    server.sendto(b"", server.getsockname())
                    answering.result()
                """,
                *("unshare", "--mount", "sh", "-c"),
                f'mount --bind {resolv_conf.name} /etc/resolv.conf && exec "$0" "$@"',
            ).finish()
        self.assertEqual(status, 0, said)
        self.assertIn("unknown host 'nflogcap.test'", said)


if __name__ == "__main__":
    unittest.main()
