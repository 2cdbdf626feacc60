# SPDX-License-Identifier: GPL-2.0-or-later
"""The listener of nflogcap.scapy with the names and keywords of scapy-nflog-capture:

    import scapy_nflog

    scapy_nflog.install_nflog_listener(queues=5)

nflog_kwargs are the keywords of its generator (described in nflog_ctypes), and any option of
nflogcap.open(). Lost packets never end a sniff, whatever handle_overflows is.
"""

from scapy.config import conf

import nflogcap.scapy
from nflog_ctypes import kernel_settings
from nflogcap.scapy.listener import with_defaults

__all__ = ["NFLOGListenSocket", "install_nflog_listener"]

_WITHOUT_EFFECT = ("pf", "recv_buff", "buff_size", "handle_overflows")
_IN_OTHER_UNITS = ("qthresh", "timeout", "nlbufsiz")


class NFLOGListenSocket(nflogcap.scapy.NFLOGListenSocket):
    """nflogcap.scapy.NFLOGListenSocket; nflog_kwargs may be the generator's."""

    def __init__(self, *args, nflog_kwargs=None, **kwargs):
        super().__init__(*args, nflog_kwargs=_options(nflog_kwargs or {}), **kwargs)


def install_nflog_listener(queues=None, **nflog_kwargs):
    """Makes sniff() capture NFLOG: sets conf.L2listen. Setting conf.use_pcap undoes it."""
    conf.L2listen = with_defaults(NFLOGListenSocket, queues, _options(nflog_kwargs))


def _options(nflog_kwargs):
    """Converts them to options of nflogcap.open()."""
    theirs = {name: value for name, value in nflog_kwargs.items() if name in _IN_OTHER_UNITS}
    known = (*_IN_OTHER_UNITS, *_WITHOUT_EFFECT)
    ours = {name: value for name, value in nflog_kwargs.items() if name not in known}
    return {**kernel_settings(**theirs), **ours}
