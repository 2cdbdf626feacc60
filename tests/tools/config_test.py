# SPDX-License-Identifier: GPL-2.0-or-later
"""--config reads words of the command line from a file; errors in the file are reported with its name and line."""

import os
import pathlib
import shutil
import subprocess
import unittest

from support import COMMAND, LONG, ONE_USER_ALONE, CommandTest, objects, rule, run, send

EXAMPLE = pathlib.Path(__file__).parent.parent.parent / "tools/systemd/web.conf"
NOBODY = 65534


class ConfigTest(CommandTest):
    def config(self, text):
        path = self.directory / "web.conf"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def assert_words(self, text, words, *others, status=2):
        path = self.config(text)
        self.assert_refused(["--config", str(path), *others], words.format(path), status)


class Words(ConfigTest):
    def test_the_words_of_the_file_come_before_those_of_the_command_line(self):
        rule("group 5")
        path = self.config("# what the web servers get\n\n-g 5   # the group of the rules\n\t--json\r\n"
                           "udp 'port 4242' and\n")
        for words in (["--config", path], [f"--config={path}"]):
            capture = self.capture(*words, "udp", "-c", "1")
            send(b"x")
            said, _words, status = capture.finish(None)
            self.assertEqual((len(objects(said)), status), (1, 0))

    def test_quotes_keep_spaces_and_everything_else(self):
        for text, word in (("'a b'", "a b"), ("'a  # b'", "a  # b"), ('"a\'b c"', "a'b c"), ("a'b \"c'd", 'ab "cd'),
                           ("''\"#\"", "#"), ("a#b", "a#b"), ("'a\\'", "a\\\\?"), ("$HOME", r"\$HOME"), ("`a`", "`a`")):
            with self.subTest(text):
                self.assert_words(f"-g {text}\n", f"{{}}:1: -g: '{word}' is not a number")

    def test_a_file_can_begin_with_a_command(self):
        rule("group 5")
        path = self.config("top --json\n-g 5")
        capture = self.capture("--config", path, "-c", "1")
        send(b"x")
        self.assertIn('"by":"prefix"', capture.finish(None)[0])
    def test_the_example_is_valid(self):
        path = self.config(EXAMPLE.read_bytes())
        done = run("--config", path, "--config", "x")
        self.assertRegex(done.stderr, "^nflogcap: --config must be the first word")


class Wrong(ConfigTest):
    def test_errors_name_the_file_and_the_line(self):
        for text, words in (
            ("-g 5\n\n--jsn\n", "{}:3: there is no option --jsn; the nearest is --json"),
            ("# -g x\n-g x\n-g 5\n", "{}:2: -g: 'x' is not a number from 0 to 65535"),
            ("-g 5\n-c 1\n--json\n-c 2\n", "{}:4: -c is given more than once; give it once"),
            ("--json\n-w x\n-x\n-g 5", "{}:[23]: .*excludes"),
            ("-C 1\n-g 5\n", "{}:1: -C requires -w"),
            ("-g 5\nudp prt 5\n", "{}:2: cannot set the filter 'udp prt 5'.*syntax error"),
            ("-g 5\nudp\nfrob\n", "{}:3: cannot set the filter 'udp frob'.*"),
            ("-g 5\nudp and\nport 5 frob\n", "{}:3: cannot set the filter 'udp and port 5 frob'.*"),
            ("-g 5\n'udp\nport 5'\n", "{}:2: the quotation mark ' is not closed on its line"),
            ("-g 5\n--config other.conf\n", "{}:2: --config must be the first word.*cannot include another one"),
            ("--config other.conf\n", "{}:1: --config must be the first word.*cannot include another one"),
            ("-g 5\n--netns ''\n", "{}:2: --netns: the value is empty"),
            ("-g", "{}:1: --group: .*missing"),
            ("lst", "{}:1: there is no command 'lst'; the nearest is 'list'"),
            ("-g 5\n" + "x " * 999, "{} has more than 1000 words; -F reads a long filter"),
        ):
            with self.subTest(text):
                self.assert_words(text, words)

    def test_an_error_in_the_command_line_does_not_name_the_file(self):
        path = self.config("--json\n")
        self.assert_refused(["--config", path, "-g", "x"], "-g: 'x' is not a number")
        self.assertRegex(run("--config", path, "-g", "x").stderr, "^nflogcap: -g: 'x'")
        self.assertRegex(run("--config", path).stderr, "^nflogcap: nothing to capture")

    def test_it_must_be_the_first_option(self):
        for arguments in (["-g", "5", "--config", "x"], ["-g", "5", "--config=x"]):
            self.assert_refused(arguments, "--config must be the first word: nflogcap --config FILE")
        self.assert_refused(["--config"], "--config.*missing")

    def test_files_that_are_no_configuration_are_refused(self):
        path = self.directory / "x"
        self.assert_refused(["--config", path], f"cannot read the configuration in {path}: No such file", 1)
        self.assert_refused(["--config", self.directory], f"{self.directory} is not a regular file")
        self.assert_refused(["--config", self.fifo()], "fifo is not a regular file")
        self.assert_refused(["--config", "/dev/null"], "/dev/null is not a regular file")
        self.assert_words(b"-g 5\n\0", "{} is not a configuration: it contains a zero byte", status=1)
        self.assert_words(b"#" * (2**20 + 1), "{} is too long for a configuration", status=1)
        self.assert_words(b"-g \xff\x1b[31m\n", r"{}:1: -g: '\\xff\\x1b\[31m' is not a number")

    def test_a_file_that_others_can_write_is_refused(self):
        path = self.config("-g x")
        for mode in (0o664, 0o646, 0o666):
            path.chmod(mode)
            self.assert_refused(["--config", path], f"{path} can be written by users other than its owner, "
                                f".*chmod go-w {path}")
        for mode in (0o600, 0o644, 0o755):
            path.chmod(mode)
            self.assert_refused(["--config", path], f"{path}:1: -g: 'x'")


@unittest.skipIf(ONE_USER_ALONE, "there is one user alone in this user namespace")
class OtherUsers(ConfigTest):
    def setUp(self):
        super().setUp()
        self.directory.chmod(0o755)
        self.command = self.directory / "nflogcap"
        shutil.copy(COMMAND, self.command)

    def words_of_nobody(self, path):
        return subprocess.run([self.command, "--config", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=LONG, user=NOBODY, group=NOBODY,
                              extra_groups=[]).stderr

    def test_the_file_belongs_to_root_or_to_the_caller(self):
        path = self.config("-g x")
        for owner, told_root, told_nobody in (
            (0, "{}:1: ", "{}:1: "),
            (NOBODY, "--config: {} belongs to user 65534, .*chown root {}", "{}:1: "),
            (1, "--config: {} belongs to user 1, ", "--config: {} belongs to user 1, "),
        ):
            with self.subTest(owner):
                os.chown(path, owner, owner)
                self.assertRegex(run("--config", path).stderr, "^nflogcap: " + told_root.format(path, path))
                self.assertRegex(self.words_of_nobody(path), "^nflogcap: " + told_nobody.format(path))

    def test_a_file_that_this_user_cannot_read(self):
        path = self.config("-g x")
        path.chmod(0o600)
        self.assertRegex(self.words_of_nobody(path), f"^nflogcap: cannot read the configuration in {path}: "
                                                     "Permission denied; allow this user to read it")


if __name__ == "__main__":
    unittest.main(verbosity=2)
