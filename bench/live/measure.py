# SPDX-License-Identifier: GPL-2.0-or-later
"""One reader beside the traffic, once.

Its CPU is that of its process from when it was ready until it has read all: until it slept for
longer than the kernel gathers. That is when it is ended, so that no reader has to look for a last
packet. What came to the rules tells the loss of each; a reader that counts its own has to agree.
"""

import traffic
from catalogue import directory_for_files
from languages import environment
from process import ReaderFailed, ReaderProcess

MARGIN = 0.15  # seconds of sleep beyond those that the kernel gathers


def measure(build, reader, load, cpus):
    """What one run was, as a dict."""
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
        "a_second": logged / seconds,
        "cpu": cpu / said["received"],
        "switches": switches / seconds,
        "sender": sender_cpu / load.packets,
    }


def require_count(reader, said, logged):
    received, lost = said["received"], said.get("lost")
    if received == 0:
        raise ReaderFailed(f"of {logged} packets it received none")
    if received > logged:
        raise ReaderFailed(f"of {logged} packets it received {received}")
    if reader.exact and lost is not None and received + lost != logged:
        raise ReaderFailed(f"of {logged} packets it received {received} and says it lost {lost}")
