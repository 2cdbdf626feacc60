# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends numbered UDP packets to a port of the loopback interface: traffic.py PORT COUNT RATE FIRST.

RATE is in packets per second. FIRST is the number of the first packet. The payload of a packet has 64 bytes, and begins
with its number in 8 bytes. The program prints how many packets it sent.
"""

import socket
import struct
import sys
import time

port, count, rate, first = map(int, sys.argv[1:])
BURST = max(1, rate // 100)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.connect(("127.0.0.1", port))
    begin = time.monotonic()
    for number in range(count):
        sender.send(struct.pack("<Q56x", first + number))
        if number % BURST == BURST - 1:
            time.sleep(max(0.0, begin + (number + 1) / rate - time.monotonic()))
print(count)
