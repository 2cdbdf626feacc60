# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures a packet with the installed modules. Run it in a network namespace that exists only for this test."""

import socket
import subprocess
import sys

import nflog_cffi
import nflog_ctypes
import nflogcap
import scapy_nflog

RULES = """table ip t { chain c { type filter hook prerouting priority 0
    udp dport 4900 log prefix "package" group 5 drop; }; }"""


def send():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", 4900))


subprocess.run(["nft", RULES], check=True)
with nflogcap.open(5) as capture:
    send()
    packet = capture.next(20)
assert (packet.prefix, packet.payload[-5:]) == ("package", b"hello"), packet
packets = nflog_ctypes.nflog_generator(5)
next(packets)
send()
assert next(packets)[-5:] == b"hello"
with open("/proc/self/maps", encoding="ascii") as maps:  # nflogcap and nflog_ctypes use the same library
    assert len({line.split()[-1] for line in maps if "libnflogcap" in line}) == 1
for module in (nflogcap, nflog_ctypes, nflog_cffi, scapy_nflog):
    assert module.__file__.startswith(sys.prefix), module.__file__
print(packet)
