# SPDX-License-Identifier: GPL-2.0-or-later
"""The command with more privileges than its user (file capabilities, setuid), and with fewer after -Z."""

import os
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from support import COMMAND, CommandTest, LONG, ONE_USER_ALONE, await_condition, bound_groups, rule, run, send

NOBODY = 65534
VARIABLES = "XTABLES_LIBDIR", "IPTABLES_LIB_DIR", "IP6TABLES_LIB_DIR"


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
        """Checks that the command passed the match to nft, which refused it."""
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
        self.give_capabilities()  # again, because chown(2) removed the capabilities
        self.assert_taps(self.tap())
        done = self.tap(environment={"XTABLES_LIBDIR": "/tmp"})
        self.assertRegex(done.stderr, "^nflogcap: cannot tap: .*XTABLES_LIBDIR")

    def test_with_set_user_id_a_tap_is_refused_with_an_explanation(self):
        self.command.chmod(0o4755)
        done = self.tap()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, f"^nflogcap: cannot tap: the real user id {NOBODY} and the "
                                      "effective user id 0 differ.*setresuid")

    def test_without_such_privileges_users_can_set_the_variables(self):
        done = subprocess.run([COMMAND, "--tap", "udp dport nothing"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=LONG,
                              env={**os.environ, "XTABLES_LIBDIR": "/tmp"})
        self.assert_taps(done)


@unittest.skipIf(ONE_USER_ALONE, "there is one user alone in this user namespace")
class FewerRights(CommandTest):
    """-Z USER drops the privileges of root."""

    def setUp(self):
        super().setUp()
        rule("group 5")
        self.directory.chmod(0o777)
        self.file = self.directory / "x"

    def become_nobody(self, *arguments):
        return self.capture("-g", "5", *arguments, "-Z", "nobody")

    def write_as_nobody(self, *arguments):
        return self.become_nobody("-w", str(self.file), *arguments)

    def begin(self, *command):
        """Starts a command that writes the file as user nobody, and waits for the file."""
        process = subprocess.Popen([*command, "-Z", "nobody", "-w", self.file],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        await_condition(lambda: self.file.exists() or process.poll() is not None, "the file")
        return process

    def status_of(self, process):
        """Returns the fields of /proc/PID/status of a process, which must still run."""
        self.assertIsNone(process.poll())
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        return dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)

    def assert_nobodys(self, status):
        for ids in "Uid", "Gid":
            self.assertEqual(set(status[ids].split()), {str(NOBODY)})
        self.assertNotIn("0", status["Groups"].split())
        for capabilities in "CapInh", "CapPrm", "CapEff", "CapAmb":
            self.assertEqual(int(status[capabilities], 16), 0, capabilities)

    def assert_refused_at_the_start(self, arguments, words):
        """Checks that the command is refused, and neither creates nor changes a file."""
        before = {path: path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}
        done = run("-g", "5", *arguments, "-Z", "nobody")
        self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
        self.assertRegex(done.stderr, f"^nflogcap: .*{words}.*\n$")
        after = {path: path.read_bytes() for path in self.directory.rglob("*") if path.is_file()}
        self.assertEqual(after, before)
        self.assertNotIn(5, bound_groups())

    def test_all_rights_of_root_are_dropped_and_a_stop_still_loses_nothing(self):
        capture = self.write_as_nobody()
        await_condition(self.file.exists, "the file")
        self.assert_nobodys(self.status_of(capture.process))
        send(*(b"x" * 1000 for _ in range(500)))
        _, words, code = capture.finish()
        self.assertEqual((words, code), ("500 packets written, 500 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(self.file.stat().st_uid, NOBODY)

    def test_capabilities_of_a_user_that_is_not_root_are_dropped_too(self):
        capabilities = "+net_admin,+setuid,+setgid"
        setpriv = ["setpriv", "--reuid=1", "--regid=1", "--clear-groups",
                   f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}"]
        process = self.begin(*setpriv, COMMAND, "-g", "5")
        self.assert_nobodys(self.status_of(process))

    def test_without_the_right_to_change_users_it_says_so_and_writes_nothing(self):
        done = subprocess.run(
            ["setpriv", "--bounding-set=-setuid", "--inh-caps=-setuid", COMMAND, "-g", "5",
             "-Z", "nobody", "-w", self.file], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=LONG)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, "^nflogcap: -Z nobody: cannot become this user: .*CAP_SETUID")
        self.assertFalse(self.file.exists())

    def test_a_file_that_the_user_may_not_write_is_refused_and_not_changed(self):
        self.file.write_text("root's")
        self.assert_refused_at_the_start(["-w", str(self.file)], "/x: Permission denied")
        self.file.unlink()
        self.directory.chmod(0o755)
        self.assert_refused_at_the_start(["-w", str(self.file)], "/x: Permission denied")

    def test_a_ring_of_files_goes_round(self):
        capture = self.write_as_nobody("-C", "1", "-W", "2")
        for _ in range(5):
            send(*(b"x" * 1000 for _ in range(700)))
        _, words, code = capture.finish()
        self.assertEqual((words, code),
                         ("3500 packets written, 3500 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual({path.name: path.stat().st_uid for path in self.directory.iterdir()},
                         {"x0": NOBODY, "x1": NOBODY})

    def test_a_name_that_recurs_is_written_over(self):
        capture = self.write_as_nobody("-G", "1")
        send(b"the first packet")
        await_condition(lambda: self.file.exists() and b"the first packet" in self.file.read_bytes(),
                        "the packet")

        def is_written_over():
            send(b"a later one")
            return b"the first packet" not in self.file.read_bytes()
        await_condition(is_written_over, "the second file")
        self.assertEqual(capture.finish()[2], 0)

    def test_a_later_file_that_the_user_may_not_write_is_refused_at_the_start(self):
        (self.directory / "x07").write_text("root's")
        self.assert_refused_at_the_start(
            ["-w", str(self.file), "-C", "1", "-W", "20"], "/x07, a later file of this capture: Perm.* allow nobody")
        (self.directory / "x3").write_text("root's")
        self.assert_refused_at_the_start(["-w", str(self.file), "-C", "1"], "/x3, a later file of this capture")
        (self.directory / "y.13").write_text("root's")
        self.assert_refused_at_the_start(
            ["-w", str(self.directory / "y.%H"), "-G", "3600"], r"/y\.13, a later file of this capture")

    def test_a_directory_that_the_user_may_not_write_later_is_refused_at_the_start(self):
        for name in "x", "x0", "x1":
            (self.directory / name).touch()
            (self.directory / name).chmod(0o666)
        for hour in range(24):
            directory = self.directory / f"{hour:02}"
            directory.mkdir()
            directory.chmod(0o755 if hour == 13 else 0o777)
        self.directory.chmod(0o755)
        self.assert_refused_at_the_start(
            ["-w", str(self.directory / "%H/x"), "-G", "3600"], "/13/x, a later file of this capture: Permission")
        self.assert_refused_at_the_start(["-w", str(self.file), "-C", "1"], "/x2, a later file of this capture")
        # The user can write into this ring, because all of its files exist.
        self.assertEqual(self.write_as_nobody("-C", "1", "-W", "2").finish()[2], 0)

    def test_a_directory_that_does_not_exist_yet_is_no_reason_to_refuse(self):
        directory = self.directory / time.strftime("%Y")
        directory.mkdir()
        directory.chmod(0o777)
        capture = self.become_nobody("-w", str(self.directory / "%Y/x"), "-G", "31536000")
        self.assertEqual(capture.finish()[2], 0)

    def test_a_tap_in_another_network_namespace_goes_with_the_user(self):
        name = self.named_namespace()
        process = self.begin(COMMAND, "-g", "5", "--tap", "udp", "--netns", name)
        listing = ["ip", "netns", "exec", name, "nft", "list", "ruleset"]
        self.assert_nobodys(self.status_of(process))
        self.assertIn("nflogcap-5", subprocess.check_output(listing, text=True))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(LONG), 0)
        self.assertEqual(subprocess.check_output(listing, text=True), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
