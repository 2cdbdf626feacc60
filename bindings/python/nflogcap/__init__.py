# SPDX-License-Identifier: GPL-2.0-or-later
"""The packets that Linux netfilter logs to user space through NFLOG.

A firewall rule says "log group 5" (nft) or "-j NFLOG --nflog-group 5"
(iptables). This module receives the packets that such rules log, with all the
metadata that the kernel sends, and counts exactly what was lost:

    import nflogcap

    with nflogcap.open(5) as capture:
        for packet in capture:
            print(packet.timestamp, packet.prefix, packet.source, packet.destination)

nflogcap.dump_open("x.pcap") writes packets to a file that Wireshark opens;
nflogcap.open(savefile="x.pcap") reads them again.

In asyncio, use "async for packet in capture". capture.read_batch() returns many
packets at once, as bytes or as a numpy array. nflogcap.scapy lets scapy's sniff()
capture in the same way. The logger "nflogcap" logs openings, closings and losses.

Capturing requires CAP_NET_ADMIN in the network namespace. Failures of the system
raise OSError, or its subclass for the errno, such as PermissionError. Invalid
values raise ValueError, values of a wrong type TypeError.
"""

from nflogcap import _nflogcap

_nflogcap.require_main_interpreter()  # raises ImportError; the other modules may already be imported

from nflogcap.batch import Batch
from nflogcap.capture import Capture
from nflogcap.conntrack import Conntrack, ConntrackTuple
from nflogcap.dump import Dump, dump_open
from nflogcap.enums import Delivery, Family, Has, Hook
from nflogcap.opening import adopt, open
from nflogcap.packet import Packet, parse_packet
from nflogcap.stats import Stats

__version__ = _nflogcap.nflogcap_version()

# HAS_* (the bits of a packet's `present`), the choices of options, FAMILY_*, HOOK_* and LINKTYPE_*.
globals().update((name, getattr(_nflogcap, name)) for name in _nflogcap.constants)

__all__ = ["open", "adopt", "dump_open", "parse_packet", "Capture", "Dump", "Batch", "Packet"]
__all__ += ["Stats", "Conntrack", "ConntrackTuple", "Delivery", "Family", "Has", "Hook", *_nflogcap.constants]
