# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of 'nflogcap list'."""

import json
import os
import pathlib
import resource
import subprocess
import unittest

from nf_tables import bind_groups, netfilter_socket
from support import COMMAND, UNHELPFUL_PROC, CommandTest, run, run_prepared


class List(CommandTest):
    def rows(self):
        done = run("list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()[1:]

    def test_no_group(self):
        done = run("list")
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertEqual(done.stderr, "no group is bound in this network namespace\n")

    def test_each_group_with_its_owner_and_settings(self):
        first = self.capture("-g", "7", "-s", "96", group=7)
        second = self.capture("-g", "5", "-s", "0")
        done = run("list")
        self.assertEqual(done.returncode, 0)
        self.assertEqual([line.split() for line in done.stdout.splitlines()], [
            ["GROUP", "OWNER", "COPIES", "SNAPLEN", "FLUSH", "TIMEOUT", "QUEUED"],
            ["5", str(second.process.pid), "nflogcap", "metadata", "-", "10", "ms", "0"],
            ["7", str(first.process.pid), "nflogcap", "packets", "96", "10", "ms", "0"],
        ])

    def test_as_json(self):
        first = self.capture("-g", "7", "-s", "96", group=7)
        second = self.capture("-g", "5", "-s", "0")
        done = run("list", "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        groups = [json.loads(line) for line in done.stdout.splitlines()]
        ports = [group.pop("netlink_port") for group in groups]
        self.assertEqual(len(set(ports)), 2)
        self.assertEqual(groups, [
            {"group": 5, "pid": second.process.pid, "process": "nflogcap", "copies": "metadata",
             "flush_timeout_ms": 10, "queued": 0},
            {"group": 7, "pid": first.process.pid, "process": "nflogcap", "copies": "packets",
             "snaplen": 96, "flush_timeout_ms": 10, "queued": 0},
        ])

    def test_groups_of_another_network_namespace_are_listed(self):
        self.capture("-g", "5")
        self.assertIn("no group is bound", run("list", "--netns", self.named_namespace()).stderr)
        self.assertIn("5 ", run("list", "--netns", "/proc/self/ns/net").stdout)

    def test_a_fifo_is_no_network_namespace(self):
        fifo = str(self.fifo())
        for command in (["list"], ["doctor", "-g", "5"]):
            with self.subTest(command):
                self.assertIn("this file is not a network namespace", run(*command, "--netns", fifo).stderr)

    def test_control_characters_in_the_name_of_a_process_are_escaped(self):
        name = pathlib.Path("/proc/self/comm")
        self.addCleanup(name.write_bytes, name.read_bytes().rstrip(b"\n"))
        name.write_bytes(b"a\n7 \x1b[31m\xe2\x80\xae")
        with netfilter_socket() as owner:
            bind_groups([5], owner)
            rows = self.rows()
            group = json.loads(run("list", "--json").stdout)
        self.assertEqual(group["process"], "a\n7 \x1b[31m\u202e")
        self.assertEqual(len(rows), 1)
        self.assertRegex(rows[0], rf"^5 +{os.getpid()} a\\x0a7 \\x1b\[31m\\xe2\\x80\\xae  +")

    def test_an_owner_that_proc_does_not_show_is_unknown(self):
        self.capture("-g", "5")
        done = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", COMMAND, "list"],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout.splitlines()[1], r"^5 +unknown, netlink port \d+  +packets")

    def test_an_unusable_proc_is_named_in_the_error(self):
        for prepare, words in UNHELPFUL_PROC:
            with self.subTest(words):
                done = run_prepared(prepare, "list")
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, "cannot read /proc/self/net/.*: .*" + words)
                self.assertNotIn("kernel", done.stderr)

    def test_thousands_of_owners(self):
        count = 5000
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        count = min(count, limits[1] - 50)
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + 50, limits[1]))
        owners = [netfilter_socket() for _ in range(count)]
        for owner in owners:
            self.addCleanup(owner.close)
        for group, owner in enumerate(owners):
            bind_groups([group], owner)
        rows = self.rows()
        self.assertEqual(len(rows), count)
        for row in rows:
            self.assertRegex(row, rf"^\d+ +{os.getpid()} python")


if __name__ == "__main__":
    unittest.main(verbosity=2)
