# SPDX-License-Identifier: GPL-2.0-or-later
"""Other programs read our savefiles (RAW and Ethernet, pcap and pcapng), and must find the packets that were sent.

Environment variable OTHER_PROGRAMS: the directory into which scripts/other-programs put the programs that are not
installed.
"""

import collections
import fcntl
import functools
import glob
import itertools
import os
import pathlib
import re
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import types
import unittest

from support import COMMAND, LONG, Capture, nft, objects, records, run

UNPACKED = pathlib.Path(os.environ["OTHER_PROGRAMS"])
PATH = f"{UNPACKED}/usr/bin:{UNPACKED}/usr/sbin:{os.environ['PATH']}:/usr/sbin:/sbin"
ENVIRONMENT = {**os.environ, "PATH": PATH, "LC_ALL": "C.UTF-8", "TZ": "UTC",
               "LD_LIBRARY_PATH": ":".join(glob.glob(f"{UNPACKED}/usr/lib/*-linux-gnu"))}
LINK_TYPES = ("raw", "ethernet")
TCP, UDP = socket.IPPROTO_TCP, socket.IPPROTO_UDP
WEB, NEEDLES, SIP = 8080, 4242, 5060
REQUEST = b"GET /hello HTTP/1.1\r\nHost: example.test\r\nUser-Agent: test\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld"
INVITE = (b"INVITE sip:bob@example.test SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1\r\n"
          b"From: <sip:alice@example.test>;tag=1\r\nTo: <sip:bob@example.test>\r\nCall-ID: call-1@test\r\n"
          b"CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n")


def send_all():
    """Sends an HTTP request and its answer, a UDP packet by IPv4, a UDP packet by IPv6, and a call by SIP."""
    with socket.create_server(("127.0.0.1", WEB)) as server, \
            socket.create_connection(("127.0.0.1", WEB)) as client, server.accept()[0] as peer:
        client.sendall(REQUEST)
        peer.recv(1000)
        peer.sendall(ANSWER)
        client.recv(1000)
    for family, host, payload in ((socket.AF_INET, "127.0.0.1", b"a needle"), (socket.AF_INET6, "::1", b"its needle")):
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.sendto(payload, (host, NEEDLES))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", SIP))
        sender.sendto(INVITE, ("127.0.0.1", SIP))


def with_each_file(test):
    """Decorator: calls a test for each link type, with the name of the link type and the path of its file."""
    @functools.wraps(test)
    def test_of_all(self):
        for name, path in self.files.items():
            with self.subTest(name):
                test(self, name, path)
    return test_of_all


class Pcap(unittest.TestCase):
    maxDiff = None
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(nft, "flush ruleset")
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        nft("table inet t { chain c { type filter hook prerouting priority 0; "
            f"meta l4proto tcp log group 5; udp dport {{ {NEEDLES}, {SIP} }} log group 5; }}; }}\n")
        old = cls.directory / "old.pcap"
        capture = Capture(types.SimpleNamespace(addCleanup=cls.addClassCleanup), "-g", "5", "-w", str(old))
        send_all()
        capture.finish()
        cls.packets = objects(run("-r", str(old), "--json").stdout)
        cls.files = {}
        for name in LINK_TYPES:
            cls.files[name] = str(cls.directory / f"{name}.pcap")
            done = run("-r", str(old), "-w", cls.files[name], "-y", name, *cls.options)
            assert done.stderr.startswith(f"{len(cls.packets)} packets written, "), done.stderr

    def require(self, program):
        if shutil.which(program, path=PATH) is not None:
            return
        self.cannot(f"there is no {program}; scripts/other-programs unpacks it")

    def cannot(self, why):
        """Skips the test, or fails if NFLOGCAP_REQUIRE_LIVE requires it to run."""
        if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1":
            self.fail(why)
        self.skipTest(why)

    def run_program(self, program, *arguments, status=0, **options):
        """Returns the output and the messages of a program, which must read a file to its end."""
        self.require(program)
        done = subprocess.run([program, *map(str, arguments)], env=ENVIRONMENT, timeout=LONG, text=True,
                              stdin=options.pop("stdin", subprocess.DEVNULL), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, errors="replace", cwd=self.directory, **options)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def of_protocol(self, number):
        return [packet for packet in self.packets if packet["protocol"] == number]

    def ip_packets(self):
        return [bytes.fromhex(packet["payload"]) for packet in self.packets]

    def flows(self):
        """Returns the numbers of packets and bytes by protocol, addresses and ports."""
        found = collections.defaultdict(lambda: [0, 0])
        for packet in self.packets:
            flow = found[tuple(packet[field] for field in (
                "protocol", "source", "source_port", "destination", "destination_port"))]
            flow[0] += 1
            flow[1] += packet["wire_length"]
        return {key: tuple(value) for key, value in found.items()}

    @with_each_file
    def test_tcpdump_with_a_filter(self, _, path):
        lines = self.run_program("tcpdump", "-nttr", path, "udp and port", str(NEEDLES)).splitlines()
        self.assertEqual([line.split(" IP")[0] for line in lines if line[:1].isdigit()],
                         [f"{packet['timestamp_ns'] // 1000 / 1e6:.6f}" for packet in self.packets
                          if packet["destination_port"] == NEEDLES])

    @with_each_file
    def test_tcpdump_with_a_filter_of_a_pipe(self, name, _):
        writer = subprocess.Popen([COMMAND, "-r", self.directory / "old.pcap", "-w", "-", "-y", name,
                                   *self.options],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(writer.wait)
        with writer.stdout:
            said = self.run_program("tcpdump", "-nr", "-", "tcp", stdin=writer.stdout)
        self.assertEqual(said.count(" Flags ["), len(self.of_protocol(TCP)))

    @with_each_file
    def test_tshark(self, name, path):
        fields = ("frame.time_epoch", "frame.len", "ip.src", "ipv6.src", "tcp.dstport", "udp.dstport")
        said = self.run_program("tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=,",
                                *itertools.chain(*(("-e", field) for field in fields)))
        rows = [line.split(",") for line in said.splitlines() if line[:1].isdigit()]
        header = 14 if name == "ethernet" else 0
        self.assertEqual(
            [(int(time.replace(".", "")), int(length), four or six, int(tcp or udp))
             for time, length, four, six, tcp, udp in rows],
            [(packet["timestamp_ns"], packet["wire_length"] + header, packet["source"],
              packet["destination_port"]) for packet in self.packets])
        self.assertIn("GET /hello", self.run_program("tshark", "-n", "-r", path, "-Y", "http.request"))

    @with_each_file
    def test_ngrep(self, _, path):
        said = self.run_program("ngrep", "-q", "-I", path, "needle", status=None)
        self.assertEqual(re.findall(r"a needle|its needle", said), ["a needle", "its needle"])
        self.assertIn(f"-> 127.0.0.1:{NEEDLES}", said)

    @with_each_file
    def test_tcpflow(self, name, path):
        where = self.directory / f"flows-{name}"
        self.run_program("tcpflow", "-o", where, "-r", path)
        [port] = {packet["source_port"] for packet in self.of_protocol(TCP)} - {WEB}
        host = "127.000.000.001"
        self.assertEqual((where / f"{host}.{port:05}-{host}.{WEB:05}").read_bytes(), REQUEST)
        self.assertEqual((where / f"{host}.{WEB:05}-{host}.{port:05}").read_bytes(), ANSWER)

    @with_each_file
    def test_p0f(self, _, path):
        fingerprints = next((file for file in (UNPACKED / "etc/p0f/p0f.fp", pathlib.Path("/etc/p0f/p0f.fp"))
                             if file.exists()), "none")
        [port] = {packet["source_port"] for packet in self.of_protocol(TCP)} - {WEB}
        said = self.run_program("p0f", "-f", fingerprints, "-r", path)
        self.assertIn(f".-[ 127.0.0.1/{port} -> 127.0.0.1/{WEB} (syn) ]-", said)

    @with_each_file
    def test_nfpcapd(self, name, path):
        where = self.directory / f"nfdump-{name}"
        where.mkdir()
        self.run_program("nfpcapd", "-r", path, "-l", where)
        said = self.run_program("nfdump", "-6", "-N", "-R", where, "-q", "-o", "fmt:%pr|%sa|%sp|%da|%dp|%pkt|%byt")
        rows = [[cell.strip() for cell in line.split("|")] for line in said.splitlines() if "|" in line]
        self.assertEqual(
            {(int(row[0]) if row[0].isdigit() else socket.getprotobyname(row[0]), row[1], int(row[2]), row[3],
              int(row[4])): (int(row[5]), int(row[6])) for row in rows}, self.flows())

    @with_each_file
    def test_softflowd(self, _, path):
        said = self.run_program("softflowd", "-r", path, "-d", "-D", "-p", self.directory / "softflowd.pid",
                                "-c", "none")
        found = {int(number): (int(octets), int(count)) for number, octets, count in re.findall(
            r"^ +\w+ \((\d+)\): +(\d+) +(\d+)", said, re.M)}
        self.assertEqual(found, {number: (sum(packet["wire_length"] for packet in self.of_protocol(number)),
                                          len(self.of_protocol(number))) for number in (TCP, UDP)})

    @with_each_file
    def test_ndpi(self, _, path):
        said = self.run_program("ndpiReader", "-i", path, "-v", "1")
        self.assertRegex(said, rf"HTTP +packets: {len(self.of_protocol(TCP))} .*flows: 1 ")
        self.assertRegex(said, r"SIP +packets: 1 .*flows: 1 ")

    @with_each_file
    def test_sngrep(self, name, path):
        new = self.directory / f"{name}-sip.pcap"
        self.run_program("sngrep", "-N", "-q", "-I", path, "-O", new)
        self.assertEqual([content[-len(INVITE):] for _, _, content in records(new)[1]], [INVITE])

    @with_each_file
    def test_capinfos_and_mergecap(self, name, path):
        merged = self.directory / f"{name}-merged.pcapng"
        self.run_program("mergecap", "-w", merged, path, path)
        kind = {"raw": "rawip", "ethernet": "ether"}[name]
        for file, count in ((path, len(self.packets)), (merged, 2 * len(self.packets))):
            said = self.run_program("capinfos", "-T", "-r", "-E", "-c", file)
            self.assertEqual(said.split()[-2:], [kind, str(count)])

    @with_each_file
    def test_netsniff_ng(self, _, path):
        said = self.run_program("netsniff-ng", "--in", path, "--silent")
        self.assertRegex(said, rf"\b{len(self.packets)} packets outgoing")

    @with_each_file
    def test_scapy(self, _, path):
        try:
            from scapy.all import IP, IPv6, rdpcap
        except ImportError:
            self.cannot("there is no scapy")
        read = rdpcap(path)
        self.assertEqual([bytes(packet[IP] if IP in packet else packet[IPv6]) for packet in read],
                         self.ip_packets())
        self.assertEqual([int(packet.time * 10**9) for packet in read],
                         [packet["timestamp_ns"] for packet in self.packets])

    def test_tcpreplay_of_frames(self):
        for command in ("add rp0 type veth peer name rp1", "set rp0 up", "set rp1 up"):
            subprocess.run(["ip", "link", *command.split()], check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "rp0"], check=True)
        frames = str(self.directory / "frames.pcap")
        run("-r", str(self.directory / "old.pcap"), "-w", frames, "-y", "ethernet")
        expected = [content for _, _, content in records(frames)[1]]
        every_protocol = 3
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(every_protocol)) as receiver:
            receiver.bind(("rp1", every_protocol))
            self.replay("ethernet", "rp0")
            self.assert_received(expected, receiver.fileno())

    def test_tcpreplay_of_ip_packets(self):
        set_interface, is_tun, no_information = 0x400454CA, 1, 0x1000
        try:
            tun = os.open("/dev/net/tun", os.O_RDWR)
            self.addCleanup(os.close, tun)
            fcntl.ioctl(tun, set_interface, struct.pack("16sH22x", b"rp2", is_tun | no_information))
        except OSError as why:
            self.cannot(f"no device without link-layer headers can be made: {why}")
        subprocess.run(["ip", "link", "set", "rp2", "up"], check=True)
        self.replay("raw", "rp2")
        self.assert_received(self.ip_packets(), tun)

    def replay(self, name, device):
        self.require("tcpreplay")
        self.run_program("unshare", "--mount", "sh", "-c", 'mount -t sysfs sysfs /sys && exec tcpreplay "$@"',
                         "sh", "-q", "-t", "-i", device, self.files[name])

    def assert_received(self, expected, fd):
        """Waits for the expected packets, in this order. Packets of the kernel itself may come between them."""
        for packet in expected:
            received = None
            while received != packet:
                self.assertTrue(select.select([fd], [], [], LONG)[0], packet)
                received = os.read(fd, 65536)


class Pcapng(Pcap):
    options = ("--pcapng",)
    test_netsniff_ng = None  # it reads only pcap


if __name__ == "__main__":
    unittest.main(verbosity=2)
