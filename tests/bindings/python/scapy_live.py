# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers for the tests of the scapy listener."""

import os
import sys

import live

try:
    import scapy.all as scapy
except ImportError as missing:
    print(f"scapy cannot be tested: {missing}", file=sys.stderr)
    sys.exit(1 if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1" else 77)

from nflogcap.scapy import NFLOGListenSocket


class ScapyTest(live.LiveTest):
    def setUp(self):
        for name in ("L2listen", "except_filter"):
            self.addCleanup(setattr, scapy.conf, name, getattr(scapy.conf, name))

    def sniff(self, **arguments):
        return scapy.sniff(timeout=live.LONG, **arguments)

    def sending(self, port, *payloads, **how):
        """Returns a function that sends the payloads. sniff() calls it when the sniff has started."""
        return lambda: live.send(port, *payloads, **how)

    def with_socket(self, *arguments, **keywords):
        listener = NFLOGListenSocket(*arguments, **keywords)
        self.addCleanup(listener.close)
        return listener
