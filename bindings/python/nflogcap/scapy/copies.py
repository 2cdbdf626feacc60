# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies and pickles of scapy's packets keep their attribute `nflog`."""


def keep_nflog_in_copies(packet_class):
    """Makes copy(), copy.copy(), copy.deepcopy() and pickle of scapy's packets keep `nflog`."""
    copy, reduce = packet_class.copy, packet_class.__reduce__

    def copy_with_nflog(self):
        copied = copy(self)
        nflog = _nflog_of(self)
        if nflog is not None:
            copied.nflog = nflog
        return copied

    def reduce_with_nflog(self):
        nflog = _nflog_of(self)
        return reduce(self) if nflog is None else (_rebuilt, (reduce(self), nflog))

    packet_class.copy = copy_with_nflog
    packet_class.__reduce__ = reduce_with_nflog


def leave_nflog_to_fragments(inet):
    """Removes `nflog` from packets that scapy assembles from fragments: since scapy 2.6 such a
    packet is a copy of the first fragment."""
    defragment = getattr(inet, "_defrag_ip_pkt", None)
    if defragment is None:
        return

    def defragment_without_nflog(packet, fragments):
        is_fragment, whole = defragment(packet, fragments)
        if is_fragment and whole is not None:
            vars(whole).pop("nflog", None)
        return is_fragment, whole

    inet._defrag_ip_pkt = defragment_without_nflog


def _nflog_of(packet):
    return getattr(packet, "__dict__", {}).get("nflog")


def _rebuilt(reduced, nflog):
    """Restores a pickled packet from scapy's own state and its nflogcap.Packet."""
    layer, arguments, state = reduced
    packet = layer(*arguments)
    packet.__setstate__(state)
    packet.nflog = nflog
    return packet
