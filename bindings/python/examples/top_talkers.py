#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who sends most of what a rule logs: top_talkers.py GROUP [SECONDS]

Counts packets and bytes by source address for SECONDS (10), or until Ctrl-C, and prints the ten
that sent most bytes, and how many packets were lost.
"""

import collections
import sys
import time

import nflogcap

HEADERS = 40  # bytes: as much as an IPv6 header


def count(capture, seconds, packets, sent):
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        packet = capture.next(left)
        if packet is None:
            break
        packets[packet.source] += 1
        sent[packet.source] += packet.wire_length


def main(group, seconds=10.0):
    packets, sent = collections.Counter(), collections.Counter()
    with nflogcap.open(group, snaplen=HEADERS) as capture:
        try:
            count(capture, seconds, packets, sent)
        except KeyboardInterrupt:
            pass
        lost = capture.stats.lost
    print(f"{'source':40} {'packets':>10} {'bytes':>12}")
    for address, length in sent.most_common(10):
        print(f"{address or 'not IP':40} {packets[address]:10} {length:12}")
    print(f"{sum(packets.values())} packets, {lost} lost")


if __name__ == "__main__":
    try:
        group, seconds = int(sys.argv[1]), float((sys.argv + ["10"])[2])
    except (IndexError, ValueError):
        sys.exit(__doc__)
    try:
        main(group, seconds)
    except (OSError, ValueError) as error:
        sys.exit(f"top_talkers.py: {error}")
