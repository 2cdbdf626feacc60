# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks which words bash, zsh and fish offer to complete a command line.

Environment variables, besides those of support.py: COMPLETIONS is the directory of the completion files.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

from support import LONG, CommandTest, run

COMPLETIONS = pathlib.Path(os.environ["COMPLETIONS"])
PROGRAMS = {"ship", "collect", "watch"}  # the programs of the fleet, which have options of their own
COMMANDS = {"list", "doctor", "top", "spool", "demo"} | PROGRAMS


def options_of(*command):
    """Returns the options that --help shows."""
    return set(re.findall(r"(?<![\w'-])--?[A-Za-z][a-z-]*", re.search(
        r"^Options:\n((?:  .*\n)+)", run(*command, "--help").stdout, re.M)[1]))


def lines_of(*program, directory=None):
    """Runs a program in a mount namespace in which /sys shows the devices of this network namespace.

    Returns the lines that the program prints.
    """
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", 'mount -t sysfs sysfs /sys && exec "$@"', "sh", *program],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        check=True, cwd=directory, timeout=LONG)
    assert not done.stderr, done.stderr
    return done.stdout.splitlines()


def by_bash(*words, directory=None):
    script = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nflogcap; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    # bash splits words at ':', so split the arguments at ':' too.
    parts = [part for word in words for part in re.split("(:)", word)]
    return lines_of("bash", "-c", script, "bash", COMPLETIONS / "nflogcap", *parts, directory=directory)


def by_zsh(*words, directory=None):
    return lines_of(pathlib.Path(__file__).parent / "zsh-completions", COMPLETIONS, shlex.join(words[:-1]) +
                    " " + words[-1], directory=directory)


def by_fish(*words, directory=None):
    lines = lines_of("fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
                     COMPLETIONS / "nflogcap.fish", shlex.join(words[:-1]) + " " + words[-1], directory=directory)
    return [line.split("\t")[0] for line in lines]


class Shell:
    def offered(self, *words, directory=None):
        return set(filter(None, type(self).complete("nflogcap", *words, directory=directory)))

    def setUp(self):
        super().setUp()
        if not shutil.which(self.name):
            words = f"there is no {self.name}; scripts/install-deps installs it"
            self.assertNotEqual(os.environ.get("NFLOGCAP_REQUIRE_LIVE"), "1", words)
            self.skipTest(words)

    def test_each_option_and_no_other(self):
        for command in ([], *([name] for name in COMMANDS - PROGRAMS)):
            with self.subTest(command):
                options = options_of(*command)
                self.assertEqual({option for prefix in self.prefixes for option in self.offered(*command, prefix)},
                                 options)

    def test_commands_are_the_first_word(self):
        self.assertEqual(self.offered("d"), {"doctor", "demo"})
        self.assertEqual(self.offered("help", ""), COMMANDS)
        self.assertEqual(self.offered("-x", "d"), set())
        self.assertEqual(self.offered("list", "d"), set())

    def test_the_values_of_an_option_are_offered(self):
        for words, offered in ((("--color", "n"), {"never"}), (("top", "--by", "p"), {"prefix", "port"}),
                               (("--hook", "p"), {"prerouting", "postrouting"}), (("-y", "r"), {"raw"}),
                               (("-g", ""), set()), (("top", "--once", ""), set())):
            with self.subTest(words):
                self.assertEqual(self.offered(*words), offered)

    def test_users_devices_namespaces_and_files_are_offered(self):
        self.assertEqual(self.offered("-Z", "roo"), {"root"})
        self.assertEqual(self.offered("--hook", "ingress:l"), {self.device("lo")})
        namespace = self.named_namespace()
        self.assertIn(namespace, self.offered("list", "--netns", "nflogcap-"))
        (self.directory / "file.pcap").touch()
        for option in ("-r", "-w", "-F"):
            self.assertEqual(self.offered(option, "f", directory=self.directory), {"file.pcap"})

    def test_names_are_never_run(self):
        name = "$(touch${IFS}it_ran)"
        (self.directory / name).touch()
        subprocess.run(["ip", "link", "add", name[:15], "type", "veth"], check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", name[:15]], check=True)
        self.assertTrue(self.offered("--netns", "", directory=self.directory))
        self.assertTrue(self.offered("--hook", "ingress:", directory=self.directory))
        self.assertTrue(self.offered("-r", "", directory=self.directory))
        self.assertEqual([path.name for path in self.directory.iterdir()], [name])


class Bash(Shell, CommandTest):
    name, complete, prefixes = "bash", by_bash, ("-",)

    def device(self, name):
        return name

    def test_names_are_quoted(self):
        name = "$(touch${IFS}it_ran)"
        (self.directory / name).touch()
        self.assertEqual(self.offered("--netns", "$", directory=self.directory), {r"\$\(touch\$\{IFS\}it_ran\)"})
        subprocess.run(["ip", "link", "add", name[:15], "type", "veth"], check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", name[:15]], check=True)
        self.assertEqual(self.offered("--hook", "ingress:$"), {r"\$\(touch\$\{IFS\}it"})


class Zsh(Shell, CommandTest):
    name, complete, prefixes = "zsh", by_zsh, ("-",)

    def device(self, name):
        return f"ingress:{name}"


class Fish(Shell, CommandTest):
    # After one hyphen, fish does not offer the long name of an option that also has a short name.
    name, complete, prefixes = "fish", by_fish, ("-", "--")

    def device(self, name):
        return f"ingress:{name}"


if __name__ == "__main__":
    unittest.main(verbosity=2)
