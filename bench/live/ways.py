# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways to see packets: what each costs who reads them, and whose packets they are.

The sender's CPU has the kernel's path of its packets in it, as they go over lo up to where they are
dropped: what a way adds to that of packets that nobody looks at is what it costs in the path.
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
    lay: Callable  # the rules
    command: Callable  # of the build directory


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
    """What a run was, as a dict; None for the way is that nobody looks."""
    if key is None:
        traffic.only_count()
        sent = _send(build, packets, cpus)
        return {**sent, "passed": traffic.passed()}
    way = WAYS[key]
    way.lay()
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
        raise ReaderFailed(f"of {passed} packets it received {received}")
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
    return {"sender": cpu / packets, "a_second": packets / seconds}
