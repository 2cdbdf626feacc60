# SPDX-License-Identifier: GPL-2.0-or-later
"""loop.py for|async|batch|payloads|numpy COUNT: the loop of loop.c in Python, in one of five ways."""

import asyncio
import sys
import time

import nflogcap


def add(packets, count):
    total = 0
    for packet in packets:
        payload = packet.payload
        prefix = packet.prefix
        total += len(payload) + payload[0] + len(prefix) + (packet.mark or 0)
        total += packet.timestamp_ns % 1000003
        count -= 1
        if count == 0:
            break
    return total


def loop(capture, count):
    return add(capture, count)


def asynchronous(capture, count):
    """Runs the plain loop in asyncio's event loop."""

    async def add():
        left = count
        total = 0
        async for packet in capture:
            payload = packet.payload
            prefix = packet.prefix
            total += len(payload) + payload[0] + len(prefix) + (packet.mark or 0)
            total += packet.timestamp_ns % 1000003
            left -= 1
            if left == 0:
                break
        return total

    return asyncio.run(add())


def batch(capture, count):
    total = 0
    while count > 0:
        packets = capture.read_batch()
        total += add(packets, len(packets))
        count -= len(packets)
    return total


def payloads(capture, count):
    """Reads only the payloads of batches."""
    total = 0
    while count > 0:
        some = capture.read_batch().payloads()
        total += sum(map(len, some))
        count -= len(some)
    return total


def numpy(capture, count):
    """Reads the fields of fixed size of batches, as numpy columns."""
    total = 0
    while count > 0:
        packets = capture.read_batch().to_numpy()
        total += int(packets["payload_length"].sum() + packets["mark"].sum())
        total += int((packets["timestamp_ns"] % 1000003).sum())
        count -= len(packets)
    return total


ways = {"for": loop, "async": asynchronous, "batch": batch, "payloads": payloads, "numpy": numpy}
way, count = ways[sys.argv[1]], int(sys.argv[2])
if way is numpy:
    __import__("numpy")  # loaded before the measurement
with nflogcap.open(5) as capture:
    print("ready", flush=True)
    before = time.process_time_ns()
    total = way(capture, count)
    after = time.process_time_ns()
    print(after - before, capture.stats.received, capture.stats.lost, total)
