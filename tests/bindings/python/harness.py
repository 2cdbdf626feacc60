# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions that the tests of the behaviours share: they check values, capture packets and run tests."""

import contextlib
import pathlib
import tempfile
import traceback

import live
import nflogcap

PORT = 4900


@contextlib.contextmanager
def raises(kind, *words):
    try:
        yield
    except kind as error:
        for word in words:
            assert word in str(error), f"{word!r} is not in {error}"
    else:
        raise AssertionError(f"no {kind.__name__} was raised")


def equal(is_so, should):
    assert is_so == should, f"{is_so!r} is not {should!r}"


def numbered(count):
    return [b"%d" % number for number in range(count)]


def logged_packet(log="group 5", payload=b"x"):
    with live.rule(PORT, log), nflogcap.open(5) as capture:
        live.send(PORT, payload)
        return capture.next(live.LONG)


@contextlib.contextmanager
def recorded(*groups):
    """Captures one packet from each group. Yields the path of a savefile with the packets, and the packets."""
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as rules:
        for group in set(groups):
            rules.enter_context(live.rule(PORT + group, f'prefix "kept: " group {group}'))
        with nflogcap.open(set(groups), delivery=nflogcap.IMMEDIATE) as capture:
            for group in groups:
                live.send(PORT + group, b"x" * 100)
            packets = [capture.next(live.LONG) for _ in groups]
        path = pathlib.Path(directory) / "x.pcap"
        with nflogcap.dump_open(path) as dump:
            for packet in packets:
                dump.write(packet)
            equal(dump.written, 0)
            dump.flush()
            equal((dump.written, dump.position), (len(packets), path.stat().st_size))
        yield path, packets


def run(names, module):
    """Runs the tests with these names, which are functions of the module, and prints the results that ../behaviours
    reads. Returns the exit status."""
    tests = {name[5:]: test for name, test in module.items() if name.startswith("test_")}
    if names == ["--list"]:
        print(*tests, sep="\n")
        return 0
    failed = 0
    for name in names:
        try:
            tests[name]()
            print(f"ok {name}", flush=True)
        except Exception as error:
            failed += 1
            frames = traceback.extract_tb(error.__traceback__)
            lines = ", ".join(str(frame.lineno) for frame in frames if frame.filename == module["__file__"])
            why = f"{type(error).__name__}: {error} (line {lines})".replace("\n", " ")
            print(f"not ok {name}: {why}", flush=True)
    return 1 if failed else 0
