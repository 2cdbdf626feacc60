# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes tables in Markdown, with the medians and the ranges of the rounds.

Runs are given as {reader: [the dict of a round, or None if it failed, ...]}.
"""

import pathlib
import platform
import statistics

from catalogue import LIMIT, READERS
from rulesets import RULESETS
from ways import WAYS


def system(cpus, is_busy):
    """Returns a description of the machine, of the CPUs that are used, and of other load."""
    models = [
        line.partition(":")[2].strip()
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    where = "the sender and the reader share one CPU"
    if cpus.sender is not None:
        where = f"the sender on CPU {cpus.sender}, the reader on CPU {cpus.reader}"
    return (
        f"Linux {platform.release()}, {platform.machine()}, {len(cpus.all)} CPUs "
        f"({models[0] if models else 'of an unknown model'}); {where}"
        f"{'; each CPU is shared with a program that never sleeps' if is_busy else ''}"
    )


def table(columns, rows):
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def values(runs, of):
    """Returns the values of the runs that did not fail."""
    return [of(run) for run in runs if run is not None]


def median(runs, of):
    return statistics.median(values(runs, of))


def cpu(run):
    return run["cpu"]


def loss(run):
    return 100 * run["missing"] / run["logged"]


def beside_limit(runs, limits, relation):
    """Returns the median of the ratios of a reader to the limit of the same round."""
    both = [(cpu(run), cpu(limit)) for run, limit in zip(runs, limits) if run and limit]
    return statistics.median(relation(*pair) for pair in both) if both else None


def spread(numbers, form):
    return f"{form(min(numbers))} to {form(max(numbers))}"


def shown(number, form):
    return "" if number is None else form(number)


def whole(number):
    return f"{number:,.0f}"


def percent(runs):
    losses = values(runs, loss)
    if max(losses) == 0:
        return "0"
    return f"{statistics.median(losses):.2g} % ({spread(losses, '{:.2g}'.format)})"


def costs(results):
    """Returns a table of the CPU time per packet and the loss, for one load."""
    rows = []
    for key, runs in results.items():
        if not values(runs, cpu):
            continue
        limits = results[LIMIT]
        times = beside_limit(runs, limits, lambda own, limit: own / limit)
        above = beside_limit(runs, limits, lambda own, limit: own - limit)
        rows.append(
            [
                READERS[key].title,
                whole(median(runs, cpu)),
                spread(values(runs, cpu), whole),
                shown(times, "{:.2f}".format),
                shown(above, whole),
                percent(runs),
                whole(median(runs, lambda run: run["per_second"])),
                whole(median(runs, lambda run: run["switches"])),
                whole(median(runs, lambda run: run["sender"])),
            ]
        )
    columns = "reader", "CPU, ns per packet", "range", "ratio to the limit", "above the limit, ns"
    of_machine = "context switches/s", "sender's CPU, ns per packet"
    return table([*columns, "lost", "packets/s", *of_machine], rows)


def latencies(results):
    """Returns a table of the latency in microseconds, from sending a packet to receiving it."""
    rows = []
    for key, runs in results.items():
        aged = [run for run in runs if run is not None and "median" in run]
        if not aged:
            continue
        medians = [run["median"] / 1e3 for run in aged]
        rows.append(
            [
                READERS[key].title,
                whole(statistics.median(medians)),
                spread(medians, whole),
                whole(median(aged, lambda run: run["p99"] / 1e3)),
                whole(max(run["max"] / 1e3 for run in aged)),
                percent(aged),
            ]
        )
    columns = "reader", "median latency, µs", "range of medians"
    return table([*columns, "99th percentile", "longest", "lost"], rows)


def sweep(results):
    """Returns a table of the CPU time per packet and the loss at each rate: {load's title: {reader: runs}}."""
    rows = []
    for key in dict.fromkeys(key for readers in results.values() for key in readers):
        cells = []
        for readers in results.values():
            runs = readers.get(key, [])
            cell = ""
            if values(runs, cpu):
                lost = median(runs, loss)
                cell = whole(median(runs, cpu)) + (f" ({lost:.2g} % lost)" if lost else "")
            cells.append(cell)
        if any(cells):
            rows.append([READERS[key].title, *cells])
    return table(["CPU in ns per packet at", *results], rows)


def cores(results):
    """Returns a table of the CPU time per packet of several readers in one process: {number of readers: runs}."""
    rows = []
    for count, runs in results.items():
        if not values(runs, cpu):
            continue
        each = [
            whole(median(runs, lambda run, own=own: run["each"][own])) for own in range(count)
        ]
        rows.append(
            [
                str(count),
                whole(median(runs, cpu)),
                spread(values(runs, cpu), whole),
                ", ".join(each),
                percent(runs),
                whole(median(runs, lambda run: run["per_second"])),
            ]
        )
    columns = "readers", "CPU of all, ns per packet", "range", "CPU of each"
    return table([*columns, "lost", "packets/s"], rows)


def rulesets(results):
    """Returns a table of the CPU time per packet of each ruleset, compared with equal rules."""
    rows = []
    for key, runs in results.items():
        if not values(runs, cpu):
            continue
        times = beside_limit(runs, results["alike"], lambda own, alike: own / alike)
        rows.append(
            [
                RULESETS[key].title,
                whole(median(runs, cpu)),
                spread(values(runs, cpu), whole),
                shown(times, "{:.2f}".format),
                percent(runs),
                whole(median(runs, lambda run: run["per_second"])),
            ]
        )
    columns = "rules", "CPU, ns per packet", "range", "ratio to 20 equal rules"
    return table([*columns, "lost", "packets/s"], rows)


def ways(results):
    """Returns a table of the cost of each way: for the reader, and how much it adds to the cost of
    the sender.
    """
    alone = results["nobody"]
    rows = []
    for key, way in WAYS.items():
        runs = results[key]
        if not values(runs, cpu):
            continue
        both = [pair for pair in zip(runs, results["nflog"]) if all(pair)]
        times = statistics.median(run["cpu"] / nflog["cpu"] for run, nflog in both)
        pairs = [(run["sender"], other["sender"]) for run, other in zip(runs, alone) if run and other]
        rows.append(
            [
                way.title,
                whole(median(runs, cpu)),
                spread(values(runs, cpu), whole),
                f"{times:.1f}",
                whole(statistics.median(own - other for own, other in pairs)),
                f"{statistics.median(own / other for own, other in pairs):.2f}",
                percent(runs),
                whole(median(runs, lambda run: run["per_second"])),
            ]
        )
    columns = "way", "reader's CPU, ns per packet", "range", "ratio to NFLOG"
    path = "path: added ns per packet", "path: ratio to no reader"
    return table([*columns, *path, "lost", "packets/s"], rows)
