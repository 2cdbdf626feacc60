# SPDX-License-Identifier: GPL-2.0-or-later
"""The listening socket."""

from scapy.config import conf
from scapy.data import ETH_P_ALL, MTU
from scapy.error import Scapy_Exception, warning
from scapy.supersocket import SuperSocket

import nflogcap
from nflogcap.options import OPTIONS, unknown_keyword
from nflogcap.scapy.interface import groups_of
from nflogcap.scapy.layers import layer_and_bytes, scapy_packet


class NFLOGListenSocket(SuperSocket):
    """A socket of scapy that captures NFLOG groups; it cannot send.

    iface         "nflog:5" or "nflog:5,6": the groups to capture; anything else that scapy
                  passes is a device, and has no effect
    queues        the group, or an iterable of groups, instead of the class's default
    nflog_kwargs  a dict of options for nflogcap.open(); with a tap and no groups the
                  capture takes a free group, with a savefile and no groups it reads all
                  groups of the file
    filter        an expression of pcap-filter(7), instead of the filter in nflog_kwargs;
                  packets that conf.except_filter matches are left out too
    nofilter      true: no filter is used, whatever the other arguments are

    A filter that does not compile raises Scapy_Exception. `capture` is the nflogcap.Capture;
    its set_filter() changes the filter. scapy passes type, promisc and monitor to each
    listener: they have no effect, because the rule that logs decides what is captured. Errors
    are those of nflogcap.open(), and ValueError if iface names no group, or if both iface and
    queues name groups.

    Lost packets never end a sniff(): `stats` counts them, and scapy warns once.
    """

    desc = "read the packets that netfilter logs (NFLOG)"
    queues = range(4)
    closed = True  # until a capture is open

    def __init__(
        self,
        iface=None,
        type=ETH_P_ALL,
        promisc=None,
        filter=None,
        nofilter=0,
        queues=None,
        nflog_kwargs=None,
        monitor=None,
    ):
        groups = groups_of(iface)
        if groups is not None and queues is not None:
            raise ValueError(f"iface is {str(iface)!r} and queues is {queues!r}: name groups once")
        self.iface = iface
        self._warned = False
        if groups is None:
            groups = self.queues if queues is None else queues
        options = dict(nflog_kwargs or {})
        option = options.pop("filter", None)
        expression = _without_excepted(filter or option)
        has_groups_of_its_own = any(options.get(name) is not None for name in ("tap", "savefile"))
        if has_groups_of_its_own and groups is NFLOGListenSocket.queues:
            groups = ()
        self.capture = nflogcap.open(groups, **options)
        self.closed = False
        if not nofilter:
            self._set_filter(expression)

    def __del__(self):
        self.close()

    @property
    def stats(self):
        """The counters of the capture (nflogcap.Stats): `lost` is exact."""
        return self.capture.stats

    def fileno(self):
        return self.capture.fileno()

    def recv_raw(self, x=MTU):
        """Returns the next packet as (class, bytes, time), or (None, None, None) if no packet
        is there now. Raises EOFError if the capture has ended."""
        packet = self._take()
        if packet is None:
            return None, None, None
        layer, data = layer_and_bytes(packet)
        return layer, data[:x], packet.timestamp

    def recv(self, x=MTU, **kwargs):
        """Returns the next packet, or None if no packet is there now; keywords are for its
        layer. Raises EOFError if the capture has ended."""
        packet = self._take()
        return None if packet is None else scapy_packet(packet, x, kwargs)

    def send(self, x):
        raise Scapy_Exception("an NFLOG socket only listens: it cannot send")

    def close(self):
        if self.closed:
            return
        self.closed = True
        try:
            stats = self.capture.stats
        except (ValueError, OSError):  # closed, or owned by the parent process
            pass
        else:
            if stats.lost or stats.unaccounted_batches:
                self._warn_of_loss(stats)
        self.capture.close()

    def _set_filter(self, expression):
        """Called before the first packet is taken, so that the filter applies to all packets."""
        try:
            self.capture.set_filter(expression)
        except (TypeError, ValueError) as wrong:
            self.close()
            raise Scapy_Exception(str(wrong)) from None

    def _take(self):
        if self.closed:
            raise EOFError("the socket is closed")
        packet = self.capture.next(0)
        if packet is not None and packet.lost_before and not self._warned:
            self._warn_of_loss(self.capture.stats)
        return packet

    def _warn_of_loss(self, stats):
        if self._warned:
            return
        self._warned = True
        warning(
            "%r lost %d packets so far (%d batches may contain more), because they arrived faster "
            "than they were read: its `stats` continues to count. Let the rules log less, do less for "
            "each packet, or set nflog_kwargs={'socket_buffer': ...} above %d bytes",
            self.capture,
            stats.lost,
            stats.unaccounted_batches,
            stats.socket_buffer,
        )


def install_nflog_listener(queues=None, **nflog_kwargs):
    """Makes sniff() capture NFLOG: sets conf.L2listen.

    queues is the group, or an iterable of groups; by default 0 to 3. The other
    keywords are options for nflogcap.open().

    When a program sets conf.use_pcap afterwards, scapy sets conf.L2listen again:
    install the listener again. sniff(iface="nflog:5") needs no installed listener.
    """
    conf.L2listen = with_defaults(NFLOGListenSocket, queues, nflog_kwargs)


def with_defaults(listener, default_queues, default_kwargs):
    """A subclass of `listener` for install_nflog_listener(), with its keywords as defaults."""
    for name in default_kwargs:
        if name not in OPTIONS:
            raise unknown_keyword("install_nflog_listener()", name)

    class InstalledNFLOGListenSocket(listener):
        if default_queues is not None:
            queues = default_queues

        def __init__(self, *args, nflog_kwargs=None, **kwargs):
            super().__init__(
                *args, nflog_kwargs={**default_kwargs, **(nflog_kwargs or {})}, **kwargs
            )

    return InstalledNFLOGListenSocket


def _without_excepted(expression):
    """The filter that also leaves out packets that conf.except_filter matches."""
    if not conf.except_filter:
        return expression
    excepted = f"not ({conf.except_filter})"
    return f"({expression}) and {excepted}" if expression else excepted
