# SPDX-License-Identifier: GPL-2.0-or-later
"""loop.py for|payloads reads packets with nflogcap in Python until SIGINT."""

import json
import sys

import nflogcap


def loop(capture):
    received = total = 0
    try:
        for packet in capture:
            total += len(packet.payload) + len(packet.prefix) + (packet.mark or 0)
            total += packet.timestamp_ns
            received += 1
    except KeyboardInterrupt:
        return received


def payloads(capture):
    """Reads only the payloads of batches."""
    received = total = 0
    try:
        while True:
            some = capture.read_batch().payloads()
            total += sum(map(len, some))
            received += len(some)
    except KeyboardInterrupt:
        return received


way = {"for": loop, "payloads": payloads}[sys.argv[1]]
with nflogcap.open(5) as capture:
    print("ready", flush=True)
    received = way(capture)
    stats = capture.stats
    lost = None if stats.unaccounted_batches else stats.lost
    print(json.dumps({"received": received, "lost": lost}))
