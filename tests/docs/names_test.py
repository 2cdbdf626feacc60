#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks names that are repeated in several files.

Each language with a directory in bindings/ must be in each list of languages. The page of each language must say where
options, fields and counters are described. The bindings must not use names of SWIG that its manual does not describe.
Each copy of the version must be equal to the header's version.
"""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent


def text(path):
    return (ROOT / path).read_text()


def languages():
    found = {path.parent.name for path in ROOT.glob("bindings/*/CMakeLists.txt")}
    assert len(found) > 3
    return found


def words(path, beginning, end):
    """Returns the words of a list that is between two texts in a file."""
    listed = re.search(f"{re.escape(beginning)}(.*?){re.escape(end)}", text(path), re.S)[1]
    return set(re.findall(r"\w+", listed))


class Languages(unittest.TestCase):
    def test_each_is_built_by_default(self):
        self.assertEqual(words("CMakeLists.txt", "set(languages ", ")"), languages())

    def test_each_page_leads_to_the_descriptions(self):
        for language in languages():
            with self.subTest(language):
                self.assertIn("nflogcap(3)", text(f"docs/{language}.md"))

    def test_each_language_is_in_each_list_of_languages(self):
        for path, pattern in (
            ("README.md", "^```{0}$"),
            ("docs/building.md", '`all` or .*[";]{0}[";]'),
            ("tests/readme/CMakeLists.txt", r"\b{1}=env "),
            ("tests/readme/readme_test.py", "def test_the_{0}_loop_"),
            ("bench/bindings/compare", r'"{0}", \["loop\.'),
            ("bench/languages.py", r"{{modules}}/{0}\b"),
            ("bench/live/catalogue.py", r'script\("{0}", "loop\.'),
            ("debian/tests/control", "^Features: test-name={0}$"),
            ("scripts/package-files", r"^{0}\)"),
            ("scripts/dists", r"^enter_tree {0}$"),
            ("tests/packages/dists-test", r"^capture_with {0} "),
            ("tests/bindings/system-library-test", r'"\$prefix/{0}\b'),
            ("docs/testing.md", r"behaviours.*\|{0}\b"),
        ):
            for language in languages():
                with self.subTest(path, language=language):
                    wanted = pattern.format(language, language.upper())
                    self.assertIsNotNone(re.search(wanted, text(path), re.M),
                                         f"{path} lacks {language}: {wanted}")


class Swig(unittest.TestCase):
    def test_no_language_uses_names_of_swig_that_its_manual_does_not_describe(self):
        described = {"SWIG_fail", "SWIG_arg", "SWIG_TYPE_TABLE"}
        paths = [path for kind in ("i", "cpp", "hpp") for path in ROOT.glob(f"bindings/**/*.{kind}")]
        self.assertGreater(len(paths), 40)
        for path in paths:
            names = set(re.findall(r"\b(?:SWIG_|swig_|Swig|SWIGTYPE|_wrap_)\w*", path.read_text()))
            self.assertEqual(names - described, set(), path)


class Version(unittest.TestCase):
    def test_every_copy_is_that_of_the_header(self):
        version = ".".join(re.findall(r"#define NFLOGCAP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)",
                                      text("capi/include/nflogcap.h")))
        self.assertTrue(text("debian/changelog").startswith(f"nflogcap ({version}) "))
        rockspec, = ROOT.glob("*.rockspec")
        self.assertEqual(rockspec.name, f"nflogcap-{version}-1.rockspec")
        self.assertIn(f'version = "{version}-1"\n', rockspec.read_text())
        self.assertIn(f"nflogcap-{version}.tar.gz", rockspec.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
