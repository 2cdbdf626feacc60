#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs abi-diff on copies of the library with one change each: a break of the interface fails, an addition passes.

Environment variable CXX: the compiler. The baseline must be of the current library or of an older one.
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

TESTS = pathlib.Path(__file__).parent
ROOT = TESTS.parent.parent


class AbiDiff(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.copy = pathlib.Path(directory.name, "capi")
        shutil.copytree(ROOT / "capi", self.copy)

    def edit(self, name, pattern, replacement):
        path = self.copy / name
        text, times = re.subn(pattern, replacement, path.read_text(), flags=re.M)
        self.assertEqual(times, 1, f"{pattern!r} in {name}")
        path.write_text(text)

    def edit_header(self, pattern, replacement):
        self.edit("include/nflogcap.h", pattern, replacement)

    def append_to(self, name, text):
        with (self.copy / name).open("a") as file:
            file.write(text)

    def compared(self, *flags):
        """Returns the exit status and the output of abi-diff for the changed copy."""
        library = self.copy / "libnflogcap.so"
        sources = "".join(f'#include "{source}"\n' for source in sorted(self.copy.glob("*.cpp")))
        # The core is not linked, because this library is compared and never run.
        subprocess.run(
            [*shlex.split(os.environ["CXX"]), "-std=c++20", "-g", "-fPIC", "-shared",
             *flags,
             f"-I{self.copy}/include", *(f"-I{room}" for room in (ROOT / "core").glob("*/")),
             f"-Wl,--version-script={self.copy}/nflogcap.map", "-Wl,-soname,libnflogcap.so.1",
             "-x", "c++", "-", "-o", library],
            input=sources, text=True, check=True)
        done = subprocess.run([TESTS / "abi-diff", library, self.copy / "include"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def assert_broken(self, words):
        status, output = self.compared()
        self.assertEqual(status, 1, output)
        self.assertIn("The interface is broken.", output)
        self.assertRegex(output, words)

    def assert_kept(self, words="."):
        status, output = self.compared()
        self.assertEqual(status, 0, output)
        self.assertIn("Programs built for the baseline still run.", output)
        self.assertRegex(output, words)
        return output

    def test_the_current_library_keeps_the_interface(self):
        self.assert_kept()

    def test_a_removed_function_breaks_it(self):
        self.edit("nflogcap.map", r"^ *nflogcap_set_conntrack;\n", "")
        self.assert_broken(r"\[D\] 'function int nflogcap_set_conntrack\(nflogcap\*, int\)'")

    def test_a_function_that_takes_another_type_breaks_it(self):
        for name in ("include/nflogcap.h", "capture.cpp"):
            self.edit(name, r"(int nflogcap_set_conntrack\(.*), int enabled", r"\1, unsigned enabled")
        self.assert_broken("type name changed from 'int' to 'unsigned int'")

    def test_a_function_of_another_version_breaks_it(self):
        self.edit("nflogcap.map", r"^NFLOGCAP_1\.0 ", "NFLOGCAP_1.1 ")
        self.assert_broken("@@NFLOGCAP_1.0")

    def test_a_field_in_the_middle_breaks_it(self):
        self.edit_header(r"^( *)(uint32_t seq_global; )", r"\1uint32_t inserted;\n\1\2")
        self.assert_broken("uint32_t inserted")

    def test_a_field_that_is_gone_breaks_it(self):
        self.edit_header(r"^ *uint32_t delivery;(?s:.*?)\*/\n", "")
        self.assert_broken("uint32_t delivery")

    def test_a_field_of_another_type_breaks_it(self):
        self.edit_header(r"^( *)uint32_t uid;", r"\1int32_t uid;")
        self.assert_broken("type of 'uint32_t uid' changed")

    def test_a_field_of_another_size_breaks_it(self):
        self.edit_header(r"^( *)uint64_t lost;", r"\1uint32_t lost;")
        self.assert_broken("type of 'uint64_t lost' changed")

    def test_a_field_of_another_name_breaks_it(self):
        self.edit_header(r"^( *)uint32_t gid;", r"\1uint32_t group_id;")
        self.assert_broken("nflogcap_packet::gid")

    def test_two_fields_that_change_places_break_it(self):
        self.edit_header(r"uint32_t uid; (.*\n) *uint32_t gid;", r"uint32_t gid; \1    uint32_t uid;")
        self.assert_broken("offset changed")

    def test_a_break_is_found_in_a_struct_with_an_appended_field(self):
        self.edit_header(r"^( *)(uint16_t reserved\[3\]; .*\n)", r"\1\2\1uint64_t appended;\n")
        self.edit_header(r"^( *)uint32_t uid;", r"\1int32_t uid;")
        self.assert_broken("type of 'uint32_t uid' changed")

    def test_a_constant_of_another_value_breaks_it(self):
        self.edit_header(r"^(#define NFLOGCAP_HAS_MARK .*)<< 2", r"\1<< 22")
        self.assert_broken("NFLOGCAP_HAS_MARK was .* << 2.*, and is .* << 22")

    def test_a_constant_that_is_gone_breaks_it(self):
        self.edit_header(r"^#define NFLOGCAP_HAS_VLAN .*\n", "")
        self.assert_broken("NFLOGCAP_HAS_VLAN was .*, and is gone")

    def test_an_appended_field_keeps_it(self):
        self.edit_header(r"^( *)(uint16_t reserved\[3\]; .*\n)", r"\1\2\1uint64_t appended;\n")
        self.edit_header(r"^( *)(uint64_t socket_buffer_used; [^}]*\n)(?=};)",
                         r"\1\2\1uint64_t appended_too;\n")
        output = self.assert_kept("'uint64_t appended', at offset")
        self.assertIn("'uint64_t appended_too', at offset", output)

    def test_an_appended_function_keeps_it(self):
        self.edit_header(r"^(int nflogcap_stop.*\n)", r"\1int nflogcap_appended(nflogcap *handle);\n")
        self.append_to("nflogcap.map", "NFLOGCAP_1.1 { global: nflogcap_appended; } NFLOGCAP_1.0;\n")
        self.append_to("capture.cpp", 'extern "C" int nflogcap_appended(nflogcap*) { return 0; }\n')
        self.assert_kept(r"\[A\] 'function int nflogcap_appended\(nflogcap\*\)'.*@@NFLOGCAP_1\.1")

    def test_an_appended_constant_keeps_it(self):
        self.edit_header(r"^(#define NFLOGCAP_IMMEDIATE .*\n)", r"\1#define NFLOGCAP_APPENDED 2\n")
        self.assert_kept()

    def test_internals_of_the_library_may_change(self):
        self.edit("handle.hpp", r"^( *)std::string error;", r"\1std::string error;\n\1int inserted = 0;")
        self.assert_kept()

    def test_a_library_without_debugging_information_is_an_error(self):
        status, output = self.compared("-g0")
        self.assertEqual(status, 1, output)
        self.assertIn("debugging information", output)


if __name__ == "__main__":
    unittest.main(verbosity=2)
