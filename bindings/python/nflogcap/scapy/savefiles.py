# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles of NFLOG in scapy's readers: rdpcap(), PcapReader and sniff(offline=)."""

from scapy.config import conf
from scapy.data import MTU
from scapy.packet import Raw

import nflogcap
from nflogcap.scapy.layers import scapy_packet

_LINKTYPE_NFLOG = 239


class NFLOGRecord(Raw):
    """A record of LINKTYPE_NFLOG; its time is not yet known."""

    name = "NFLOG record"


def read_nflog_with(*reader_classes):
    """Makes these readers of scapy return packets for NFLOG records."""
    conf.l2types.register(_LINKTYPE_NFLOG, NFLOGRecord)
    for reader_class in reader_classes:
        reader_class.read_packet = _reading_nflog(reader_class.read_packet)


def _reading_nflog(read_packet):
    def read_packet_or_nflog(self, size=MTU, **keywords):
        record = read_packet(self, size, **keywords)
        if not isinstance(record, NFLOGRecord):
            return record
        try:
            packet = nflogcap.parse_packet(record.load, int(record.time * 10**9))
        except ValueError:
            if conf.debug_dissector:
                raise
            return record
        dissected = scapy_packet(packet)
        dissected.comment = record.comment
        return dissected

    return read_packet_or_nflog
