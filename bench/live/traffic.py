# SPDX-License-Identifier: GPL-2.0-or-later
"""The traffic: rules that log UDP to a port of lo and drop it, and the sender."""

import contextlib
import os
import pathlib
import re
import subprocess
from typing import NamedTuple, Optional, Tuple

PORT = 7005
GROUP = 5
TIMEOUT = 30  # seconds that the sender may take in addition to the time that follows from the rate

# The table is created again for each run, so that the counter starts at 0.
TABLE = """
table inet nflogcap_live
delete table inet nflogcap_live
table inet nflogcap_live {{
    counter passed {{ }}
    chain sent {{
        type filter hook output priority 0
        udp dport != {port} accept
        {sent}
    }}
    chain logged {{
        type filter hook prerouting priority 0
        udp dport != {port} accept
        counter name passed
        {rules}
        drop
    }}
}}
"""

# If a received packet has a VLAN tag, the kernel stores the tag as metadata only until the bridge or the network stack
# receives the packet. Rules of the family netdev see the packet before that.
TAGGED = """
table netdev nflogcap_live {{
    counter passed {{ }}
    chain logged {{
        counter name passed
        {rules}
        drop
    }}
    chain tagged {{
        type filter hook ingress device lo priority 0
        vlan id 5 udp dport {port} goto logged
    }}
}}
"""

NO_TAGGED = """
table netdev nflogcap_live
delete table netdev nflogcap_live
"""

# The same table with two chains. Between the two chains, packets go to a queue.
QUEUE = f"""
table inet nflogcap_live
delete table inet nflogcap_live
table inet nflogcap_live {{
    counter passed {{ }}
    chain counted {{
        type filter hook prerouting priority raw
        udp dport {PORT} counter name passed
    }}
    chain dropped {{
        type filter hook prerouting priority 0
        udp dport {PORT} drop
    }}
}}
"""


def log(rules):
    """Adds rules. Each is given as a match and the group to which the rule logs."""
    add_rules([f'{match} log prefix "live: " group {group}' for match, group in rules])


def add_rules(rules, at_output=(), tagged=()):
    """Adds rules of nft: for received packets, for packets while they are sent, and for received
    packets with a VLAN tag.
    """

    def lines(rules):
        return "\n        ".join(rules)

    table = TABLE.format(port=PORT, rules=lines(rules), sent=lines(at_output)) + NO_TAGGED
    if tagged:
        table += TAGGED.format(port=PORT, rules=lines(tagged))
    subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True)


def log_all(times):
    """Adds rules that log every packet `times` times, to one group."""
    log([("", GROUP)] * times)


def only_count():
    """Adds rules that log no packet."""
    log([])


def queue():
    """Adds rules that pass every packet to a queue with the group's number, after it is counted and
    before it is dropped. They use iptables, because some kernels have its NFQUEUE but not nft's queue.
    """
    subprocess.run(["nft", "-f", "-"], input=QUEUE, text=True, check=True)
    rule = f"-t mangle -A PREROUTING -p udp --dport {PORT} -j NFQUEUE --queue-num {GROUP}"
    subprocess.run(["iptables", *rule.split()], check=True)


def no_queue():
    subprocess.run(["iptables", "-t", "mangle", "-F", "PREROUTING"], check=True)


def log_by_cpu(cpus):
    """Adds rules that log packets from the first CPU to the group, packets from the second CPU to the
    next group, and so on.
    """
    log([(f"meta cpu {cpu}", GROUP + number) for number, cpu in enumerate(cpus)])


def passed():
    """Returns the number of packets that have reached the rules since the rules were added."""
    listed = subprocess.run(
        ["nft", "list", "counters"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return sum(int(packets) for packets in re.findall(r"packets (\d+)", listed))


def start_sender(build, packets, size, rate, cpu, kinds=1):
    """Starts a sender with this rate per second (0: full speed), bound to a CPU (None: to none). It
    sends bursts of each kind in turn: IPv4, IPv6, and IPv4 with a VLAN tag.
    """
    seconds = TIMEOUT + (packets // rate if rate else TIMEOUT)
    numbers = [str(number) for number in (PORT, packets, size, rate, seconds, kinds)]
    return subprocess.Popen(
        [str(build / "bench/live/bench_send"), *numbers],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: keep_on(cpu),
    )


def await_sender(sender):
    """Waits for the end of the sender. Returns the seconds that it needed."""
    said, _ = sender.communicate()
    if sender.returncode != 0:
        raise RuntimeError("the sender failed")
    return int(said) / 1e9


def await_sender_and_its_cpu(sender):
    """Waits for the end of the sender. Returns the seconds that it needed, and its CPU time in
    nanoseconds, which includes the kernel's work for its packets.
    """
    said = sender.stdout.read()
    before_it_is_reaped = os.WEXITED | os.WNOWAIT
    os.waitid(os.P_PID, sender.pid, before_it_is_reaped)
    cpu = int(pathlib.Path(f"/proc/{sender.pid}/schedstat").read_text().split()[0])
    if sender.wait() != 0:
        raise RuntimeError("the sender failed")
    return int(said) / 1e9, cpu


class Cpus(NamedTuple):
    """The CPUs of the sender and the reader; None: no choice, because the machine has only one CPU."""

    all: Tuple[int, ...]
    sender: Optional[int]
    reader: Optional[int]


def share_cpus():
    """Chooses different CPUs for sender and reader. This process uses the CPU of the sender."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        return Cpus(tuple(cpus), None, None)
    keep_on(cpus[0])
    return Cpus(tuple(cpus), cpus[0], cpus[1])


@contextlib.contextmanager
def busy(cpus):
    """Keeps all CPUs busy with programs that never sleep."""
    programs = []
    try:
        for cpu in cpus:
            programs.append(
                subprocess.Popen(
                    ["sh", "-c", "while :; do :; done"], preexec_fn=lambda cpu=cpu: keep_on(cpu)
                )
            )
        yield
    finally:
        for program in programs:
            program.kill()
            program.wait()


def keep_on(cpu):
    if cpu is not None:
        os.sched_setaffinity(0, {cpu})
