# SPDX-License-Identifier: GPL-2.0-or-later
"""A listener for scapy: sniff() captures what netfilter logs.

    from scapy.all import sniff
    from nflogcap.scapy import install_nflog_listener

    install_nflog_listener(queues=5)
    sniff(prn=lambda packet: print(packet.nflog.prefix, packet.summary()))

Packets are IP or IPv6, as they are in netfilter, and Ethernet in the bridge and
netdev families. Each has an attribute `nflog`, the nflogcap.Packet that it was
made of; scapy's own `time`, `wirelen` and `direction` (PACKET_HOST or
PACKET_OUTGOING of socket) are set from it.
"""

import socket

from scapy.config import conf
from scapy.data import ETH_P_ALL, MTU
from scapy.error import Scapy_Exception
from scapy.layers.inet import IP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.supersocket import SuperSocket
from scapy.utils import EDecimal

import nflogcap
from nflogcap.capture import OPTIONS
from nflogcap.options import unknown_keyword

__all__ = ["NFLOGListenSocket", "install_nflog_listener"]

_NFPROTO_ARP = 3
_NFPROTO_NETDEV = 5
_NFPROTO_BRIDGE = 7


class NFLOGListenSocket(SuperSocket):
    """A socket of scapy's that captures NFLOG groups; it cannot send.

    queues        the group, or an iterable of groups, in place of the class's own
    nflog_kwargs  a dict of options for nflogcap.open()

    A filter is refused (Scapy_Exception), given here or as conf.except_filter,
    unless nofilter is true. iface, type, promisc and monitor are what scapy gives
    to each listener: they have no meaning here, since the rule that logs decides
    what is captured. Errors are those of nflogcap.open().
    """

    desc = "read the packets that netfilter logs (NFLOG)"
    queues = range(4)
    closed = True  # until there is something to close

    def __init__(
        self,
        iface=None,
        type=ETH_P_ALL,
        promisc=None,
        filter=None,
        nofilter=0,
        queues=None,
        nflog_kwargs=None,
        **kwargs,
    ):
        for name in kwargs:
            if name != "monitor":
                known = ("iface", "promisc", "filter", "nofilter", "queues", "nflog_kwargs")
                raise unknown_keyword("NFLOGListenSocket()", name, known)
        if not nofilter:
            _refuse_filter(filter, "the filter")
            _refuse_filter(conf.except_filter, "conf.except_filter")
        self.iface = iface
        self.capture = nflogcap.open(
            self.queues if queues is None else queues, **(nflog_kwargs or {})
        )
        self.closed = False

    def __del__(self):
        self.close()

    @property
    def stats(self):
        """The counters of the capture (nflogcap.Stats): `lost` is exact."""
        return self.capture.stats

    def fileno(self):
        return self.capture.fileno()

    def recv_raw(self, x=MTU):
        """The next packet as (class, bytes, time), or three times None when there is
        none now. EOFError when the capture has ended."""
        packet = self._take()
        if packet is None:
            return None, None, None
        layer, data = _layer_and_bytes(packet)
        return layer, data[:x], packet.timestamp

    def recv(self, x=MTU, **kwargs):
        """The next packet, or None when there is none now. EOFError when the capture
        has ended."""
        packet = self._take()
        if packet is None:
            return None
        layer, data = _layer_and_bytes(packet)
        dissected = _dissect(layer, data[:x], kwargs)
        dissected.nflog = packet
        dissected.time = EDecimal(packet.timestamp_ns) / EDecimal(10**9)
        if packet.present & nflogcap.HAS_PAYLOAD:
            dissected.wirelen = packet.wire_length + len(data) - len(packet.payload)
        dissected.direction = socket.PACKET_OUTGOING if _leaves(packet) else socket.PACKET_HOST
        return dissected

    def send(self, x):
        raise Scapy_Exception("an NFLOG socket only listens: it cannot send")

    def close(self):
        if self.closed:
            return
        self.closed = True
        self.capture.close()

    def _take(self):
        if self.closed:
            raise EOFError("the socket is closed")
        return self.capture.next(0)


def install_nflog_listener(queues=None, **nflog_kwargs):
    """Makes sniff() capture NFLOG: sets conf.L2listen.

    queues is the group, or an iterable of groups, 0 to 3 unless given; the other
    keywords are options for nflogcap.open(). Setting conf.use_pcap undoes this.
    """
    for name in nflog_kwargs:
        if name not in OPTIONS:
            raise unknown_keyword("install_nflog_listener()", name, ("queues", *OPTIONS))
    installed_queues, installed_kwargs = queues, nflog_kwargs

    class InstalledNFLOGListenSocket(NFLOGListenSocket):
        if installed_queues is not None:
            queues = installed_queues

        def __init__(self, *args, nflog_kwargs=None, **kwargs):
            super().__init__(
                *args, nflog_kwargs={**installed_kwargs, **(nflog_kwargs or {})}, **kwargs
            )

    conf.L2listen = InstalledNFLOGListenSocket


def _refuse_filter(expression, name):
    if expression:
        raise Scapy_Exception(
            f"NFLOG packets cannot be filtered by an expression, and {name} is {expression!r}: "
            "let the rule that logs choose, or use lfilter"
        )


def _layer_and_bytes(packet):
    if packet.family == _NFPROTO_ARP:
        # Outgoing ARP is logged from its Ethernet header on.
        return (Ether if packet.hook == 1 else ARP), packet.payload
    if packet.family in (_NFPROTO_BRIDGE, _NFPROTO_NETDEV):
        # At egress of a netdev the payload itself starts with the Ethernet header.
        if packet.l2_header or (packet.family == _NFPROTO_NETDEV and packet.hook == 1):
            return Ether, packet.frame()
    return _layer3(packet), packet.payload


def _layer3(packet):
    if not packet.payload:
        return conf.raw_layer
    layer = conf.l3types.get(packet.hw_protocol)
    if layer is not None:
        return layer
    return {4: IP, 6: IPv6}.get(packet.payload[0] >> 4, conf.raw_layer)


def _dissect(layer, data, kwargs):
    if not data:
        # The metadata is all there is; other layers would show their defaults as if captured.
        return conf.raw_layer(data)
    try:
        return layer(data, **kwargs)
    except KeyboardInterrupt:
        raise
    except Exception:
        if conf.debug_dissector:
            raise
        return conf.raw_layer(data)


def _leaves(packet):
    if packet.family in (_NFPROTO_ARP, _NFPROTO_NETDEV):
        return packet.hook == 1
    return packet.hook >= 3
