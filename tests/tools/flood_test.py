# SPDX-License-Identifier: GPL-2.0-or-later
"""A flood of packets through the command: each packet is in the output or is counted as lost.

Environment variables, besides those of support.py: SEND_UDP is the program that sends packets, PACKETS their number.
"""

import os
import re
import signal
import subprocess
import threading
import time
import unittest

from support import LONG, PORT, CommandTest, await_condition, rule, send

PACKETS = int(os.environ["PACKETS"])
TIMEOUT = 240


def flood():
    subprocess.run([os.environ["SEND_UDP"], str(PORT), "--count", str(PACKETS)], check=True,
                   timeout=TIMEOUT)


def counters(words):
    """Returns the counts of the summary: received, filtered, lost."""
    return [int(number) for number in re.search(
        r"(\d+) received, (\d+) filtered, (\d+) lost\n", words).groups()]


class Flood(CommandTest):
    def read_all(self, capture, pause=None):
        """Counts the lines as they are printed, and checks the sequence number and the loss in each."""
        seen = {"lines": 0, "lost": 0, "last": -1}

        def read():
            for line in capture.process.stdout:
                assert line.startswith('{"version":1,"timestamp":') and line.endswith("}\n"), line
                number = int(re.search(r'"seq":(\d+)', line)[1])
                lost = int(re.search(r'"lost_before":(\d+)', line)[1])
                assert number == seen["last"] + 1 + lost, line
                seen["last"] = number
                seen["lines"] += 1
                seen["lost"] += lost
                if pause is not None:
                    pause.wait()

        reader = threading.Thread(target=read)
        reader.start()
        return seen, reader

    def test_json_into_a_pipe(self):
        rule("group 5")
        capture = self.capture("-g", "5", "--json")
        seen, reader = self.read_all(capture)
        flood()
        self.end_with_two_more(capture, seen, reader)
        self.assertEqual(seen["lines"] + seen["lost"], PACKETS + 2)

    def test_json_into_a_pipe_with_a_sleeping_reader(self):
        rule("group 5")
        capture = self.capture("-g", "5", "--json", "-s", "0")
        awake = threading.Event()
        seen, reader = self.read_all(capture, awake)
        flood()
        awake.set()
        self.end_with_two_more(capture, seen, reader)
        self.assertEqual(seen["lines"] + seen["lost"], PACKETS + 2)

    def end_with_two_more(self, capture, seen, reader):
        """Sends two more packets, one after the other, after all lines were read, and compares all counts.

        The number of the first packet shows a loss at the end of the flood. The second packet arrives after the command
        found the queue empty, so no loss is unaccounted for.
        """
        last = None
        end = time.monotonic() + TIMEOUT
        while last != (last := seen["lines"]):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.5)
        for number in (PACKETS, PACKETS + 1):
            send(b"one of the last")
            await_condition(lambda: seen["last"] == number, "one of the last packets")
        capture.process.send_signal(signal.SIGINT)
        reader.join(TIMEOUT)
        self.assertEqual(capture.process.wait(timeout=LONG), 0)
        words = capture.process.stderr.read()
        received, filtered, lost = counters(words)
        self.assertEqual((received, filtered, lost), (seen["lines"], 0, seen["lost"]))
        self.assertIn(f"{received} packets printed", words)
        self.assertNotIn("not counted", words)

    def test_a_savefile_of_all(self):
        rule("group 5")
        path = self.directory / "x.pcap"
        capture = self.capture("-g", "5", "-w", str(path))
        flood()
        _, words, status = capture.finish()
        received, filtered, lost = counters(words)
        self.assertEqual((status, filtered, received + lost), (0, 0, PACKETS))
        self.assertIn(f"{received} packets written", words)
        done = subprocess.run([os.environ["NFLOGCAP"], "-r", path, "-w", "/dev/null"],
                              stderr=subprocess.PIPE, text=True, check=True)
        self.assertEqual(counters(done.stderr), [received, 0, 0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
