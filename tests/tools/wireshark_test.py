# SPDX-License-Identifier: GPL-2.0-or-later
"""The extcap interface of the command, called by Debian's tshark and directly with Wireshark's arguments."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time
import unittest

from support import COMMAND, LONG, PORT, CommandTest, rule, run, send

TSHARK = shutil.which("tshark")


class Answers(CommandTest):
    def ask(self, *arguments):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_interfaces(self):
        rule("group 7")
        subprocess.run("iptables-legacy -A INPUT -j NFLOG --nflog-group 8".split(), check=True)
        self.addCleanup(subprocess.run, ["iptables-legacy", "-F"], check=True)
        text = self.ask("--extcap-interfaces", "--extcap-version=4.0")
        self.assertRegex(text, r"^extcap \{version=\d+\.\d+\.\d+\}")
        for interface in ("nflogcap", "nflogcap-tap", "nflogcap-7", "nflogcap-8"):
            self.assertIn(f"\ninterface {{value={interface}}}{{display=NFLOG ", text)
        here = [line for line in text.splitlines() if line.startswith("interface ") and "@" not in line]
        self.assertEqual(len(here), 4)

    def test_a_group_is_shown_with_the_prefixes_of_its_rules(self):
        for number, prefix in enumerate(("drop {x}", "web: ", "drop {x}", "a", "b")):
            rule(f'prefix "{prefix}" group 7', port=number + 1)
        self.assertIn('{value=nflogcap-7}{display=NFLOG group 7: "drop (x)", "web: ", "a", ...}\n',
                      self.ask("--extcap-interfaces"))

    def test_each_network_namespace_with_a_name_has_its_interfaces(self):
        rule("group 7")
        name = self.named_namespace()
        subprocess.run(["ip", "netns", "exec", name, "nft", "add table inet t; add chain inet t c "
                        "{ type filter hook input priority 0; }; add rule inet t c log group 9"], check=True)
        text = self.ask("--extcap-interfaces")
        self.assertEqual([line.split("}")[0] for line in text.splitlines() if f"@{name}" in line], [
            f"interface {{value={interface}@{name}" for interface in ("nflogcap", "nflogcap-tap", "nflogcap-9")])
        self.assertIn(f"{{display=NFLOG group 9 in {name}}}", text)
        config = self.ask("--extcap-interface", f"nflogcap@{name}", "--extcap-config")
        self.assertIn("{call=--group}", config)
        self.assertNotIn("{call=--netns}", config)

    def test_link_types_and_configuration(self):
        for interface, calls in (("nflogcap", ["--group"]), ("nflogcap-tap", ["--tap", "--hook"]),
                                 ("nflogcap-7", [])):
            self.assertEqual(re.findall(r"^dlt \{number=(\d+)\}\{name=(\w+)\}", self.ask(
                "--extcap-interface", interface, "--extcap-dlts"), re.M),
                [("239", "NFLOG"), ("101", "RAW"), ("1", "EN10MB")])
            text = self.ask("--extcap-interface", interface, "--extcap-config")
            for call in [*calls, "--snaplen", "--extcap-linktype", "--netns"]:
                self.assertIn(f"{{call={call}}}", text)
            self.assertEqual(text.count("arg {"), len(calls) + 3)
            self.assertEqual(text.count("value {arg=3}"), 3)

    def test_a_filter_is_checked(self):
        ask = ("--extcap-interface", "nflogcap", "--extcap-capture-filter")
        self.assertEqual(self.ask(*ask, "udp port 53"), "")
        self.assertIn("syntax error", self.ask(*ask, "udp prt 53"))

    def test_a_capture_ends_when_its_fifo_is_closed(self):
        fifo = self.fifo()
        reader = threading.Thread(target=lambda: fifo.open("rb").close())
        reader.start()
        capture = self.capture("--capture", "--extcap-interface", "nflogcap-5", "--fifo", str(fifo))
        reader.join()
        self.assertEqual(capture.finish(None), ("", "", 0))  # no packet was received, and no message is printed

    def test_an_invalid_query(self):
        for arguments, words in (
            (["--extcap-interface", "eth0", "--extcap-dlts"], "no interface 'eth0'"),
            (["--extcap-interface", "nflogcap-65536", "--capture", "--fifo", "x"], "no interface"),
            (["--extcap-interface", "nflogcap", "--capture", "--fifo", "x"], "needs the number of a group"),
            *((["--extcap-interface", interface, "--extcap-dlts"], f"no interface '{interface}'") for interface in (
                "nflogcap@", "nflogcap-5@../x", "nflogcap-5@a}b", "nflogcap-x@a", "@a")),
            (["--extcap-interface", "nflogcap-5@no-such", "--capture", "--fifo", "x", "--netns", "x"],
             "--netns has no effect with the interface"),
            (["--extcap-interface", "nflogcap-5", "--capture", "--fifo", "x", "--extcap-linktype", "x"],
             "--extcap-linktype: the link type 'x' cannot be written"),
            (["--extcap-interface", "nflogcap-5", "--capture"], "--fifo"),
            (["--extcap-interface", "nflogcap"], "--extcap-dlts"),
            (["--extcap-dlts"], "no interface is given"),
            (["--extcap-interface", "nflogcap-5", "--capture", "--fifo", "x", "--hook", "input"],
             "--hook requires --tap"),
        ):
            with self.subTest(arguments):
                self.assert_refused(arguments, words)

    def test_options_without_effect_are_refused(self):
        interfaces = ["--extcap-interfaces"]
        dlts = ["--extcap-interface", "nflogcap-5", "--extcap-dlts"]
        config = ["--extcap-interface", "nflogcap-5", "--extcap-config"]
        judge = ["--extcap-interface", "nflogcap-5", "--extcap-capture-filter", "udp"]
        capture = ["--extcap-interface", "nflogcap-5", "--capture", "--fifo", str(self.directory / "x")]
        live = (["-g", "5"], ["--tap", "udp"], ["--netns", "x"], ["-s", "5"], ["-c", "1"], ["-Z", "root"])
        output = (["-w", "y"], ["--json"], ["-x"], ["-r", "y"])
        fifo, to_judge, version = ["--fifo", "x"], ["--extcap-capture-filter", "udp"], ["--extcap-version", "4"]
        link_type = ["--extcap-linktype", "raw"]
        for call, others in (
            (interfaces, (*live, *output, fifo, to_judge, link_type, capture, dlts[2:], config[2:])),
            (dlts, (*live, *output, fifo, to_judge, link_type, ["--capture"])),
            (config, (*live, *output, fifo, to_judge, ["--capture"], ["--extcap-dlts"])),
            (judge, (*live, *output, fifo)),
            (capture, (*output, live[0])),
            (["-g", "5"], (fifo, to_judge, version, link_type)),
            (["-r", "y"], (fifo, to_judge, version)),
        ):
            for other in others:
                with self.subTest(call=call, other=other):
                    self.assert_refused([*call, *other], "-.* has no effect with")
        for call in (interfaces, dlts, config, judge, capture):
            with self.subTest(call):
                self.assert_refused([*call, "tcp"], "the filter 'tcp' has no effect here")
        self.assertEqual(list(self.directory.iterdir()), [])


@unittest.skipIf(TSHARK is None and "NFLOGCAP_REQUIRE_LIVE" not in os.environ, "there is no tshark")
class Tshark(CommandTest):
    def setUp(self):
        super().setUp()
        self.environment = {**os.environ, "HOME": str(self.directory)}
        self.environment.pop("XDG_CONFIG_HOME", None)
        folders = subprocess.run([TSHARK, "-G", "folders"], env=self.environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                 check=True).stdout
        # Wireshark before 4.2 does not list its personal extcap directory, but always has it at this place.
        personal = re.search(r"^Personal Extcap path:\s*(.*)$", folders, re.M)
        directory = pathlib.Path(personal[1] if personal else
                                 self.directory / ".config/wireshark/extcap")
        directory.mkdir(parents=True)
        (directory / "nflogcap").symlink_to(COMMAND)

    def captured(self, *arguments):
        """Sends packets until tshark has captured two. Returns the lines that it prints."""
        process = subprocess.Popen([TSHARK, *arguments, "-c", "2"], env=self.environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        end = time.monotonic() + LONG
        while process.poll() is None and time.monotonic() < end:
            send(b"x")
            send(b"x", family=socket.AF_INET6)
            time.sleep(0.05)
        said, words = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, words)
        self.assertNotIn("Error", words)
        return said.splitlines()

    def test_it_lists_our_interfaces(self):
        rule("group 5")
        listed = subprocess.run([TSHARK, "-D"], env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, check=True).stdout
        for interface in ("nflogcap (NFLOG group, by number)", "nflogcap-5 (NFLOG group 5",
                          "nflogcap-tap (NFLOG tap"):
            self.assertIn(f" {interface}", listed)

    def test_it_captures_a_group_that_a_rule_logs_to_through_our_filter(self):
        rule("group 5")
        lines = self.captured("-i", "nflogcap-5", "-f", "ip6")
        self.assertEqual(len(lines), 2)
        for line in lines:
            self.assertRegex(line, rf"::1 → ::1 .*UDP .* → {PORT}")

    def test_it_captures_frames_and_ip_packets(self):
        rule("group 5")
        for name, protocols in (("ethernet", "eth:ethertype:ip:udp"), ("raw", "raw:ip:udp")):
            with self.subTest(name):
                lines = self.captured("-i", "nflogcap-5", "-o", f"extcap.nflogcap_5.extcaplinktype:{name}",
                                      "-f", "ip", "-T", "fields", "-e", "frame.protocols")
                for line in lines:
                    self.assertTrue(line.startswith(protocols), line)

    def test_it_captures_in_another_network_namespace(self):
        name = self.named_namespace()
        for words in (["ip", "link", "set", "lo", "up"], ["nft", "add table inet t; add chain inet t c "
                      "{ type filter hook input priority 0; }; add rule inet t c log group 9"]):
            subprocess.run(["ip", "netns", "exec", name, *words], check=True)
        ping = subprocess.Popen(["ip", "netns", "exec", name, "bash", "-c", "for i in {1..3000}; do "
                                 "echo x > /dev/udp/127.0.0.1/9; sleep 0.1; done"], stderr=subprocess.DEVNULL)
        self.addCleanup(ping.wait)
        self.addCleanup(ping.kill)
        self.assertEqual(len(self.captured("-i", f"nflogcap-9@{name}")), 2)

    def test_it_captures_a_group_by_number(self):
        rule("group 9")
        lines = self.captured("-i", "nflogcap", "-o", "extcap.nflogcap.group:9")
        self.assertEqual(len(lines), 2)

    def test_it_captures_through_a_tap(self):
        lines = self.captured("-i", "nflogcap-tap", "-o", f"extcap.nflogcap_tap.tap:udp dport {PORT}",
                              "-o", "extcap.nflogcap_tap.hook:input")
        self.assertEqual(len(lines), 2)
        self.assertEqual(subprocess.check_output(["nft", "list", "ruleset"]), b"")

    def test_a_hook_without_a_match_taps_all_packets_there(self):
        lines = self.captured("-i", "nflogcap-tap", "-o", "extcap.nflogcap_tap.hook:output")
        self.assertEqual(len(lines), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
