# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory and the descriptors of programs that run for a long time do not grow after their first minutes.

The network of one host is cut repeatedly. Environment variables: FLEET_RATE is the number of packets per second to each
group of each host, FLEET_STEADY the duration in seconds.
"""

import json
import os
import pathlib
import re
import statistics
import time
import unittest

from faults_test import RATE, FaultTest

SECONDS = int(os.environ.get("FLEET_STEADY", "60"))
CUT = 2  # duration of a cut in seconds


def needs_of(process):
    """Returns the memory of a process in bytes, without shared memory and files, and the number of its descriptors."""
    pid = process.process.pid
    memory = re.search(r"^RssAnon:\s*(\d+) kB$", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1]
    return int(memory) * 1024, len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


class Steady(FaultTest):
    def test_memory_and_descriptors_do_not_grow(self):
        self.start()
        processes = {"collect": self.collector.process}
        for host in self.hosts:
            processes |= {f"{host.name} capture": host.capture, f"{host.name} ship": host.ship}
        self.traffic(SECONDS)
        begin = time.monotonic()
        samples = {name: [] for name in processes}
        is_cut = False
        while (passed := time.monotonic() - begin) < SECONDS:
            for name, process in processes.items():
                samples[name].append((passed, *needs_of(process)))
            if (passed % (10 * CUT) >= 9 * CUT) != is_cut:
                is_cut = not is_cut
                self.hosts[0].set_link("down" if is_cut else "up")
            time.sleep(0.25)
        self.hosts[0].set_link("up")
        report = self.settled_without_loss()
        # Compare the samples before 'split' with those after it. Programs allocate once-only memory before it, and at
        # least two cuts are before it.
        split = max(SECONDS / 2, min(SECONDS * 0.7, 120))
        for name, found in samples.items():
            parts = [[sample for sample in found if (sample[0] >= split) == is_late] for is_late in (False, True)]
            memory = [max(sample[1] for sample in part) for part in parts]
            # The median ignores files that are open for a moment. It includes leaked descriptors, because they are
            # in every later sample.
            descriptors = max(sample[2] for sample in parts[0]), statistics.median_low(
                sample[2] for sample in parts[1])
            print(f"{name}: {memory[0] >> 10} KiB and at most {descriptors[0]} descriptors before "
                  f"{split:.0f} s, {memory[1] >> 10} KiB and usually {descriptors[1]} after")
            with self.subTest(name):
                self.assertLessEqual(descriptors[1], descriptors[0])
                if not os.environ["SANITIZER"]:  # a sanitizer keeps freed memory
                    # On a busy machine, the collector's queue may contain all 64 messages that it requests at a time.
                    self.assertLess(memory[1], memory[0] * 1.1 + 64 * 131072)
        print(json.dumps({"rate": RATE, "seconds": SECONDS,
                          "stored": sum(group["stored"] for group in report.values())}))


if __name__ == "__main__":
    unittest.main(verbosity=2)
