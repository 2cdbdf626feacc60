#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the header names stands in each place that lists such names: fields, their bits, options; and so
do the languages that have a directory in bindings/."""
import ast
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent
# What a language has under another name, or not: lengths are those of its strings, pointers its own.
OF_C = {"payload_length", "ct_length", "hw_address_length", "hw_header_length", "l2_header_length",
        "message", "message_length"}
RANGES = {
    "snaplen": "0 to 65531",
    "queue_threshold": "1 or more",
    "flush_timeout": "0 to 3600000",
    "batch_size": "4096 to 131072",
    "socket_buffer": "4096 to 1073741823",
}
UNITS = {"snaplen": "bytes", "queue_threshold": "packets", "flush_timeout": "milliseconds",
         "batch_size": "bytes", "socket_buffer": "bytes"}


def text(path):
    return (ROOT / path).read_text()


HEADER = re.sub(r"/\*.*?\*/", "", text("capi/include/nflogcap.h"), flags=re.S)


def fields():
    body = re.search(r"^struct nflogcap_packet {(.*?)^};", HEADER, re.M | re.S)[1]
    found = {name for name in re.findall(r"(\w+)(?:\[\d+\])?;", body) if not name.startswith("reserved")}
    assert len(found) > 20
    return found


def options():
    """Those of open, after the setters."""
    return {*re.findall(r"\bnflogcap_set_(\w+)\(", HEADER), "groups", "tap", "hook"}


def languages():
    found = {path.parent.name for path in ROOT.glob("bindings/*/CMakeLists.txt")}
    assert len(found) > 3
    return found


def called(path, macro):
    return set(re.findall(rf"^\w*{macro}\((?:[\w: ]+, )?(\w+)", text(path), re.M))


def words(path, beginning, end):
    """The words of a list between these two."""
    listed = re.search(f"{re.escape(beginning)}(.*?){re.escape(end)}", text(path), re.S)[1]
    return set(re.findall(r"\w+", listed))


class Fields(unittest.TestCase):
    def require(self, names, listed, path):
        with self.subTest(path):
            self.assertEqual(names - set(listed), set(), f"{path} lacks these")

    def test_each_field_is_everywhere(self):
        of_languages = fields() - OF_C
        interface = re.sub(r"binding::\w+|unsigned long long|double", "T", text("bindings/nflogcap.i"))
        self.require(of_languages, re.findall(r"_?FIELD\((?:T, )?(\w+)", interface), "bindings/nflogcap.i")
        self.require(of_languages, called("bindings/python/packet_docs.i", "DOC"), "packet_docs.i")
        self.require(of_languages, words("bindings/perl/lib/Nflogcap.pm", "@FIELDS = qw(", ")"), "Nflogcap.pm")
        self.require(of_languages, words("bindings/ruby/lib/nflogcap.rb", "FIELDS = %i[", "]"), "nflogcap.rb")
        self.require(of_languages, re.findall(r"C<(\w+)>", text("bindings/perl/lib/Nflogcap.pm")), "its pod")
        stub = ast.parse(text("bindings/python/nflogcap/_nflogcap.pyi"))
        packet = next(node for node in stub.body if getattr(node, "name", "") == "Packet")
        self.require(of_languages, (node.name for node in packet.body), "_nflogcap.pyi")

    def test_ctypes_declares_each(self):
        path = "tests/capi/ctypes_consumer.py"
        self.require(fields(), re.findall(r'^ +\("(\w+)", ', text(path), re.M), path)

    def test_the_manual_of_the_command_lists_the_fields_of_json(self):
        described = re.findall(r"^    (?:PACKET|DISSECTED|MEASURED)\w*\((?:[A-Z]+, |\w+, \d, [A-Z]+, )?(\w+),",
                               text("core/packet/fields.cpp"), re.M)
        self.assertGreater(len(described), 40)
        section = re.search(r"^\.Sh JSON\n(.*?)^These are the fields", text("docs/man/nflogcap.1"), re.M | re.S)[1]
        listed = re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"^\.Li (.*)", section, re.M)))
        self.assertEqual(sorted(listed), sorted([*described, "timestamp_of"]))

    def test_numpy_has_each_of_a_fixed_size(self):
        numbers = set(re.findall(r"uint\d+_t (\w+);", re.search(
            r"^struct nflogcap_packet {(.*?)^};", HEADER, re.M | re.S)[1]))
        lengths = {name for name in OF_C if name != "payload_length"}
        self.require(numbers - lengths, called("bindings/python/batch.cpp", "FIELD") |
                     set(re.findall(r"FIELD\((\w+)\)", text("bindings/python/batch.cpp"))), "batch.cpp")

    def test_each_bit_is_everywhere(self):
        bits = set(re.findall(r"#define NFLOGCAP_(HAS_\w+)", HEADER))
        self.assertGreater(len(bits), 15)
        listed = {f"HAS_{name}" for name in called("bindings/nflogcap.i", "PRESENT_BIT")}
        self.require(bits, listed, "bindings/nflogcap.i")
        for path in ("bindings/python/nflogcap/__init__.py", "bindings/python/nflogcap/_nflogcap.pyi"):
            self.require(bits, re.findall(r"HAS_\w+", text(path)), path)
        exported = re.search(r"^__all__ = (\[.*?\])", text("bindings/python/nflogcap/__init__.py"), re.M | re.S)
        self.require(bits, ast.literal_eval(exported[1]), "__all__")


class Options(unittest.TestCase):
    def described(self):
        """What each language says of each option where `open` is described."""
        python = re.search(r'"""Starts capturing and returns the Capture\.(.*?)"""',
                           text("bindings/python/nflogcap/capture.py"), re.S)[1]
        lua = re.search(r"--- Starts capturing(.*?)^function", text("bindings/lua/nflogcap.lua"), re.M | re.S)[1]
        ruby = re.search(r"# Starts capturing\.(.*?)def self\.open", text("bindings/ruby/lib/nflogcap.rb"), re.S)[1]
        perl = re.search(r"Nflogcap->open\(%options\)(.*?)^=back", text("bindings/perl/lib/Nflogcap.pm"), re.M | re.S)[1]
        return {
            "python": re.findall(r"^    (\w+)  +(.*?)(?=^    \w|^$|\Z)", python, re.M | re.S),
            "lua": re.findall(r"^--   (\w+)  +(.*?)(?=^--   \w|^--$)", lua, re.M | re.S),
            "ruby": re.findall(r"^  # (\w+):: (.*?)(?=^  # \w+::|\Z)", ruby, re.M | re.S),
            "perl": re.findall(r"\n\n=item (\w+)\n\n(.*?)(?=\n\n=item|\Z)", perl, re.S),
        }

    def test_each_language_describes_each_with_its_unit_and_range(self):
        self.assertEqual(set(self.described()), languages(), "described() reads each front")
        for language, entries in self.described().items():
            described = {name: re.sub(r"[\s#-]+", " ", words).lower() for name, words in entries}
            with self.subTest(language):
                self.assertEqual(set(described), options())
            for name in RANGES:
                with self.subTest(language, option=name):
                    self.assertIn(UNITS[name], described[name])
                    self.assertIn(RANGES[name], described[name])

    def test_the_pages_name_each(self):
        for language in languages():
            page = text(f"docs/{language}.md")
            signature = re.search(r"`[Nn]flogcap(?:\.|->)open ?[({](.*?groups.*?)`", page)
            with self.subTest(language):
                self.assertIsNotNone(signature, "the page has no call of open with its options")
                self.assertEqual(options() - set(re.findall(r"\w+", signature[1])), set())

    def test_header_and_manual_have_the_same_ranges(self):
        header = re.sub(r"\s[\s*]*", " ", text("capi/include/nflogcap.h"))
        for name in RANGES:
            comment = re.search(rf"/\*([^/]*)\*?/ int nflogcap_set_{name}\(", header)[1]
            page = re.search(rf"^\.It Fn nflogcap_set_{name}\n(.*?)^\.It", text("docs/man/nflogcap.3"), re.M | re.S)[1]
            for where, said in (("header", comment), ("manual", page)):
                with self.subTest(where, option=name):
                    self.assertRegex(said, rf"\b{RANGES[name]}\b")
                    self.assertIn(UNITS[name], said.lower())


class Languages(unittest.TestCase):
    def test_each_is_built_by_default(self):
        self.assertEqual(words("CMakeLists.txt", "set(languages ", ")"), languages())

    def test_each_is_everywhere(self):
        for path, pattern in (
            ("README.md", "^```{0}$"),
            ("README.md", '`all` or .*[";]{0}[";]'),
            ("tests/readme/CMakeLists.txt", r"\b{1}=env "),
            ("tests/readme/readme_test.py", "def test_the_{0}_loop_"),
            ("bench/bindings/compare", r'"{0}", \["loop\.'),
            ("bench/languages.py", r"{{modules}}/{0}\b"),
            ("bench/live/catalogue.py", r'script\("{0}", "loop\.'),
            ("packaging/debian/packages.cmake", r"^debian_package\({0} "),
            ("tests/bindings/system-library-test", r'"\$prefix/{0}\b'),
            ("docs/testing.md", r"behaviours.*\|{0}\b"),
        ):
            for language in languages():
                with self.subTest(path, language=language):
                    wanted = pattern.format(language, language.upper())
                    self.assertIsNotNone(re.search(wanted, text(path), re.M),
                                         f"{path} lacks {language}: {wanted}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
