# SPDX-License-Identifier: GPL-2.0-or-later
"""NFLOG groups as interfaces of scapy's: sniff(iface="nflog:5")."""

import re

from scapy.config import conf
from scapy.error import Scapy_Exception
from scapy.interfaces import InterfaceProvider, NetworkInterface

_PREFIX = "nflog:"


def groups_of(iface):
    """The groups that an interface of scapy's, or a name of one, stands for; None where it is a
    device. ValueError where it names NFLOG and then no groups."""
    name = str(iface)
    if not name.startswith(_PREFIX):
        return None
    if re.fullmatch(r"[0-9]+(,[0-9]+)*", name[len(_PREFIX) :]) is None:
        raise ValueError(
            f"{name!r} names no NFLOG group: it is 'nflog:5', or 'nflog:5,6' for several"
        )
    return [int(group) for group in name[len(_PREFIX) :].split(",")]


def offer_interfaces(listener):
    """Lets scapy know every name that starts with "nflog:" as an interface, which `listener`
    captures, or the class derived from it that is installed as conf.L2listen."""

    class NFLOGProvider(InterfaceProvider):
        name = "NFLOG"

        def load(self):
            return {}  # there are too many groups to list

        def l2listen(self):  # what scapy 2.5 asks
            installed = conf.L2listen
            is_ours = isinstance(installed, type) and issubclass(installed, listener)
            return installed if is_ours else listener

        def _l2listen(self, dev):  # what scapy 2.6 and later ask
            return self.l2listen()

        def l2socket(self, *_):
            raise Scapy_Exception("an NFLOG group only listens: nothing can be sent to it")

        l3socket = _l2socket = _l3socket = l2socket

    provider = NFLOGProvider()
    known_to_scapy = conf.ifaces.dev_from_name

    def dev_from_name(name):
        if not isinstance(name, str) or not name.startswith(_PREFIX):
            return known_to_scapy(name)
        return NetworkInterface(
            provider, {"name": name, "description": name, "network_name": name, "index": -1}
        )

    # scapy looks for a name among the interfaces that providers listed.
    conf.ifaces.dev_from_name = dev_from_name
