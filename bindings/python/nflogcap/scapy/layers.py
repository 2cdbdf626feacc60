# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds scapy's layer for a logged packet, by where its payload starts in netfilter."""

import socket

from scapy.config import conf
from scapy.data import MTU
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.utils import EDecimal

import nflogcap

# Kept in a variable, because finding this table in conf costs more than finding a layer in the
# table.
_l3types = conf.l3types

_NFPROTO_ARP = 3
_NFPROTO_NETDEV = 5
_NFPROTO_BRIDGE = 7
_ETHERNET = (None, 1, 772)  # ARPHRD_ETHER, ARPHRD_LOOPBACK; None: the kernel does not say


def layer_and_bytes(packet):
    """The class of scapy, and the bytes to dissect as this class."""
    if packet.family == _NFPROTO_ARP:
        # The payload of outgoing ARP begins with the Ethernet header.
        return (Ether if packet.hook == 1 else ARP), packet.payload
    if packet.family in (_NFPROTO_BRIDGE, _NFPROTO_NETDEV):
        if packet.l2_header and packet.hw_type in _ETHERNET:
            return Ether, packet.frame()
    return _layer3(packet), packet.payload


def _layer3(packet):
    if not packet.payload:
        return conf.raw_layer
    layer = _l3types.get(packet.hw_protocol)
    if layer is not None:
        return layer
    return {4: IP, 6: IPv6}.get(packet.payload[0] >> 4, conf.raw_layer)


def scapy_packet(packet, size=MTU, keywords=None):
    """Returns scapy's packet for a captured packet, with the attribute `nflog`: its first
    `size` bytes, dissected with these keywords of the layer."""
    layer, data = layer_and_bytes(packet)
    dissected = _dissect(layer, data[:size], keywords or {})
    dissected.nflog = packet
    dissected.time = EDecimal(packet.timestamp_ns) / EDecimal(10**9)
    if packet.present & nflogcap.HAS_PAYLOAD:
        dissected.wirelen = packet.wire_length + len(data) - len(packet.payload)
    dissected.direction = socket.PACKET_OUTGOING if _leaves(packet) else socket.PACKET_HOST
    return dissected


def _dissect(layer, data, keywords):
    """layer(data), or a raw layer if scapy cannot dissect the bytes."""
    if not data:
        # Only metadata was captured. Another layer would show its default values as if they were
        # captured.
        return conf.raw_layer(data)
    try:
        return layer(data, **keywords)
    except KeyboardInterrupt:
        raise
    except Exception:
        if conf.debug_dissector:
            raise
        return conf.raw_layer(data)


def _leaves(packet):
    """Whether the packet was logged on its way out of this host."""
    if packet.family in (_NFPROTO_ARP, _NFPROTO_NETDEV):
        return packet.hook == 1
    return packet.hook >= 3
