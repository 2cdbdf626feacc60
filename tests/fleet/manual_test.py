# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the manuals of the fleet's programs with the programs.

Environment variables: PROGRAMS is the directory of the programs, MANUALS the directory of the manual pages.
"""

import os
import pathlib
import re
import subprocess
import unittest

PAGES = sorted(pathlib.Path(os.environ["MANUALS"]).glob("nflogcap-*.1"))


class Manuals(unittest.TestCase):
    def test_mandoc_reports_nothing(self):
        self.assertTrue(PAGES)
        for page in PAGES:
            for check in (["mandoc", "-Tlint", "-W", "warning"], ["groff", "-mdoc", "-ww", "-z", "-Tutf8"]):
                with self.subTest(page.name, check=check[0]):
                    done = subprocess.run([*check, page], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                    self.assertEqual(done.stdout, "")

    def test_each_describes_the_options_that_help_shows(self):
        for page in PAGES:
            with self.subTest(page.name):
                shown = subprocess.run([pathlib.Path(os.environ["PROGRAMS"], page.stem), "--help"], text=True,
                                       stdout=subprocess.PIPE, check=True).stdout
                options = re.findall(r"^  (-[^ ]+)", shown, re.M)
                self.assertGreater(len(options), 5)
                described = re.findall(r"^\.It Fl (?:Fl )?(\S+)", page.read_text(), re.M)
                self.assertEqual({names.split(",")[0].lstrip("-") for names in options}, set(described))


if __name__ == "__main__":
    unittest.main(verbosity=2)
