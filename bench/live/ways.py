# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures several ways to see packets: their cost for the reader, and for the sender of the packets.

The sender's CPU time includes the kernel's work for its packets, which pass lo until they are dropped.
The cost of a way for the sender is the CPU time that it adds to the time without a reader.
"""

from typing import Callable, NamedTuple

import traffic
from catalogue import SHORT
from languages import environment
from measure import MARGIN
from process import ReaderFailed, ReaderProcess

PACKETS = 400000
BRIEF = 3000
SIZE = 64


class Way(NamedTuple):
    title: str
    add_rules: Callable
    command: Callable  # a function of the build directory


def _program(name, *arguments):
    return lambda build: [str(build / f"bench/live/read_{name}"), *arguments]


WAYS = {
    "nflog": Way(
        "NFLOG, nflogcap", lambda: traffic.log_all(1), _program("nflogcap", "batch", "0")
    ),
    "packet": Way("AF_PACKET (TPACKET_V3), libpcap", traffic.only_count, _program("pcap", "packet")),
    "ring": Way(
        "eBPF at ingress, ring buffer, libbpf",
        traffic.only_count,
        lambda build: [str(build / "bench/live/read_ring"), str(build / "bench/live/ring.bpf.o")],
    ),
    "queue": Way("NFQUEUE, libnetfilter_queue", traffic.queue, _program("queue")),
}


def measure(build, key, packets, cpus):
    """Returns the result of a run, as a dict. If the way is None, no reader runs."""
    if key is None:
        traffic.only_count()
        sent = _send(build, packets, cpus)
        return {**sent, "passed": traffic.passed()}
    way = WAYS[key]
    way.add_rules()
    try:
        with ReaderProcess(way.command(build), environment(build), cpus.reader, True) as process:
            before = process.cpu()
            sent = _send(build, packets, cpus)
            process.await_rest(SHORT + MARGIN)
            cpu = process.cpu() - before
            said = process.finish_ours()
            received = said["received"]
    finally:
        traffic.no_queue()
    passed = traffic.passed()
    if not 0 < received <= passed:
        raise ReaderFailed(f"it received {received} of {passed} packets")
    return {
        **sent,
        "passed": passed,
        "said": said,
        "cpu": cpu / received,
        "logged": passed,
        "missing": passed - received,
    }


def _send(build, packets, cpus):
    sender = traffic.start_sender(build, packets, SIZE, 0, cpus.sender)
    seconds, cpu = traffic.await_sender_and_its_cpu(sender)
    return {"sender": cpu / packets, "per_second": packets / seconds}
