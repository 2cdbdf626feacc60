# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the tests *.test.js in node, without a browser.

nflogcap-ship sends packets of several families, and the page's code must decode them as the command does. Environment
variables, besides those of broker.py and two_hosts.py: NODE is the path of node, SOURCES the page's directory.
"""

import base64
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest

import messages
from broker import Broker
from nats_client import Client
from two_hosts import COMMAND, PROGRAMS, await_condition

HERE = pathlib.Path(__file__).parent
SOURCES = pathlib.Path(os.environ["SOURCES"])
HOST = "web-1.exämple"
RULES = r"""
table inet t { chain out { type filter hook output priority 0;
    udp dport 4242 meta mark set 0x2a log prefix "udp: <b>é " group 5
    tcp dport 4243 log prefix "tcp" group 5
    icmp type echo-request log group 5
    icmpv6 type echo-request log group 5; }; }
table arp t { chain out { type filter hook output priority 0; log prefix "arp" group 5; }; }
table netdev t { chain out { type filter hook egress device v0 priority 0;
    log prefix "egress" group 5; }; }
"""
LINKS = """
link add v0 address 02:00:00:00:00:01 type veth peer name v1
link set v0 up
link set v1 up
address add 192.0.2.1/24 dev v0
address add 2001:db8::1/64 dev v0 nodad
neighbour add 2001:db8::2 lladdr 02:00:00:00:00:02 dev v0
neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0
"""


def send_all():
    """Sends packets so that each rule logs at least one, and also sends fragments."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "192.0.2.2"),
                            (socket.AF_INET6, "2001:db8::2"), (socket.AF_INET, "192.0.2.9")):
        with socket.socket(family, socket.SOCK_DGRAM) as one:
            for size in (0, 1, 4000):
                one.sendto(b"x" * size, (address, 4242))
        with socket.socket(family, socket.SOCK_STREAM) as one:
            one.setblocking(False)
            one.connect_ex((address, 4243))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as one:  # a frame with two VLAN tags
        one.bind(("v0", 0))
        addresses = bytes.fromhex("020000000002 020000000001")
        one.send(addresses + bytes.fromhex("88a80007 81000008 0800") + messages.udp(b"tagged"))
    for family, protocol, echo, address in ((socket.AF_INET, socket.IPPROTO_ICMP, 8, "127.0.0.1"),
                                            (socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, "::1")):
        with socket.socket(family, socket.SOCK_RAW, protocol) as one:
            one.sendto(bytes((echo, 0, 0, 0, 0, 1, 0, 1)), (address, 0))


class Parts(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def node(self, *words, **environment):
        done = subprocess.run([os.environ["NODE"], *map(str, words)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, cwd=SOURCES,
                              env={**os.environ, "SOURCES": str(SOURCES), **environment})
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_each_module_is_valid(self):
        modules = sorted(SOURCES.glob("*.js"))
        self.assertIn("page.js", [module.name for module in modules])
        for module in modules:
            self.node("--check", module)

    def test_the_tests_in_javascript_pass(self):
        said = self.node("--test", "--test-reporter=tap", *sorted(HERE.glob("*.test.js")), MESSAGES=str(self.messages()))
        self.assertIn("# fail 0", said)

    def messages(self):
        """Captures packets and ships them. Returns a file of the messages, with the command's JSON of each packet."""
        for words in LINKS.strip().splitlines():
            subprocess.run(["ip", *words.split()], check=True)
        subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)
        spool = self.directory / "spool"
        capture = subprocess.Popen([COMMAND, "-g", "5", "--spool", spool], stderr=subprocess.DEVNULL)
        table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log")
        await_condition(lambda: any(line.split()[0] == "5" for line in table.read_text().splitlines()), "the group")
        send_all()
        await_condition(lambda: self.spooled(spool) > 0, "the packets")
        capture.terminate()
        self.assertEqual(capture.wait(), 0)
        broker = Broker(self, self.directory)
        client = Client()
        self.addCleanup(client.close)
        client.create_stream()
        subprocess.run([PROGRAMS / "nflogcap-ship", "--spool", spool, *broker.servers(), "--host", HOST,
                        "--until-acknowledged"], check=True, stderr=subprocess.DEVNULL)
        path = self.directory / "messages.json"
        path.write_text(json.dumps([self.described(message) for message in client.messages()]))
        return path

    def spooled(self, spool):
        done = subprocess.run([COMMAND, "spool", spool, "--json"], check=True, stdout=subprocess.PIPE, text=True)
        return sum(group["unsent_packets"] for group in json.loads(done.stdout)["groups"])

    def described(self, message):
        lines = ""
        if message.data:
            savefile = self.directory / "one.pcap"
            savefile.write_bytes(message.data)
            lines = subprocess.run([COMMAND, "-r", savefile, "--json", "--no-payload"], check=True, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        return {"subject": message.subject, "headers": message.headers, "host": HOST,
                "data": base64.b64encode(message.data).decode(),
                # A time in nanoseconds has too many digits for a number of JavaScript.
                "packets": [{**packet, "timestamp_ns": str(packet["timestamp_ns"])}
                            for packet in map(json.loads, lines.splitlines())]}


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "--verbose"])
