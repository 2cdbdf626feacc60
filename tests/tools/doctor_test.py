# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of 'nflogcap doctor'."""

import json
import pathlib
import socket
import subprocess
import unittest

import nf_tables
from support import (COMMAND, UNHELPFUL_PROC, CommandTest, bound_groups, nft, rule, run,
                     run_prepared, send)


class Doctor(CommandTest):
    def findings(self, *arguments, **options):
        done = run("doctor", *arguments, **options)
        self.assertEqual(done.stderr, "")
        kinds = {}
        for line in done.stdout.splitlines():
            kind, _, words = line.partition(" ")
            kinds.setdefault(kind, []).append(words.strip())
        # Whether the socket buffer is large enough depends on the machine, not on the test.
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
        self.assertRegex(found["ok"], 'group 5 is logged to in table inet watch, chain in, '
                                      r'handle \d+, prefix "group 6 "')
        self.assertEqual(bound_groups(), set())

    def test_no_rule_logs_to_the_group(self):
        rule("group 5")
        found = self.findings("-g", "6")
        self.assertIn("no rule of nftables or iptables logs to group 6: add 'log group 6'",
                      found["problem"])
        self.assertIn("a rule logs to group 5 instead, in table inet t_4242, chain c, handle ",
                      found["note"])
        self.assertNotIn("logs to", self.findings()["ok"].replace("is logged to", ""))

    def test_json_has_the_same_findings_as_the_lines(self):
        rule('prefix "a: " group 5')
        lines = run("doctor", "-g", "5", "-g", "6")
        objects = run("doctor", "-g", "5", "-g", "6", "--json")
        self.assertEqual((objects.returncode, objects.stderr), (lines.returncode, ""))
        findings = [json.loads(line) for line in objects.stdout.splitlines()]
        self.assertEqual([finding.keys() for finding in findings], [{"finding", "words"}] * len(findings))
        self.assertEqual([f"{finding['finding']:9}{finding['words']}" for finding in findings],
                         lines.stdout.splitlines())
        self.assertIn("problem", [finding["finding"] for finding in findings])

    def test_the_process_that_captures_the_group_is_named(self):
        rule("group 5")
        owner = self.capture("-g", "5")
        self.assertIn(f"group 5 is captured by process {owner.process.pid} (nflogcap)",
                      self.findings("-g", "5")["note"])

    def test_the_limits_of_a_rule_are_noted(self):
        rule("group 5 snaplen 64 queue-threshold 3")
        note = self.findings("-g", "5")["note"]
        self.assertIn("at most 64 bytes", note)
        self.assertIn("at most 3 packets (", note)

    def test_a_limit_of_one_is_noted_in_the_singular(self):
        rule("group 5 snaplen 1 queue-threshold 1")
        note = self.findings("-g", "5")["note"]
        self.assertIn("at most 1 byte of", note)
        self.assertIn("at most 1 packet (", note)

    def iptables(self, how, *rules):
        """Adds rules, which are removed at the end of the test."""
        for words in rules:
            subprocess.run([how, *words.split()], check=True)
        self.addCleanup(subprocess.run, [how, "-X"], check=True)
        self.addCleanup(subprocess.run, [how, "-F"], check=True)

    def test_rules_of_iptables(self):
        for how, table in (("iptables-nft", "table ip filter, chain INPUT, handle "),
                           ("iptables-legacy", "table filter of iptables-legacy, chain INPUT, rule 1"),
                           ("ip6tables-legacy", "table filter of ip6tables-legacy, chain INPUT, rule 1")):
            with self.subTest(how):
                self.iptables(how, "-A INPUT -p udp -j NFLOG --nflog-group 8 --nflog-prefix of_" + how)
                ok = self.findings("-g", "8")["ok"]
                self.assertIn("group 8 is logged to in " + table, ok)
                self.assertIn(f'prefix "of_{how}"', ok)

    def test_rules_of_ebtables(self):
        subprocess.run(["ebtables-nft", "-A", "INPUT", "--nflog-group", "9", "--nflog-prefix", "of_bridges"],
                       check=True)
        ok = self.findings("-g", "9")["ok"]
        self.assertIn("group 9 is logged to in table bridge filter, chain INPUT, handle ", ok)
        self.assertIn('prefix "of_bridges"', ok)

    def test_address_translation_of_ipv4_lets_ipv6_pass(self):
        nft("table inet t { chain c { type nat hook output priority 0; "
            "dnat ip to 127.0.0.2; meta nfproto ipv6 log group 5; }; }")
        self.assertIn("group 5 is logged to", self.findings("-g", "5")["ok"])

    def test_the_rule_of_an_older_iptables_is_found(self):
        nf_tables.make([
            nf_tables.table(b"t"), nf_tables.chain(b"t", b"c", input_hook=True),
            nf_tables.rule(b"t", b"c", nf_tables.xt_nflog(300, b"x\n\x1b")),
        ], family=nf_tables.IPV4)
        self.assertRegex(self.findings("-g", "300")["ok"],
                         r'group 300 is logged to in table ip t, chain c, handle \d+, '
                         r'prefix "x\\x0a\\x1b"')

    def test_the_number_given_as_prefix_instead_of_group(self):
        for how in ("iptables-nft", "iptables-legacy", "ip6tables-legacy"):
            with self.subTest(how):
                self.iptables(how, "-A INPUT -p udp -j NFLOG --nflog-prefix 5")
                self.assertRegex(self.findings("-g", "5")["note"],
                                 'a rule logs to group 0 instead, in table .*, prefix "5": 5 is its '
                                 "prefix, not its group; .*'--nflog-group 5' with iptables")

    def test_a_rule_that_logs_without_a_group(self):
        rule('prefix "x"')
        for group in ("0", "5"):
            self.assertRegex(self.findings("-g", group)["note"],
                             "a rule logs without a group, and therefore to the kernel's own log, in table inet "
                             rf"t_4242, .*: add 'group {group}' to its log statement")

    def test_a_chain_that_nothing_jumps_to(self):
        nft("""
            table inet t {
                chain nobody { log group 1; jump after_nobody; }
                chain after_nobody { log group 2; }
                chain by_jump { log group 3; }
                chain by_goto { log group 4; }
                chain by_map { log group 5; }
                chain by_named_map { log group 6; }
                chain after_accept { log group 7; }
                map m { type inet_service : verdict; elements = { 9 : jump by_named_map }; }
                chain in {
                    type filter hook input priority 0;
                    udp dport vmap @m
                    udp dport vmap { 10 : drop, 11 : goto by_map }
                    tcp dport 1 jump by_jump
                    tcp dport 2 goto by_goto
                    tcp dport 3 jump { log group 8; }
                    accept
                    jump after_accept
                }
            }
        """)
        found = self.findings()
        for group, chain in ((1, "nobody"), (2, "after_nobody"), (7, "after_accept")):
            self.assertRegex(found["problem"], rf"group {group} is logged to in table inet t, chain "
                             rf"{chain}, handle \d+, but no packet reaches this rule: no rule that "
                             "packets reach jumps to its chain; add a jump")
        for group in (3, 4, 5, 6, 8):
            self.assertIn(f"group {group} is logged to in", found["ok"])
        self.assertEqual(found["problem"].count("no packet reaches"), 3)

    def test_a_rule_after_one_that_lets_no_packet_pass(self):
        nft("""
            table inet t {
                chain accepting { ct state new return; counter accept; }
                chain ending { goto final; }
                chain final { drop; }
                chain returning { log group 1; return; log group 2; }
                chain by_goto { log group 3; }
                chain in {
                    type filter hook input priority 0;
                    udp dport 1 accept
                    tcp dport 2 jump returning
                    jump accepting
                    log group 4
                    jump returning
                    log group 5
                    jump ending
                    log group 6
                }
                chain out { type filter hook output priority 0; meta mark set 1 log group 7 accept; log group 8; }
                chain forward { type filter hook forward priority 0; goto by_goto; log group 9; }
                chain late { type filter hook input priority 1; reject; log group 10; }
            }
        """)
        found = self.findings()
        for group, does in (
            (2, "returns from the chain with every packet"),
            (6, "jumps with every packet to a chain that does not return it"),
            (8, "accepts every packet"),
            (9, "goes to another chain with every packet"),
            (10, "rejects every packet"),
        ):
            self.assertRegex(found["problem"], rf"group {group} is logged to in .*, but no packet "
                             rf"reaches this rule: handle \d+ before it {does}; move this rule")
        for group in (1, 3, 4, 5, 7):
            self.assertIn(f"group {group} is logged to in", found["ok"])
        self.assertEqual(found["problem"].count("no packet reaches"), 5)

    def test_a_rule_that_no_packet_reaches_is_no_problem_beside_one_that_packets_reach(self):
        nft("table inet t { chain nobody { log group 5; }; "
            "chain in { type filter hook input priority 0; log group 5; }; }\n")
        found = self.findings("-g", "5")
        self.assertIn("group 5 is logged to in table inet t, chain in", found["ok"])
        self.assertRegex(found["note"], "chain nobody, .*, but no packet reaches this rule")
        self.assertNotIn("group 5", found.get("problem", ""))

    def logs_behind(self, statements, family="inet", hook="output", before=""):
        """Returns whether doctor finds that packets reach a rule that follows a rule with these statements."""
        device = " device lo" if family == "netdev" else ""
        nft(f"table {family} t {{ {before} chain c {{ type filter hook {hook}{device} priority 0; "
            f"{statements}; counter log group 5; }}; }}\n")
        found = self.findings("-g", "5")
        if hook == "output":
            send(b"x")
            send(b"x", family=socket.AF_INET6)
        counted = subprocess.check_output(["nft", "list", "ruleset"], text=True)
        nft("flush ruleset")
        if "group 5 is logged to in" in found["ok"]:
            return True
        self.assertIn("no packet reaches this rule: handle", found["problem"])
        self.assertIn("counter packets 0 bytes 0 log group 5", counted)
        return False

    def test_statements_that_let_every_packet_continue_are_no_conditions(self):
        for statements, before in (
            ("counter name n accept", "counter n { };"),
            ("ct mark set meta mark accept", ""),
            ("meta mark set meta mark and 0xff or 0x100 accept", ""),
            ("meta mark set numgen inc mod 4 accept", ""),
            ("meta mark set symhash mod 4 accept", ""),
            ("meta priority set 1:2 accept", ""),
            ('log prefix "x" counter accept', ""),
        ):
            with self.subTest(statements):
                self.assertFalse(self.logs_behind(statements, before=before))

    def test_statements_that_may_end_their_rule_are_conditions(self):
        for statements, before in (
            ("quota name q accept", "quota q { over 1 mbytes };"),
            ("limit name l accept", "limit l { rate 1/second };"),
            ("counter name tcp dport map { 1 : \"n\" } accept", "counter n { };"),
            ("meta mark set ct mark accept", ""),  # not every packet has a connection
            ("meta mark set rt mtu accept", ""),
            ("add @s { ip saddr } accept", "set s { type ipv4_addr; size 1; flags dynamic; };"),
            ("quota 1 mbytes accept", ""),
            ("ct count 1 accept", ""),
            ("tcp option maxseg size set 1000 accept", ""),
            ("udp dport set 1 accept", ""),
            ("udp dport vmap { 1 : continue, 2 : accept }", ""),
        ):
            with self.subTest(statements):
                self.assertTrue(self.logs_behind(statements, before=before))
        # A statement with an IPv4 address does not end the rule for IPv6 packets.
        self.assertTrue(self.logs_behind("fwd ip to 127.0.0.1 device lo", "netdev", "ingress"))
        self.assertFalse(self.logs_behind("fwd to lo", "netdev", "ingress"))

    def test_a_log_statement_behind_a_verdict_of_its_rule(self):
        nft("""
            table inet t {
                map empty { type inet_service : verdict; };
                chain c {
                    type filter hook output priority 0
                    udp dport vmap { 1 : accept } log group 1
                    log group 2 udp dport vmap { 1 : accept }
                    udp dport vmap { 1 : accept, 2 : continue } log group 3
                    udp dport vmap @empty log group 4
                }
            }
        """)
        found = self.findings()
        for group in (1, 4):
            self.assertRegex(found["problem"], rf"group {group} is logged to in .*, but no packet "
                             "reaches its log statement: a verdict before it")
        for group in (2, 3):
            self.assertIn(f"group {group} is logged to in", found["ok"])

    def test_rules_that_nft_cannot_create(self):
        verdict, log, rule_of = nf_tables.verdict, nf_tables.log, nf_tables.rule
        nf_tables.make([
            nf_tables.table(b"t"), nf_tables.chain(b"t", b"unused"), nf_tables.chain(b"t", b""),
            nf_tables.chain(b"t", b"c", input_hook=True),
            rule_of(b"t", b"", log(1, b"x")),
            # The rule jumps to a chain with an empty name, which returns. The accept after the jump has no effect.
            rule_of(b"t", b"c", verdict(nf_tables.JUMP, b""), verdict(nf_tables.ACCEPT), log(2, b"x")),
            rule_of(b"t", b"c", verdict(nf_tables.BREAK), verdict(nf_tables.ACCEPT)),
            rule_of(b"t", b"c", log(3, b"x")),
            rule_of(b"t", b"unused", log(4, b"x")),
        ])
        found = self.findings()
        self.assertIn("group 1 is logged to in", found["ok"])
        self.assertRegex(found["problem"], "group 2 is .* no packet reaches its log statement")
        self.assertIn("group 3 is logged to in", found["ok"])
        self.assertRegex(found["problem"], "group 4 is .* no rule that packets reach jumps to its chain")

    def test_a_dormant_table(self):
        nft("table inet t { flags dormant; chain in { type filter hook input priority 0; "
            "log group 5; }; }\n")
        self.assertIn("its table is dormant; remove 'flags dormant'",
                      self.findings("-g", "5")["problem"])

    def test_how_packets_pass_the_chains_of_iptables_legacy(self):
        for how in ("iptables-legacy", "ip6tables-legacy"):
            with self.subTest(how):
                self.iptables(
                    how, "-N used", "-N nobody", "-N by_goto",
                    "-A used -j NFLOG --nflog-group 1 --nflog-size 60 --nflog-threshold 3",
                    "-A used -p udp -j RETURN", "-A used -m comment --comment x -j ACCEPT",
                    "-A used -j NFLOG --nflog-group 2", "-A nobody -j NFLOG --nflog-group 3",
                    "-A by_goto -j NFLOG --nflog-group 4",
                    "-A INPUT", "-A INPUT -j used", "-A INPUT -j NFLOG --nflog-group 5",
                    "-A INPUT -g by_goto", "-A INPUT -j NFLOG --nflog-group 6",
                    "-A OUTPUT -j REJECT", "-A OUTPUT -j NFLOG --nflog-group 7")
                found = self.findings()
                in_table = f"is logged to in table filter of {how}, chain"
                for group, place, obstacle in (
                    (2, "used, rule 4", "rule 3 before it accepts every packet"),
                    (3, "nobody, rule 1", "no rule that packets reach jumps to its chain"),
                    (6, "INPUT, rule 5", "rule 4 before it goes to another chain with every packet"),
                    (7, "OUTPUT, rule 2", "rule 1 before it rejects every packet"),
                ):
                    self.assertIn(f"group {group} {in_table} {place}, but no packet reaches this "
                                  f"rule: {obstacle}", found["problem"])
                for group in (1, 4, 5):
                    self.assertIn(f"group {group} {in_table}", found["ok"])
                self.assertIn("at most 60 bytes", found["note"])
                self.assertIn("at most 3 packets", found["note"])

    def test_control_characters_in_names_and_prefixes_are_escaped(self):
        hostile = 'a\n"; \x1b[31m\u202e\u0085'.encode()
        shown = r'a\x0a"; \x1b[31m\xe2\x80\xae\xc2\x85'
        nf_tables.make([
            nf_tables.table(hostile), nf_tables.chain(hostile, hostile, input_hook=True),
            nf_tables.rule(hostile, hostile, nf_tables.log(5, hostile)),
        ])
        place = f'table inet {shown}, chain {shown}, handle 2, prefix "{shown}"'
        self.assertIn("group 5 is logged to in " + place, self.findings("-g", "5")["ok"].splitlines())
        self.assertIn("a rule logs to group 5 instead, in " + place,
                      self.findings("-g", "6")["note"].splitlines())

    def test_an_unusable_proc_is_reported_as_such_and_not_as_a_fault_of_the_kernel(self):
        rule("group 5")
        for prepare, words in UNHELPFUL_PROC:
            with self.subTest(words):
                text = run_prepared(prepare, "doctor", "-g", "5").stdout
                self.assertIn("ok       this kernel has NFLOG, and groups can be captured", text)
                self.assertRegex(text, "note +the owners of groups are unknown: cannot read "
                                       "/proc/self/net/netfilter/nfnetlink_log: .*" + words)
                self.assertIn("ok       group 5 is logged to", text)

    def test_with_an_unusable_proc_the_trial_capture_avoids_a_captured_group(self):
        self.capture("-g", "65535", group=65535)
        for prepare, _ in UNHELPFUL_PROC:
            self.assertIn("ok       this kernel has NFLOG, and groups can be captured",
                          run_prepared(prepare, "doctor").stdout)

    def test_an_owner_that_proc_does_not_show(self):
        self.capture("-g", "5")
        done = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", COMMAND, "doctor", "-g", "5"],
                              capture_output=True, text=True)
        self.assertRegex(done.stdout, r"note +group 5 is captured by a process that /proc does not "
                                      r"show here \(netlink port \d+\)")

    def test_a_ruleset_of_20000_tables_is_read(self):
        def commands():
            names = [b"nflogcap-65535", *(b"nflogcap-65535-%d" % i for i in range(20000))]
            for i, name in enumerate(names):
                yield nf_tables.table(name)
                if i % 20 == 0:
                    yield nf_tables.chain(name, b"c")
                    yield nf_tables.rule(name, b"c", nf_tables.log(5, b"x"))
            yield nf_tables.chain(names[-1], b"in", input_hook=True)
            yield nf_tables.rule(names[-1], b"in", nf_tables.log(6, b"y"))

        nf_tables.make(commands())
        found = self.findings("-g", "5")["problem"]
        self.assertEqual(found.count("no packet reaches"), 1001)
        found = self.findings("-g", "7")["note"]
        self.assertEqual(found.count(" instead, in "), 10)
        self.assertIn("and 992 more rules log elsewhere", found)

    def test_no_group_is_free(self):
        with nf_tables.netfilter_socket() as owner:
            nf_tables.bind_groups(range(65536), owner)
            self.assertIn("all 65,536 groups are captured, so no other capture can start",
                          self.findings()["problem"])

    def test_without_the_capability(self):
        done = subprocess.run(["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin",
                               COMMAND, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, "problem .*CAP_NET_ADMIN is missing; run as root")
        self.assertRegex(done.stdout,
                         "note +not checked: rules of nftables: CAP_NET_ADMIN is missing")

    def test_a_small_socket_buffer(self):
        # The root user of a user namespace cannot exceed net.core.rmem_max.
        most = int(pathlib.Path("/proc/sys/net/core/rmem_max").read_text()) \
            if pathlib.Path("/proc/sys/net/core/rmem_max").exists() else 212992
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", COMMAND, "doctor"],
                              stdout=subprocess.PIPE, text=True)
        if most >= 32 << 20:
            self.assertNotIn("of the requested", done.stdout)
            return
        self.assertEqual(done.returncode, 1)
        self.assertIn("of the requested 33,554,432 bytes", done.stdout)
        self.assertIn("sysctl -w net.core.rmem_max=33554432", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
