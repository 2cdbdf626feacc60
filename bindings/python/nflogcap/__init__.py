# SPDX-License-Identifier: GPL-2.0-or-later
"""The packets that Linux netfilter logs to user space through NFLOG.

A firewall rule says "log group 5" (nft) or "-j NFLOG --nflog-group 5"
(iptables); this receives what such rules log, with all that the kernel tells of
each packet, and counts exactly what was lost:

    import nflogcap

    with nflogcap.open(5) as capture:
        for packet in capture:
            print(packet.timestamp, packet.prefix, packet.payload)

nflogcap.dump_open("x.pcap") writes packets into a file that Wireshark opens,
nflogcap.open(savefile="x.pcap") reads them again.

In asyncio: async for packet in capture. Many packets at once, as bytes or as a
numpy array: capture.read_batch(). nflogcap.scapy lets scapy's sniff() capture
the same way. What goes on is logged to the logger "nflogcap".

Capturing needs CAP_NET_ADMIN in the network namespace. Failures of the system
are OSError, and of its subclass for the errno where Python has one
(PermissionError, for example); values that cannot be are ValueError, values of
a wrong type TypeError.
"""

from nflogcap import _nflogcap
from nflogcap._nflogcap import (
    ADAPTIVE,
    BATCHED,
    HAS_CT,
    HAS_CT_INFO,
    HAS_GID,
    HAS_HW_ADDRESS,
    HAS_HW_HEADER,
    HAS_HW_TYPE,
    HAS_INDEV,
    HAS_L2_HEADER,
    HAS_MARK,
    HAS_OUTDEV,
    HAS_PAYLOAD,
    HAS_PHYSINDEV,
    HAS_PHYSOUTDEV,
    HAS_PREFIX,
    HAS_SEQ,
    HAS_SEQ_GLOBAL,
    HAS_TIMESTAMP,
    HAS_UID,
    HAS_VLAN,
    IMMEDIATE,
)
from nflogcap.batch import Batch
from nflogcap.capture import Capture, open
from nflogcap.dump import Dump, dump_open
from nflogcap.packet import Packet
from nflogcap.stats import Stats

__version__ = _nflogcap.nflogcap_version()

__all__ = [
    "open",
    "dump_open",
    "Capture",
    "Dump",
    "Batch",
    "Packet",
    "Stats",
    "BATCHED",
    "IMMEDIATE",
    "ADAPTIVE",
    "HAS_MARK",
    "HAS_TIMESTAMP",
    "HAS_INDEV",
    "HAS_OUTDEV",
    "HAS_PHYSINDEV",
    "HAS_PHYSOUTDEV",
    "HAS_HW_ADDRESS",
    "HAS_PAYLOAD",
    "HAS_PREFIX",
    "HAS_UID",
    "HAS_SEQ",
    "HAS_SEQ_GLOBAL",
    "HAS_GID",
    "HAS_HW_TYPE",
    "HAS_HW_HEADER",
    "HAS_CT",
    "HAS_CT_INFO",
    "HAS_VLAN",
    "HAS_L2_HEADER",
]
