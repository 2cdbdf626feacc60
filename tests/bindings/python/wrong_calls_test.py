# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong in every language alike is refused by Python's errors, and no call does harm."""

import gc
import json
import os
import pathlib
import random
import sys
import tempfile
import unittest

import live
import nflogcap

TABLE = pathlib.Path(__file__).resolve().parent.parent / "wrong_calls.txt"
ERRORS = {
    "type": TypeError,
    "value": ValueError,
    "range": ValueError,
    "name": TypeError,
    "exists": ValueError,
    "missing": FileNotFoundError,
    "closed": ValueError,
    "nothing": ValueError,
}
ODD = (None, True, -1, 0, 5, 2**64, -(2**80), 1.5, float("nan"), float("inf"), "", "5", "udp", "\0",
       "\udcff", b"", b"\xff" * 300, [], [5, 6], {}, (), object())
FOR_LONG = (None, True, 1.5, 5, 2**64, float("inf"))  # as a timeout


def calls():
    """Who, the method, the arguments by position, those by name, the kind and a word."""
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        who, method, rest = line.split(None, 2)
        arguments, kind, word = rest.rsplit(None, 2)
        given = json.loads(arguments)
        if method == "parse_packet" and isinstance(given[0], str):
            given[0] = given[0].encode()
        yield who, method, *(([], given) if isinstance(given, dict) else (given, {})), kind, word


def call(receiver, method, given, named):
    if isinstance(receiver, nflogcap.Capture) and method in ("stats", "tap_group"):
        return getattr(receiver, method)  # a property
    if isinstance(receiver, nflogcap.Dump) and method in ("position", "written"):
        return getattr(receiver, method)
    return getattr(receiver, method)(*given, **named)


class WrongCallsTest(live.LiveTest):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()  # for files of odd names
        self.addCleanup(directory.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(directory.name)
        self.with_rule(901, "group 5")
        capture = nflogcap.open(5)
        live.send(901, b"one", b"two")
        live.await_kernel_delivery()
        packet = capture.next(live.LONG)
        batch = capture.read_batch(live.LONG)
        closed = nflogcap.open(7)
        dump, closed_dump = nflogcap.dump_open(os.devnull), nflogcap.dump_open(os.devnull)
        closed.close()
        closed_dump.close()
        self.receivers = {
            "module": nflogcap,
            "capture": capture,
            "packet": packet,
            "batch": batch,
            "dump": dump,
            "closed": closed,
            "closed_dump": closed_dump,
        }

    def test_each_is_refused(self):
        rows = list(calls())
        self.assertGreater(len(rows), 50)
        for who, method, given, named, kind, word in rows:
            with self.subTest(who=who, method=method, given=given, named=named):
                with self.assertRaisesRegex(ERRORS[kind], word):
                    call(self.receivers[who], method, given, named)
        self.receivers["capture"].close()
        self.receivers["dump"].close()

    def test_no_call_does_harm(self):
        rows = list(calls())
        outcomes = set()
        blocks = []
        for _ in range(2):
            choose = random.Random(1)

            def changed(value):
                return choose.choice(ODD) if choose.random() < 0.5 else value

            for _ in range(10000):
                who, method, given, names, _, _ = choose.choice(rows)
                given = [changed(value) for value in given]
                names = {name: changed(value) for name, value in names.items()}
                if choose.random() < 0.2:
                    given += [choose.choice(ODD) for _ in range(choose.randrange(3))]
                if method in ("next", "read_batch") and (not given or given[0] in FOR_LONG):
                    given[:1] = [0]
                try:
                    result = call(self.receivers[who], method, given, names)
                    outcomes.add("returned")
                    if isinstance(result, (nflogcap.Capture, nflogcap.Dump)):
                        result.close()
                except (TypeError, ValueError, OSError, EOFError) as error:
                    outcomes.add(type(error).__name__)
            gc.collect()
            blocks.append(sys.getallocatedblocks())
        self.assertLess(blocks[1] - blocks[0], 20)
        self.assertGreater(len(outcomes), 3, outcomes)
        self.receivers["capture"].close()
        self.receivers["dump"].close()
        gc.collect()
        self.assertEqual(live.bound_groups(), [])


if __name__ == "__main__":
    unittest.main()
