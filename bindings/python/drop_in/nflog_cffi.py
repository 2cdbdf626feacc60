# SPDX-License-Identifier: GPL-2.0-or-later
"""The generator of nflog_ctypes, with the names of nflog_cffi of scapy-nflog-capture:

    from nflog_cffi import NFLOG

    packets = NFLOG().generator(5, extra_attrs=["len", "ts"])
    fd = next(packets)
"""

import socket

from nflog_ctypes import NFLogError, NFWouldBlock, nflog_generator

__all__ = ["NFLOG", "NFLogError", "NFWouldBlock"]


class NFLOG:
    """Represents the library; each generator has a capture of its own."""

    def generator(
        self,
        qids,
        pf=(socket.AF_INET, socket.AF_INET6),
        qthresh=None,
        timeout=None,
        nlbufsiz=None,
        buff_size=None,
        extra_attrs=None,
        handle_overflows=True,
    ):
        """nflog_ctypes.nflog_generator(); its recv_buff is called buff_size here."""
        return nflog_generator(
            qids, pf, qthresh, timeout, nlbufsiz, buff_size, extra_attrs, handle_overflows
        )
