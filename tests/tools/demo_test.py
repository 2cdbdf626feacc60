# SPDX-License-Identifier: GPL-2.0-or-later
"""The command demo."""

import os
import subprocess
import unittest

from support import CommandTest, run


class Demo(CommandTest):
    def test_it_shows_packets_and_leaves_nothing(self):
        done = run("demo", env={**os.environ, "TMPDIR": str(self.directory)})
        self.assertEqual(done.returncode, 0, done.stderr)
        for shown in ("UDP 127.0.0.1:", "UDP [::1]:", "TCP 127.0.0.1:", " SYN ", '{"timestamp_ns":',
                      "    0000  45 00", "and the file are gone"):
            self.assertIn(shown, done.stdout)
        self.assertIn("4 packets written, 4 received, 0 filtered, 0 lost", done.stderr)
        self.assertEqual(list(self.directory.iterdir()), [])
        self.assertEqual(subprocess.check_output(["nft", "list", "ruleset"]), b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
