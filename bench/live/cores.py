# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures whether several captures in one process, each with its own thread and group, slow each other down.

There are as many senders as readers, each on its own CPU; the packets of each sender go to a
separate group.
"""

import traffic
from catalogue import SHORT
from languages import environment
from measure import MARGIN
from process import ReaderFailed, ReaderProcess

RATE = 100000  # packets per second and sender; two CPUs can run two senders and two readers at this rate
PACKETS = 200000  # packets per sender
BRIEF = 3000
SIZE = 64


def counts(cpus):
    """Returns the numbers of readers to measure: 1, 2, 4, ... up to one reader per CPU."""
    return [1 << power for power in range(len(cpus).bit_length())]


def measure(build, readers, packets, cpus):
    """Returns the result of a run with this number of readers, as a dict. `cpus`: all CPUs."""
    sending = cpus[:readers]
    # Each reader's CPU is as far from its sender's CPU as possible.
    reading = [cpus[(number + len(cpus) // 2) % len(cpus)] for number in range(readers)]
    traffic.log_by_cpu(sending)
    command = [str(build / "bench/live/read_cores"), *map(str, reading)]
    with ReaderProcess(command, environment(build), None, True) as process:
        senders = [traffic.start_sender(build, packets, SIZE, RATE, cpu) for cpu in sending]
        seconds = max([traffic.await_sender(sender) for sender in senders])
        process.await_rest(SHORT + MARGIN)
        said = process.finish_ours()["readers"]
    received = sum(reader["received"] for reader in said)
    lost = sum(reader["lost"] for reader in said)
    logged = traffic.passed()
    if received == 0 or received + lost > logged:
        raise ReaderFailed(f"of {logged} packets they received {received} and reported {lost} as lost")
    return {
        "cpu": sum(reader["cpu"] for reader in said) / received,
        "each": [reader["cpu"] / max(reader["received"], 1) for reader in said],
        "missing": logged - received,
        "logged": logged,
        "per_second": logged / seconds,
    }
