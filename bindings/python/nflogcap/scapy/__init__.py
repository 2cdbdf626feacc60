# SPDX-License-Identifier: GPL-2.0-or-later
"""A listener for scapy: sniff() captures what netfilter logs.

    from scapy.all import sniff
    import nflogcap.scapy

    sniff(iface="nflog:5", prn=lambda packet: print(packet.nflog.prefix, packet.summary()))

When this module is imported, "nflog:5" is an interface of scapy; "nflog:5,6" are
several groups. install_nflog_listener() makes sniff() capture NFLOG if no iface is
given. NFLOGListenSocket is the socket for opened_socket= and L2socket=.

rdpcap(), PcapReader and sniff(offline=) read savefiles of LINKTYPE_NFLOG, which
nflogcap and other programs write. wrpcap("x.pcap", packets, linktype=101) writes the
packets as raw IP, without the metadata of NFLOG.

Packets are IP or IPv6, as they are in netfilter; ARP; or Ethernet in the bridge and
netdev families. Each packet, and each of its copies and pickles, has an attribute
`nflog`: the nflogcap.Packet from which it was made. scapy's own `time`, `wirelen` and
`direction` (PACKET_HOST or PACKET_OUTGOING of socket) are set from it. A packet that a
session of scapy assembled from several packets has no `nflog`.

When this module is imported, join() and stop() of an AsyncSniffer raise the error that
ended its thread, in each version of scapy, and the sniffer can start again.
"""

from scapy.layers import inet
from scapy.packet import Packet
from scapy.sendrecv import AsyncSniffer
from scapy.utils import PcapNgReader, PcapReader

from nflogcap.scapy.copies import keep_nflog_in_copies, leave_nflog_to_fragments
from nflogcap.scapy.interface import offer_interfaces
from nflogcap.scapy.listener import NFLOGListenSocket, install_nflog_listener
from nflogcap.scapy.savefiles import read_nflog_with
from nflogcap.scapy.sniffer_errors import raise_errors_in_join

__all__ = ["NFLOGListenSocket", "install_nflog_listener"]

offer_interfaces(NFLOGListenSocket)
read_nflog_with(PcapReader, PcapNgReader)
keep_nflog_in_copies(Packet)
leave_nflog_to_fragments(inet)
raise_errors_in_join(AsyncSniffer)
