# SPDX-License-Identifier: GPL-2.0-or-later
"""One run of a reader with traffic.

The CPU time of the reader's process is measured from the time when it is ready until it has read
everything. It has read everything when it has slept for longer than the kernel gathers packets. Then
it is ended, so that readers need not recognize the last packet. The loss is computed from the number
of packets that reached the rules. If a reader counts losses itself, both numbers must be equal.
"""

import traffic
from catalogue import directory_for_files
from languages import environment
from process import ReaderFailed, ReaderProcess

MARGIN = 0.15  # seconds of sleep that are required in addition to the kernel's gathering time


def measure(build, reader, load, cpus):
    """Returns the result of one run, as a dict."""
    traffic.log_all(load.rules)
    with directory_for_files() as directory:
        command = reader.command(build, directory) + (["ages"] if load.ages else [])
        ours = reader.count is None
        with ReaderProcess(command, environment(build), cpus.reader, ours) as process:
            before, switches = process.cpu(), process.switches()
            sender = traffic.start_sender(build, load.packets, load.size, load.rate, cpus.sender)
            seconds, sender_cpu = traffic.await_sender_and_its_cpu(sender)
            process.await_rest(reader.gathers + MARGIN)
            cpu, switches = process.cpu() - before, process.switches() - switches
            if ours:
                said = process.finish_ours()
            else:
                _, words = process.finish()
                counted = reader.count(words, directory)
                said = counted if isinstance(counted, dict) else {"received": counted}
    logged = traffic.passed() * (1 if reader.once else load.rules)
    require_count(reader, said, logged)
    return {
        **said,
        "logged": logged,
        "missing": logged - said["received"],
        "per_second": logged / seconds,
        "cpu": cpu / said["received"],
        "switches": switches / seconds,
        "sender": sender_cpu / load.packets,
    }


def require_count(reader, said, logged):
    received, lost = said["received"], said.get("lost")
    if received == 0:
        raise ReaderFailed(f"it received none of {logged} packets")
    if received > logged:
        raise ReaderFailed(f"it received {received} of {logged} packets")
    if reader.exact and lost is not None and received + lost != logged:
        raise ReaderFailed(f"it received {received} of {logged} packets and reports {lost} as lost")
