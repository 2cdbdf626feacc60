#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares nflogcap(3) with the header: the page must describe everything in the header, and nothing else.

Also checks the names and links in all pages. Environment variables: CC is the compiler with flags, CMAKE the path of
cmake, DOCS the build directory of docs/. mandoc and groff must be installed.
"""
import collections
import fnmatch
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = pathlib.Path(os.environ["DOCS"], "man/nflogcap.3")
HEADER = ROOT / "capi/include/nflogcap.h"
STRUCTS = ["nflogcap_packet", "nflogcap_dissection", "nflogcap_conntrack", "nflogcap_tuple", "nflogcap_stats"]


def run(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    assert done.returncode == 0, f"{command}:\n{done.stdout}"
    return done.stdout


def section(title):
    """Returns the lines of one section of the page."""
    return re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", PAGE.read_text(), re.M | re.S)[1]


def code(header):
    """Returns the header without comments and preprocessor directives."""
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    return re.sub(r"^#.*(?:\\\n.*)*", "", text, flags=re.M)


def plain(declaration):
    return re.sub(r"\s*\*\s*", " *", " ".join(declaration.split())).strip()


def declared_functions():
    return {plain(found) for found in re.findall(r"^[\w \*]+?nflogcap_\w+\([^;{]*\)(?=;)",
                                                 code(HEADER.read_text()), re.M)}


def fields(struct):
    body = re.search(rf"^struct {struct} {{(.*?)^}};", code(HEADER.read_text()), re.M | re.S)[1]
    return re.findall(r"(\w+)(?:\[\d+\])?;", body)


def listed_fields(struct):
    listed = re.search(rf"^The fields of\n\.Vt struct {struct}\b.*?\n\.Bl .*?\n(.*?)^\.El",
                       section("DESCRIPTION"), re.M | re.S)[1]
    return [name for line in re.findall(r"^\.It Va (.*)", listed, re.M) for name in line.split(" , ")]


def errors_of_functions():
    """Returns the error codes of each function from docs/errors.md. nflogcap_open() is left out, because it returns the
    errors of other functions."""
    names = re.findall(r"nflogcap_\w+(?=\()", " ".join(declared_functions()))
    errors = collections.defaultdict(set)
    for row in re.findall(r"^\| `[a-z-]+`.*$", (ROOT / "docs/errors.md").read_text(), re.M):
        _, functions, code, _, cause, _ = row.strip("| ").split(" | ")
        for pattern in re.findall(r"`(nflogcap_[\w*]+)`", functions):
            for name in fnmatch.filter(names, pattern):
                errors[name].update(re.findall(r"`-(E[A-Z]+)`", f"{code} {cause}"))
    del errors["nflogcap_open"]
    return errors


class Manual(unittest.TestCase):
    maxDiff = None

    def test_its_synopsis_declares_what_the_header_declares(self):
        page = {plain(f"{result} {name}({', '.join(re.findall(chr(34) + '(.*?)' + chr(34), rest)) or rest})")
                for result, name, rest in re.findall(r"^\.Ft (.*)\n\.Fn (\w+) (.*)", section("SYNOPSIS"), re.M)}
        self.assertGreater(len(page), 20)
        self.assertEqual(page, declared_functions())

    def test_it_describes_each_function_once(self):
        described = re.findall(r"^\.It Fn (\w+)", section("DESCRIPTION"), re.M)
        names = [re.search(r"nflogcap_\w+(?=\()", declaration)[0] for declaration in declared_functions()]
        self.assertEqual(sorted(described), sorted(names))

    def test_it_describes_each_field_once(self):
        for struct in STRUCTS:
            with self.subTest(struct):
                self.assertGreater(len(fields(struct)), 10)
                self.assertEqual(sorted(listed_fields(struct)), sorted(fields(struct)))

    def test_it_names_each_constant_and_no_other(self):
        defined = set(re.findall(r"^#define (NFLOGCAP_\w+) ", HEADER.read_text(), re.M))
        named = set(re.findall(r"\bNFLOGCAP_\w+\b(?!\*)", PAGE.read_text()))
        self.assertGreater(len(defined), 20)
        self.assertEqual(named - {"NFLOGCAP_HAS_", "NFLOGCAP_KNOWS_", "NFLOGCAP_CONNTRACK_HAS_", "NFLOGCAP_TUPLE_HAS_"}, defined)

    def test_its_errors_are_those_of_the_table(self):
        listed = {name for line in re.findall(r"^\.It Bq (.*)", section("ERRORS"), re.M)
                  for name in re.findall(r"Er (\w+)", line)}
        table = set(re.findall(r"`-(E[A-Z]+)`", (ROOT / "docs/errors.md").read_text()))
        table -= {"EIO", "EACCES", "EAGAIN", "EISDIR"}  # codes of the system, which the page does not explain
        self.assertEqual(listed, table)

    def test_it_lists_what_each_function_fails_with(self):
        begin = section("ERRORS").index("Each function that can fail")
        listed = {}
        for names, codes in re.findall(r"^\.It ((?:Fn \w+)|Xo\n(?:\.Fn .*\n)+\.Xc)\n((?:\.Er .*\n)+)",
                                       section("ERRORS")[begin:], re.M):
            for name in re.findall(r"Fn (\w+)", names):
                listed[name] = set(re.findall(r"Er (\w+)", codes))
        self.assertEqual(listed, errors_of_functions())

    def test_its_example_compiles(self):
        example = re.search(r"^\.Bd -literal.*?\n(.*?)^\.Ed", section("EXAMPLES"), re.M | re.S)[1]
        run(*shlex.split(os.environ["CC"]), "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
            "-fsyntax-only", f"-I{HEADER.parent}", "-x", "c", "-", input=example.replace(r"\e", "\\"))

    def test_mandoc_reports_nothing(self):
        self.assertEqual(run("mandoc", "-Tlint", "-W", "warning", PAGE), "")
        self.assertEqual(run("groff", "-mdoc", "-ww", "-z", "-Tutf8", PAGE), "")

    def test_each_function_and_struct_has_an_installed_page_that_leads_to_it(self):
        with tempfile.TemporaryDirectory() as prefix:
            run(os.environ["CMAKE"], f"-DCMAKE_INSTALL_PREFIX={prefix}", "-P",
                f"{os.environ['DOCS']}/cmake_install.cmake")
            installed = {path.name: path.read_text() for path in pathlib.Path(prefix).glob("share/man/man3/*")}
        self.assertEqual(installed.pop("nflogcap.3"), PAGE.read_text())
        names = re.findall(r"nflogcap_\w+(?=\()", " ".join(declared_functions()))
        self.assertEqual(installed, {f"{name}.3": ".so man3/nflogcap.3\n"
                                     for name in [*names, *STRUCTS]})


def prose(page):
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)


def anchors(page):
    """Returns the anchors of a page's headings, as GitHub creates them."""
    titles = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title) for title in re.findall(r"^#+ (.*)", prose(page), re.M))
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


class Pages(unittest.TestCase):
    PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))

    def test_each_file_that_a_page_names_exists(self):
        for page in self.PAGES:
            for name in re.findall(r"`((?:core|capi|tests|docs|examples|scripts|bench|bindings|tools)/[\w./-]+)`",
                                   prose(page)):
                if "LANGUAGE" in name:  # a placeholder for any language
                    continue
                with self.subTest(page=page.name, file=name):
                    self.assertTrue((ROOT / name).exists())

    def test_each_link_leads_somewhere(self):
        seen = 0
        for page in self.PAGES:
            for link in re.findall(r"\]\((?!https?:)([^)\s]+)", prose(page)):
                name, _, anchor = link.partition("#")
                target = page.parent / name if name else page
                seen += 1
                with self.subTest(page=page.name, link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(target))
        self.assertGreater(seen, 30)

    def test_each_page_and_example_is_linked_from_another_page(self):
        linked = " ".join(page.read_text() for page in self.PAGES)
        for path in (*(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*.c"),
                     *(ROOT / "bindings").glob("*/examples/*")):
            with self.subTest(path.name):
                self.assertRegex(linked, rf"\]\([\w./-]*\b{re.escape(path.name)}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
