# SPDX-License-Identifier: GPL-2.0-or-later
"""listener.py nflog|packet reads packets with recv_raw() of a listening socket of scapy until SIGINT.

nflog: the socket of nflogcap.scapy, on group 5. packet: scapy's own socket (AF_PACKET), on lo, with a
filter for the port 7005.
"""

import json
import os
import select
import sys

# from <linux/if_packet.h>, because the module socket lacks these constants
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23

try:
    from scapy.config import conf
    from scapy.arch.linux import L2ListenSocket
except ImportError as missing:
    sys.stderr.write(f"{missing}\n")
    sys.exit(1 if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1" else 77)


def open_nflog():
    from nflogcap.scapy import NFLOGListenSocket

    return NFLOGListenSocket(queues=5)


def open_packet():
    listener = L2ListenSocket(iface="lo", promisc=False, filter="udp dst port 7005")
    # On lo each packet passes twice: when it is sent, and when it is received. The filter cannot exclude sent packets:
    # scapy compiles it without a capture, and then libpcap 1.11 refuses the word "inbound".
    listener.ins.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    return listener


def loop(listener):
    received = total = 0
    try:
        while True:
            _, data, _ = listener.recv_raw()
            if data is None:
                select.select([listener], [], [])
                continue
            total += len(data)
            received += 1
    except KeyboardInterrupt:
        return received


conf.use_pcap = False
kind = sys.argv[1]
listener = {"nflog": open_nflog, "packet": open_packet}[kind]()
print("ready", flush=True)
said = {"received": loop(listener), "lost": None}
if kind == "nflog" and not listener.stats.unaccounted_batches:
    said["lost"] = listener.stats.lost
listener.close()
print(json.dumps(said))
