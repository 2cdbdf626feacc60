# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that are wrong in every language raise errors of Python, and no call does harm."""

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
import subinterpreter

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
    "process": ChildProcessError,
    "interpreter": ImportError,
}
# Python cannot pass an object to another interpreter.
NOT_HERE = {"elsewhere", "elsewhere_packet", "elsewhere_batch", "elsewhere_dump"}
ODD = (None, True, -1, 0, 5, 2**64, -(2**80), 1.5, float("nan"), float("inf"), "", "5", "udp", "\0",
       "\udcff", b"", b"\xff" * 300, [], [5, 6], {}, (), object())
FOR_LONG = (None, True, 1.5, 5, 2**64, float("inf"))  # a call with one of these as its timeout would wait for long


def calls(packet):
    """Yields the calls of wrong_calls.txt: who (the receiver), the method, the positional arguments, the arguments by
    name, the kind and a word."""
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        who, method, rest = line.split(None, 2)
        arguments, kind, word = rest.rsplit(None, 2)
        given = json.loads(arguments)
        if given == ["@packet"]:
            given = [packet]
        if method == "parse_packet" and isinstance(given[0], str):
            given[0] = given[0].encode()
        yield who, method, *(([], given) if isinstance(given, dict) else (given, {})), kind, word


def call(receiver, method, given, named):
    if isinstance(receiver, nflogcap.Capture) and method in ("stats", "tap_group", "groups"):
        return getattr(receiver, method)  # a property
    if isinstance(receiver, nflogcap.Dump) and method in ("position", "written"):
        return getattr(receiver, method)
    return getattr(receiver, method)(*given, **named)


class Elsewhere:
    """The module in another interpreter. Its functions raise the ImportError that the import raises there."""

    def __getattr__(self, method):
        def call_there(*given, **named):
            reader, writer = os.pipe()
            with open(reader, encoding="utf-8") as words, open(writer, "w") as there:
                subinterpreter.run(
                    f"""
                    import os
                    try:
                        import nflogcap
                        nflogcap.{method}(*{given!r}, **{named!r})
                    except ImportError as error:
                        os.write({writer}, str(error).encode())
                    """
                )
                there.close()
                if refusal := words.read():
                    raise ImportError(refusal)

        return call_there


class WrongCallsTest(live.LiveTest):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()  # for the dump, and for files with odd names
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
        dump, closed_dump = nflogcap.dump_open("dump.pcap"), nflogcap.dump_open(os.devnull)
        self.addCleanup(capture.close)
        self.addCleanup(dump.close)
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
        self.inherited = {"inherited": capture, "inherited_dump": dump}
        self.rows = list(calls(packet))

    def rows_of(self, receivers):
        return [row for row in self.rows if row[0] in receivers]

    def require_refusals(self, receivers):
        failures = []
        for who, method, given, named, kind, word in self.rows_of(receivers):
            try:
                with self.assertRaisesRegex(ERRORS[kind], word):
                    call(receivers[who], method, given, named)
            except Exception as failure:
                failures.append(f"{who} {method} {given} {named}: {failure!r}")
        self.assertEqual(failures, [])

    def call_at_random(self, receivers, count):
        """Makes calls that are chosen at random, in which odd values replace some arguments. Returns the set of
        outcomes: names of errors, and "returned"."""
        choose = random.Random(1)
        rows = self.rows_of(receivers)
        outcomes = set()

        def changed(value):
            return choose.choice(ODD) if choose.random() < 0.5 else value

        for _ in range(count):
            who, method, given, names, _, _ = choose.choice(rows)
            given = [changed(value) for value in given]
            names = {name: changed(value) for name, value in names.items()}
            if choose.random() < 0.2:
                given += [choose.choice(ODD) for _ in range(choose.randrange(3))]
            if method in ("next", "read_batch") and (not given or given[0] in FOR_LONG):
                given[:1] = [0]
            try:
                result = call(receivers[who], method, given, names)
                outcomes.add("returned")
                if isinstance(result, (nflogcap.Capture, nflogcap.Dump)):
                    result.close()
            except (TypeError, ValueError, OSError, EOFError) as error:
                outcomes.add(type(error).__name__)
        return outcomes

    def test_each_wrong_call_raises_its_error(self):
        elsewhere = {"elsewhere_module": Elsewhere()}
        self.assertEqual(
            {who for who, *_ in self.rows},
            {*self.receivers, *self.inherited, *elsewhere, *NOT_HERE},
        )
        self.require_refusals(self.receivers)
        self.require_refusals(elsewhere)
        self.assertEqual(live.in_child(lambda: self.require_refusals(self.inherited)), 0)
        self.close()

    def test_no_random_call_does_harm(self):
        blocks = []
        for _ in range(2):
            outcomes = self.call_at_random(self.receivers, 10000)
            gc.collect()
            blocks.append(sys.getallocatedblocks())
        self.assertLess(blocks[1] - blocks[0], 20)
        self.assertGreater(len(outcomes), 3, outcomes)
        self.close()

    def test_no_call_in_a_child_does_harm_to_its_parent(self):
        capture, dump, packet = (self.receivers[who] for who in ("capture", "dump", "packet"))
        live.send(901, b"three", b"four")
        live.await_kernel_delivery()
        self.assertEqual(live.udp_payload(self.next_of(capture)), b"three")
        dump.write(packet)

        def in_child():
            outcomes = self.call_at_random(self.inherited, 1000)
            self.assertIn("ChildProcessError", outcomes)
            self.assertNotIn("returned", outcomes)
            capture.close()
            dump.close()

        self.assertEqual(live.in_child(in_child), 0)
        live.send(901, b"five")
        payloads = [live.udp_payload(self.next_of(capture)) for _ in range(2)]
        self.assertEqual(payloads, [b"four", b"five"])
        dump.write(packet)
        dump.flush()
        self.assertEqual((dump.written, dump.position), (2, os.path.getsize("dump.pcap")))
        self.close()

    def close(self):
        self.receivers["capture"].close()
        self.receivers["dump"].close()
        gc.collect()
        self.assertEqual(live.bound_groups(), [])


if __name__ == "__main__":
    unittest.main()
