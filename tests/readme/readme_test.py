#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the rules and programs of README.md, docs/captures.md and docs/savefiles.md unchanged, in a separate network
namespace.

Environment variables: CC is the compiler, with flags that find the header; LIBS are the libraries to link; PYTHON is an
interpreter, with flags, that finds nflogcap and scapy. If these parts were built: LUA, RUBY and PERL are interpreters,
NFLOGCAP is the path of the command, and FLEET the directory of the fleet's programs.
"""
import os
import pathlib
import pty
import re
import select
import shlex
import signal
import socket
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent
PORT = 4242
GROUP = 5
HOSTS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def block(language, containing, page="README.md"):
    """Returns the only code block of the page that is in this language and contains this text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    found = [code for code in blocks if containing in code]
    assert len(found) == 1, f"{len(found)} {language} blocks of {page} contain {containing!r}"
    return found[0]


def wait_for(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


def group_bound():
    table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log").read_text()
    return any(int(line.split()[0]) == GROUP for line in table.splitlines())


def send(hosts):
    for family, host in hosts:
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x" * 20, (host, PORT))


def needs(variable, part):
    """Skips a test if a part was not built. With NFLOGCAP_REQUIRE_LIVE=1, the test fails instead."""
    is_absent = variable not in os.environ and os.environ.get("NFLOGCAP_REQUIRE_LIVE") != "1"
    return unittest.skipIf(is_absent, f"{part} was not built")


class Readme(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.path = pathlib.Path(self.directory.name)

    def rules(self, containing):
        environment = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
        subprocess.run(["sh", "-euc", block("sh", containing)], check=True, env=environment)
        self.addCleanup(subprocess.run, ["nft", "flush", "ruleset"], check=True, env=environment)

    def shown_by(self, command, hosts=HOSTS * 3, lines=None):
        """Runs a program that captures until Ctrl-C, and sends a packet to each host. Returns the printed lines."""
        lines = len(hosts) if lines is None else lines
        # Programs write each line at once only if their output is a terminal.
        terminal, its_end = pty.openpty()
        self.addCleanup(os.close, terminal)
        process = subprocess.Popen(command, stdout=its_end, stderr=its_end, cwd=self.path)
        os.close(its_end)
        shown = b""

        def ended_or(condition):
            nonlocal shown
            while select.select([terminal], [], [], 0)[0]:
                try:
                    shown += os.read(terminal, 65536)
                except OSError:  # the program has ended, and everything was read
                    return True
            return condition()

        try:
            wait_for(lambda: ended_or(group_bound), "the binding of the group")
            send(hosts)
            wait_for(lambda: ended_or(lambda: shown.count(b"\n") >= lines),
                     "the printing of the packets")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        return shown.decode().splitlines()[:lines]

    def compiled(self):
        source = self.path / "app.c"
        source.write_text(block("c", "nflogcap_open"))
        program = self.path / "app"
        subprocess.run([*shlex.split(os.environ["CC"]), source, "-o", program,
                        *shlex.split(os.environ["LIBS"])], check=True)
        return [str(program)]

    def script(self, containing, language="python", page="README.md"):
        source = self.path / "app"
        source.write_text(block(language, containing, page))
        return [*shlex.split(os.environ[language.upper()]), str(source)]

    def test_the_c_program_prints_each_packet_of_the_nft_rule(self):
        self.rules("nft add rule")
        self.assertEqual(self.shown_by(self.compiled()), ["dns: 48 bytes", "dns: 68 bytes"] * 3)

    def test_the_c_program_prints_the_packets_of_the_iptables_rule(self):
        self.rules("iptables -A")
        self.assertEqual(self.shown_by(self.compiled(), HOSTS[:1] * 3), ["dns: 48 bytes"] * 3)

    def test_the_python_loop_prints_each_packet(self):
        self.rules("nft add rule")
        self.assertEqual(self.shown_by(self.script("snaplen=96")),
                         ["dns:  127.0.0.1 4242 0", "dns:  ::1 4242 0"] * 3)

    def test_the_python_filter_chooses_packets(self):
        self.rules("nft add rule")
        self.assertEqual(self.shown_by(self.script("filter=", page="docs/captures.md"), lines=3), ["dns:  68"] * 3)

    def test_the_savefile_that_the_python_loop_writes_is_read_by_the_other(self):
        self.rules("nft add rule")
        written = self.shown_by(self.script("dump_open", page="docs/savefiles.md"))
        self.assertEqual([line.split()[0] for line in written], ["dns:"] * 6)
        self.assertEqual(os.stat(self.path / "dns.pcap").st_size, int(written[-1].split()[1]))
        read = subprocess.run(self.script("savefile=", page="docs/savefiles.md"), cwd=self.path, check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        self.assertEqual(read.splitlines(), ["dns:  48", "dns:  68"] * 3)

    @needs("LUA", "Lua")
    def test_the_lua_loop_prints_each_packet(self):
        self.rules("nft add rule")
        self.assertEqual(self.shown_by(self.script("open", "lua")),
                         ["dns: \t127.0.0.1\t4242\t0", "dns: \t::1\t4242\t0"] * 3)

    @needs("RUBY", "Ruby")
    def test_the_ruby_loop_prints_each_packet(self):
        self.rules("nft add rule")
        self.assertEqual(self.shown_by(self.script("open", "ruby")),
                         ['["dns: ", "127.0.0.1", 4242, 0]', '["dns: ", "::1", 4242, 0]'] * 3)

    @needs("PERL", "Perl")
    def test_the_perl_loop_prints_each_packet(self):
        self.rules("nft add rule")
        self.assertEqual(self.shown_by(self.script("open", "perl")),
                         ["dns: 127.0.0.1 to port 4242", "dns: ::1 to port 4242"] * 3)

    def command(self, containing):
        """Returns the words of a command line of the page, with the path of the command that was built."""
        line = block("sh", containing).strip()
        self.assertRegex(line, r"\Anflogcap .*\Z")
        return [os.environ["NFLOGCAP"], *shlex.split(line)[1:]]

    @needs("NFLOGCAP", "the command")
    def test_the_command_prints_each_packet(self):
        self.rules("nft add rule")
        lines = [line for line in self.shown_by(self.command("-g 5 not port 53"), HOSTS * 20)
                 if "group 5" in line]
        self.assertGreater(len(lines), 2)
        for line in lines:
            self.assertRegex(line, r'group 5.*"dns: ".* in lo .*UDP.* > .*:4242 length [46]8')

    @needs("NFLOGCAP", "the command")
    def test_the_command_adds_a_rule_by_a_tap(self):
        process = subprocess.Popen(self.command("--tap 'udp dport 4242'"), stdout=subprocess.PIPE,
                                   text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for _ in range(300):
            send(HOSTS)
            if process.poll() is not None:
                break
            time.sleep(0.1)
        said, _ = process.communicate(timeout=30)
        self.assertEqual(len(re.findall(r" in lo UDP .*:4242 length [46]8\n", said)), 2)

    def demo(self, containing):
        """Runs a demo, which must succeed and leave no file behind. Returns its output."""
        built = [os.path.dirname(os.environ["NFLOGCAP"]), *filter(None, [os.environ.get("FLEET")])]
        path = ":".join([*built, os.environ["PATH"]])
        done = subprocess.run(self.command(containing), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=300, env={**os.environ, "PATH": path, "TMPDIR": str(self.path)})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(list(self.path.iterdir()), [])
        return done.stdout

    @needs("NFLOGCAP", "the command")
    def test_the_demo_shows_packets(self):
        self.assertIn("4 packets written, 4 received, 0 filtered, 0 lost\n", self.demo("nflogcap demo\n"))

    @needs("FLEET", "the fleet")
    def test_the_demo_of_the_fleet_loses_nothing(self):
        self.assertRegex(self.demo("demo --fleet"), r"\nall +40 +40 +0 +0 +0 ")

    def test_the_scapy_sniff_prints_each_packet(self):
        self.rules("nft add rule")
        lines = self.shown_by(self.script("nflogcap.scapy"))
        self.assertEqual(len(lines), 6)
        for (_, host), line in zip(HOSTS * 3, lines):
            self.assertRegex(line, r"^dns:  IP(v6)? / .*UDP")
            self.assertIn(host, line)


if __name__ == "__main__":
    unittest.main(verbosity=2)
