# SPDX-License-Identifier: GPL-2.0-or-later
"""The command with more rights than the user who runs it, and with fewer than it started with."""

import os
import pathlib
import shutil
import subprocess
import unittest

from support import COMMAND, CommandTest, LONG

NOBODY = 65534
VARIABLES = "XTABLES_LIBDIR", "IPTABLES_LIB_DIR", "IP6TABLES_LIB_DIR"
# Without these nobody becomes another user, and no file gets capabilities.
ONE_USER_ALONE = "NFLOGCAP_REQUIRE_LIVE" not in os.environ and (
    os.getuid() != 0 or pathlib.Path("/proc/self/setgroups").read_text().strip() == "deny")


@unittest.skipIf(ONE_USER_ALONE, "there is one user alone in this user namespace")
class MoreRights(CommandTest):
    """A copy of the command that an unprivileged user runs."""

    def setUp(self):
        super().setUp()
        self.directory.chmod(0o755)
        self.command = self.directory / "nflogcap"
        shutil.copy(COMMAND, self.command)

    def run_as_nobody(self, *arguments, group=NOBODY, environment=None):
        return subprocess.run(
            [self.command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=LONG, user=NOBODY, group=group,
            extra_groups=[], env={**os.environ, **(environment or {})})

    def give_capabilities(self, capabilities="cap_net_admin"):
        subprocess.run(["setcap", f"{capabilities}+ep", self.command], check=True,
                       env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})

    def tap(self, **options):
        return self.run_as_nobody("--tap", "udp dport nothing", **options)

    def assert_taps(self, done):
        """It was nft that refused the match."""
        self.assertRegex(done.stderr, "^nflogcap: cannot tap 'udp dport nothing': nft says: ")

    def test_with_file_capabilities_it_taps_unless_a_variable_names_plug_ins(self):
        self.give_capabilities()
        self.assert_taps(self.tap())
        for name in VARIABLES:
            with self.subTest(name):
                done = self.tap(environment={name: str(self.directory)})
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, f"^nflogcap: cannot tap: .*{name} is set.*; unset ")

    def test_set_group_id_is_a_privilege_too(self):
        self.give_capabilities()
        os.chown(self.command, 0, 0)
        self.command.chmod(0o2755)
        self.give_capabilities()  # chown(2) took them
        self.assert_taps(self.tap())
        done = self.tap(environment={"XTABLES_LIBDIR": "/tmp"})
        self.assertRegex(done.stderr, "^nflogcap: cannot tap: .*XTABLES_LIBDIR")

    def test_set_user_id_gets_words_for_a_tap(self):
        self.command.chmod(0o4755)
        done = self.tap()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, f"^nflogcap: cannot tap: the real user id {NOBODY} and the "
                                      "effective user id 0 differ.*setresuid")

    def test_without_such_rights_the_variables_are_the_users_own(self):
        done = subprocess.run([COMMAND, "--tap", "udp dport nothing"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=LONG,
                              env={**os.environ, "XTABLES_LIBDIR": "/tmp"})
        self.assert_taps(done)


if __name__ == "__main__":
    unittest.main(verbosity=2)
