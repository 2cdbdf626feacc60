# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands list, doctor and demo."""

import os
import pathlib
import subprocess
import unittest

from support import COMMAND, CommandTest, bound_groups, nft, rule, run


class List(CommandTest):
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

    def test_of_another_network_namespace(self):
        self.capture("-g", "5")
        self.assertIn("no group is bound", run("list", "--netns", self.named_namespace()).stderr)
        self.assertIn("5 ", run("list", "--netns", "/proc/self/ns/net").stdout)


class Doctor(CommandTest):
    def findings(self, *arguments, **options):
        done = run("doctor", *arguments, **options)
        self.assertEqual(done.stderr, "")
        kinds = {}
        for line in done.stdout.splitlines():
            kind, _, words = line.partition(" ")
            kinds.setdefault(kind, []).append(words.strip())
        # The socket buffer is as it is on this machine.
        buffer = [words for words in kinds.get("problem", []) if "socket buffer" in words]
        if len(buffer) < len(kinds.get("problem", [])) or not buffer:
            self.assertEqual(done.returncode, 1 if "problem" in kinds else 0)
        return {kind: "\n".join(words) for kind, words in kinds.items()}

    def test_all_is_well(self):
        nft("table inet watch { chain in { type filter hook input priority 0; "
            'udp dport 9 log prefix "group 6 " group 5; }; }\n')
        found = self.findings("-g", "5")
        self.assertIn("this kernel has NFLOG, and groups can be captured", found["ok"])
        self.assertIn("group 5 is free", found["ok"])
        self.assertIn('group 5 is logged to in table inet watch, chain in: '
                      'udp dport 9 log prefix "group 6 " group 5', found["ok"])
        self.assertEqual(bound_groups(), set())

    def test_no_rule_logs_to_the_group(self):
        rule("group 5")
        self.assertIn("no rule of nftables logs to group 6: add 'log group 6'",
                      self.findings("-g", "6")["problem"])
        self.assertNotIn("logs to", self.findings()["ok"].replace("is logged to", ""))

    def test_a_group_that_has_an_owner(self):
        rule("group 5")
        owner = self.capture("-g", "5")
        self.assertIn(f"group 5 is captured by process {owner.process.pid} (nflogcap)",
                      self.findings("-g", "5")["note"])

    def test_what_a_rule_takes_away(self):
        rule("group 5 snaplen 64 queue-threshold 3")
        note = self.findings("-g", "5")["note"]
        self.assertIn("no more than 64 bytes", note)
        self.assertIn("at most 3 packets", note)

    def test_rules_of_iptables(self):
        subprocess.run(["iptables-nft", "-A", "INPUT", "-p", "udp", "-j", "NFLOG", "--nflog-group", "8"],
                       check=True)
        self.assertIn("group 8 is logged to in table ip filter, chain INPUT",
                      self.findings("-g", "8")["ok"])

    def test_without_the_capability(self):
        done = subprocess.run(["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin",
                               COMMAND, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, "problem .*CAP_NET_ADMIN is missing; run as root")
        self.assertIn("rules were not looked at: CAP_NET_ADMIN is missing", done.stdout)

    def test_a_small_socket_buffer(self):
        # A root that is not the machine's is held to net.core.rmem_max.
        most = int(pathlib.Path("/proc/sys/net/core/rmem_max").read_text()) \
            if pathlib.Path("/proc/sys/net/core/rmem_max").exists() else 212992
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", COMMAND, "doctor"],
                              stdout=subprocess.PIPE, text=True)
        if most >= 32 << 20:
            self.assertNotIn("that are asked for", done.stdout)
            return
        self.assertEqual(done.returncode, 1)
        self.assertIn("of the 33,554,432 bytes that are asked for", done.stdout)
        self.assertIn("sysctl -w net.core.rmem_max=33554432", done.stdout)


class Demo(CommandTest):
    def test_it_shows_packets_and_leaves_nothing(self):
        done = run("demo", env={**os.environ, "TMPDIR": str(self.directory)})
        self.assertEqual(done.returncode, 0, done.stderr)
        for shown in ("UDP 127.0.0.1:", "UDP [::1]:", "TCP 127.0.0.1:", " SYN ", '{"timestamp_ns":',
                      "    0000  45 00", "and the file are gone"):
            self.assertIn(shown, done.stdout)
        self.assertIn("4 packets written, 4 received, 0 filtered, 0 lost", done.stderr)
        self.assertEqual(list(self.directory.iterdir()), [])
        self.assertEqual(subprocess.check_output(["nft", "list", "ruleset"]), b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
