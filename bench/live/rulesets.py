# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures whether many rules, prefixes and groups, as in practice, cost a reader more.

Each packet is logged by 20 rules. In the first ruleset, all rules are equal. In the second one, their
prefixes differ in length. In the third one, they also log to eight groups, some packets have a mark,
and half of the rules log the sender's user; of three bursts, one is IPv6 and one has a VLAN tag.
"""

from typing import Callable, NamedTuple

import traffic
from catalogue import SHORT
from languages import environment
from measure import MARGIN
from process import ReaderFailed, ReaderProcess

PACKETS = 50000
BRIEF = 300
SIZE = 64
RULES = 20
GROUPS = 8


class Ruleset(NamedTuple):
    title: str
    rule: Callable[[int], str]  # a function that gets the rule's number and returns the text after "log" for nft
    groups: int = 1
    kinds: int = 1
    is_marked: bool = False  # every third packet has a mark
    # every second rule is at the hook output, because there the kernel knows the sender's user
    is_at_output: bool = False


def _prefix(number):
    return f'prefix "{"rule" * 5:.{5 + number}}"'


RULESETS = {
    "alike": Ruleset("20 equal rules", lambda number: 'prefix "rule: "'),
    "prefixes": Ruleset("prefixes of 20 lengths", _prefix),
    "all": Ruleset(
        "the same to 8 groups: IPv4, IPv6 and VLAN, marks, users",
        _prefix,
        groups=GROUPS,
        kinds=3,
        is_marked=True,
        is_at_output=True,
    ),
}


def add_rules(ruleset):
    """Adds the rules. Tagged packets do not pass the hook output: their rules are all at the receiving hook."""
    rules = ([], [])
    for number in range(RULES):
        mark = f"meta mark set {number + 1 if number % 3 == 0 else 0} " if ruleset.is_marked else ""
        group = traffic.GROUP + number % ruleset.groups
        is_at_output = ruleset.is_at_output and number % 2 == 1
        rules[is_at_output].append(f"{mark}log {ruleset.rule(number)} group {group}")
    traffic.add_rules(*rules, tagged=sum(rules, []) if ruleset.kinds > 2 else [])


def measure(build, key, packets, cpus):
    """Returns the result of a run, as a dict."""
    ruleset = RULESETS[key]
    add_rules(ruleset)
    command = [str(build / "bench/live/read_nflogcap"), "next", "0", str(ruleset.groups)]
    with ReaderProcess(command, environment(build), cpus.reader, True) as process:
        before = process.cpu()
        sender = traffic.start_sender(build, packets, SIZE, 0, cpus.sender, ruleset.kinds)
        seconds = traffic.await_sender(sender)
        process.await_rest(SHORT + MARGIN)
        cpu = process.cpu() - before
        said = process.finish_ours()
    logged = traffic.passed() * RULES
    if said["received"] == 0 or said["received"] + max(said.get("lost", 0), 0) > logged:
        raise ReaderFailed(f"it received {said['received']} of {logged} packets")
    return {
        **said,
        "logged": logged,
        "missing": logged - said["received"],
        "per_second": logged / seconds,
        "cpu": cpu / said["received"],
    }
