#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/docs builds the site without a warning, and its references are complete.

Environment variable BUILD: the build directory. Python must import the nflogcap module of this build.
"""
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import unittest

import nflogcap

ROOT = pathlib.Path(__file__).parent.parent.parent
SITE = ROOT / "build/docs"
HEADER = re.sub(r"/\*.*?\*/", "", (ROOT / "capi/include/nflogcap.h").read_text(), flags=re.S)


def require_generator():
    packages = {"sphinx": "python3-sphinx", "myst_parser": "python3-myst-parser",
                "sphinx_rtd_theme": "python3-sphinx-rtd-theme"}
    missing = [package for module, package in packages.items() if importlib.util.find_spec(module) is None]
    if missing:
        print("cannot build the site: install (these are Debian's names)", *missing, file=sys.stderr)
        sys.exit(1 if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1" else 77)


def identifiers(page):
    return set(re.findall(r' id="([^"]+)"', (SITE / page).read_text()))


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = subprocess.run([ROOT / "scripts/docs", os.environ["BUILD"]], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        assert (done.returncode, done.stdout) == (0, ""), done.stdout

    def test_each_markdown_page_is_in_the_navigation_of_the_front_page(self):
        front = (SITE / "index.html").read_text()
        for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
            path = page.relative_to(ROOT).with_suffix(".html")
            with self.subTest(path):
                self.assertTrue((SITE / path).exists())
                if page.name != "README.md":
                    self.assertIn(f'internal" href="{path}"', front)

    def test_the_c_reference_has_each_name_of_the_header(self):
        names = set(re.findall(r"^(?:#define|typedef struct \w+) (\w+)[ ;]", HEADER, re.M))
        names.update(re.findall(r"^ +(nflogcap_\w+);$", (ROOT / "capi/nflogcap.map").read_text(), re.M))
        for struct, body in re.findall(r"^struct (\w+) \{(.*?)^\};", HEADER, re.M | re.S):
            names.update(f"{struct}.{field}" for field in re.findall(r"(\w+)(?:\[\d+\])?;", body))
        self.assertGreater(len(names), 250)
        self.assertEqual({f"c.{name}" for name in names} - identifiers("capi/include/nflogcap.html"), set())

    def test_the_python_reference_has_each_public_name(self):
        names = {name for name in nflogcap.__all__ if not isinstance(getattr(nflogcap, name), int)}
        for name in tuple(names):
            if isinstance(getattr(nflogcap, name), type):
                names.update(f"{name}.{member}" for member in vars(getattr(nflogcap, name))
                             if not member.startswith("_"))
        self.assertGreater(len(names), 150)
        self.assertEqual({f"nflogcap.{name}" for name in names} -
                         identifiers("docs/site/python-reference.html"), set())

    def test_no_page_loads_a_file_from_elsewhere(self):
        for path in (*SITE.rglob("*.html"), *SITE.rglob("*.css")):
            with self.subTest(path.relative_to(SITE)):
                loads = r'\ssrc="[^"]*|<link[^>]*\shref="[^"]*|\burl\([^)]*|@import[^;]*'
                elsewhere = [load for load in re.findall(loads, path.read_text()) if "//" in load]
                self.assertEqual(elsewhere, [])


if __name__ == "__main__":
    require_generator()
    unittest.main(verbosity=2)
