# SPDX-License-Identifier: GPL-2.0-or-later
"""generator.py reads packets with the generator of the module nflog_ctypes until SIGINT."""

import json
import os
import sys

try:
    from nflog_ctypes import nflog_generator
except ImportError as missing:
    sys.stderr.write(f"{missing}\n")
    sys.exit(1 if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1" else 77)


def loop(packets):
    received = total = 0
    try:
        for payload, length, _ in packets:
            total += len(payload) + length
            received += 1
    except KeyboardInterrupt:
        return received


packets = nflog_generator(5, extra_attrs=["len", "ts"])
next(packets)  # the descriptor
print("ready", flush=True)
print(json.dumps({"received": loop(packets), "lost": None}))
