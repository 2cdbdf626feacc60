#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows which addresses send most of the traffic that a rule logs: top_talkers.py GROUP [SECONDS]

Counts packets and bytes by source address for SECONDS (10), or until Ctrl-C, and prints the ten
that sent most bytes, and how many packets were lost.
"""

import collections
import sys
import time

import nflogcap

# Bytes of each packet that are captured: an IPv6 header, and the option with the length of a packet
# above 64 KiB.
HEADERS = 48


def received(capture, seconds):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and (packet := capture.next(left)):
        yield packet


def main(group, seconds=10.0):
    packets, sent, unknown = collections.Counter(), collections.Counter(), 0
    with nflogcap.open(group, snaplen=HEADERS) as capture:
        try:
            for packet in received(capture, seconds):
                packets[packet.source] += 1
                sent[packet.source] += packet.wire_length
                unknown += packet.present & nflogcap.HAS_WIRE_LENGTH == 0
        except KeyboardInterrupt:
            pass
        lost = capture.stats.lost
    print(f"{'source':40} {'packets':>10} {'bytes':>12}")
    for address, length in sent.most_common(10):
        print(f"{address or 'not IP':40} {packets[address]:10} {length:12}")
    print(f"{sum(packets.values())} packets, {lost} lost")
    if unknown:
        print(f"{unknown} of them do not say their length: the bytes are a minimum")


if __name__ == "__main__":
    try:
        group, seconds = int(sys.argv[1]), float((sys.argv + ["10"])[2])
    except (IndexError, ValueError):
        sys.exit(__doc__)
    try:
        main(group, seconds)
    except (OSError, ValueError) as error:
        sys.exit(f"top_talkers.py: {error}")
