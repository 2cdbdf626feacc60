# SPDX-License-Identifier: GPL-2.0-or-later
"""No program links both libnats (Apache-2.0) and libnftables (GPL-2.0-only), because their licences are incompatible.

Environment variables: NFLOGCAP and LIBNFLOGCAP are the paths of the command and the library, PROGRAMS the directory of
the fleet's programs.
"""

import os
import subprocess
import unittest


FLEET = [f"{os.environ['PROGRAMS']}/nflogcap-{name}" for name in ("ship", "collect", "watch")]


def links_of(path):
    """Returns the list of libraries that a program or library links, as ldd prints it."""
    return subprocess.run(["ldd", path], stdout=subprocess.PIPE, text=True, check=True).stdout


class Links(unittest.TestCase):
    def test_the_fleet_s_programs_link_libnats_and_neither_libnftables_nor_libnflogcap(self):
        for name in FLEET:
            with self.subTest(name):
                links = links_of(name)
                self.assertIn("libnats.so", links)
                self.assertNotIn("libnftables", links)
                self.assertNotIn("libnflogcap", links)

    def test_the_fleet_s_programs_do_not_load_libnftables_while_they_run(self):
        for name in FLEET:
            with self.subTest(name), open(name, "rb") as program:
                self.assertNotIn(b"libnftables.so", program.read())

    def test_nothing_else_links_libnats(self):
        for name in ("NFLOGCAP", "LIBNFLOGCAP"):
            with self.subTest(name):
                self.assertNotIn("libnats", links_of(os.environ[name]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
