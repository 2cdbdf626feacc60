# SPDX-License-Identifier: GPL-2.0-or-later
"""NFLOG groups as interfaces of scapy: sniff(iface="nflog:5")."""

import re

from scapy.config import conf
from scapy.error import Scapy_Exception
from scapy.interfaces import InterfaceProvider, NetworkInterface

_PREFIX = "nflog:"


def groups_of(iface):
    """The groups of an interface of scapy, or of its name; None if it is a device. ValueError
    if it begins with "nflog:" and does not name groups."""
    name = str(iface)
    if not name.startswith(_PREFIX):
        return None
    if re.fullmatch(r"[0-9]+(,[0-9]+)*", name[len(_PREFIX) :]) is None:
        raise ValueError(
            f"{name!r} names no NFLOG group: use 'nflog:5', or 'nflog:5,6' for several groups"
        )
    return [int(group) for group in name[len(_PREFIX) :].split(",")]


def offer_interfaces(listener):
    """Makes every name that starts with "nflog:" an interface of scapy, captured by `listener`,
    or by its subclass that is installed as conf.L2listen."""

    class NFLOGProvider(InterfaceProvider):
        name = "NFLOG"

        def load(self):
            return {}  # there are too many groups to list

        def l2listen(self):  # called by scapy 2.5
            installed = conf.L2listen
            is_ours = isinstance(installed, type) and issubclass(installed, listener)
            return installed if is_ours else listener

        def _l2listen(self, dev):  # called by scapy 2.6 and later
            return self.l2listen()

        def l2socket(self, *_):
            raise Scapy_Exception("an NFLOG group only listens: packets cannot be sent to it")

        l3socket = _l2socket = _l3socket = l2socket

    provider = NFLOGProvider()
    known_to_scapy = conf.ifaces.dev_from_name

    def dev_from_name(name):
        if not isinstance(name, str) or not name.startswith(_PREFIX):
            return known_to_scapy(name)
        return NetworkInterface(
            provider, {"name": name, "description": name, "network_name": name, "index": -1}
        )

    # scapy finds a name only among the interfaces that providers have listed, and this provider
    # lists none.
    conf.ifaces.dev_from_name = dev_from_name
