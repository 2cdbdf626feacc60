# SPDX-License-Identifier: GPL-2.0-or-later
"""Text that others choose, such as names and prefixes, never controls the terminal when the command prints it."""

import contextlib
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import termios
import unicodedata
import unittest

from support import COMMAND, LONG, CommandTest, Terminal, await_condition, bound_groups, nft, rule, send

NETLINK_NETFILTER = 12

# Characters that a terminal interprets. Bytes that are not UTF-8 are a separate case.
CONTROLS = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

TEXTS = ("a\x1b]0;b\x07", "a\u009b2Jb", "a\udc9b2Jb", "a\r\tb", "a\x7f\x08", "a\u202eb\u061c",
         "\u2066\u200fa\u2028", "a\udcff\udcc3(")


def escaped(text):
    """Returns the text as the command must print it on a terminal."""
    return "".join(
        "".join(rf"\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))
        if CONTROLS.match(character) or unicodedata.category(character) == "Cs" else character
        for character in text)


class Hostile(CommandTest):
    def assert_harmless(self, said):
        self.assertIsNone(CONTROLS.search(said.decode("utf-8")), said)

    def said_by(self, *arguments, **options):
        """Returns all that a command prints, and checks that it is harmless for a terminal."""
        done = subprocess.run([COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=LONG, **options)
        self.assert_harmless(done.stdout)
        self.assert_harmless(done.stderr)
        return (done.stdout + done.stderr).decode()

    def test_arguments(self):
        for text in TEXTS:
            for arguments in (
                ["--" + text, "-g", "5"],
                ["-g", text],
                ["-g", "5", "-c", text],
                ["-g", "5", "-s", text],
                ["-g", "5", "-w", "/dev/null", "-C", text],
                ["-g", "5", "-Z", text],
                ["-g", "5", "--json=" + text],
                ["-g", "5", "--netns", text],
                ["-g", "5", "-w", "/no/such/" + text],
                ["-g", "5", "udp prt " + text],
                ["--tap", "udp dprt " + text],
                ["--tap", "udp", "--hook", text],
                ["--tap", "udp", "--hook", "ingress:" + text],
                ["-r", "/no/such/" + text],
                ["list", text],
                ["list", "--netns", text],
                ["doctor", "--" + text],
                ["demo", text],
                ["top", "--" + text],
                ["top", "-g", "5", "--by", text],
                ["top", "-g", "5", "--once", text],
                ["--extcap-interface", text],
                ["--extcap-interface", text, "--extcap-dlts"],
                ["--extcap-interface", "nflogcap", "--extcap-capture-filter", "udp prt " + text],
            ):
                with self.subTest(ascii(arguments)):
                    self.assertIn(escaped(text), self.said_by(*arguments))

    def test_a_damaged_savefile(self):
        path = self.directory / "a\x1b[31mb"
        path.write_bytes(b"no savefile")
        self.assertIn(r"a\x1b[31mb", self.said_by("-r", str(path)))

    def test_the_process_that_owns_a_group(self):
        for text in TEXTS:
            with self.subTest(ascii(text)):
                program = self.directory / text  # the kernel names the process after its file
                program.symlink_to(COMMAND)
                owner = subprocess.Popen([program, "-g", "5"], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
                self.addCleanup(owner.kill)
                await_condition(lambda: 5 in bound_groups(), "the binding")
                shown = escaped(text)
                self.assertIn(f"(process {owner.pid}, {shown})", self.said_by("-g", "5"))
                self.assertIn(f"{owner.pid} {shown}", self.said_by("list"))
                self.assertIn(f"process {owner.pid} ({shown})", self.said_by("doctor", "-g", "5"))
                owner.terminate()
                owner.wait(timeout=LONG)

    def test_the_rules(self):
        for text in TEXTS:
            with self.subTest(ascii(text)):
                log_by_netlink(f"t{text}", f"c{text}", f"p{text}")
                self.assertIn(escaped(f"p{text}"), self.said_by("doctor", "-g", "5"))
                self.assertIn("{value=nflogcap-5}", self.said_by("--extcap-interfaces"))
                nft("flush ruleset")

    def test_prefixes(self):
        for text in TEXTS:
            with self.subTest(ascii(text)):
                rule(f'prefix "{text}" group 5')
                for form in ([], ["--json"], ["-x"]):
                    capture = self.capture("-g", "5", "-c", "1", *form)
                    send(b"\x1b[31m\xc2\x9b")
                    said, _, _ = capture.finish(None)
                    self.assert_harmless(said.encode("utf-8", "surrogateescape"))
                    if form == ["--json"]:
                        read = json.loads(said)
                        as_bytes = read.get("prefix_bytes", read["prefix"].encode().hex())
                        self.assertEqual(bytes.fromhex(as_bytes), text.encode("utf-8", "surrogateescape"))
                    else:
                        self.assertIn(f'"{escaped(text)}"', said)
                for form in ([], ["--json"]):
                    capture = self.capture("top", "-g", "5", "-c", "1", *form)
                    send(b"x")
                    said = capture.finish(None)[0].splitlines()[-1]
                    self.assert_harmless(said.encode("utf-8", "surrogateescape"))
                    if form == ["--json"]:
                        [row] = json.loads(said)["rows"]
                        as_bytes = row.get("key_bytes", row["key"].encode().hex())
                        self.assertEqual(bytes.fromhex(as_bytes), text.encode("utf-8", "surrogateescape"))
                    else:
                        self.assertTrue(said.endswith(f'  "{escaped(text)}"'), said)
                nft("flush ruleset")

    def test_interfaces(self):
        rule("group 5")
        for text in TEXTS:
            if re.search(r"\s", text):
                continue  # the kernel refuses it
            with self.subTest(ascii(text)), loopback_called(text):
                for form in ([], ["--json"]):
                    capture = self.capture("-g", "5", "-c", "1", *form)
                    send(b"x")
                    said, _, _ = capture.finish(None)
                    self.assert_harmless(said.encode("utf-8", "surrogateescape"))
                    if form == []:
                        self.assertIn(f" in {escaped(text)} UDP", said)
                capture = self.capture("top", "-g", "5", "-c", "1", "--by", "device")
                send(b"x")
                said = capture.finish(None)[0]
                self.assert_harmless(said.encode("utf-8", "surrogateescape"))
                self.assertTrue(said.endswith(f"  in {escaped(text)}\n"), said)

    def status_line(self, path, columns=100):
        """Creates a FIFO. Returns what a terminal shows while the command waits for packets from the FIFO."""
        os.mkfifo(path)
        terminal = Terminal(self)
        fcntl.ioctl(terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        process = subprocess.Popen(
            [COMMAND, "-r", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=terminal.end, env={**os.environ, "TERM": "dumb"})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        with open(path, "wb") as writer:
            # Write only the header of a savefile, so that the command waits for a packet.
            writer.write(struct.pack("=IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 239))
            writer.flush()
            terminal.await_text("reading ")
        self.assertEqual(process.wait(timeout=LONG), 0)
        terminal.close_end()
        return terminal.read().replace("\r\033[K", "\n").replace("\r\n", "\n")

    def test_the_status_line(self):
        for text in TEXTS:
            with self.subTest(ascii(text)):
                shown = self.status_line(self.directory / text)
                self.assertIn(escaped(text), shown)
                self.assert_harmless(shown.encode())

    def test_the_status_line_is_cut_between_characters(self):
        before = len(f"reading {self.directory}/x")
        for number in range(4):
            path = self.directory / ("x" + "\u20ac" * 3 + str(number))
            shown = self.status_line(path, columns=before + 1 + number)
            self.assertIn("x" + "\u20ac" * (number // 3) + "\n", shown)


@contextlib.contextmanager
def loopback_called(name):
    """Gives the loopback interface another name."""
    subprocess.run(["ip", "link", "set", "lo", "name", name], check=True)
    try:
        yield
    finally:
        subprocess.run(["ip", "link", "set", name, "name", "lo"], check=True)


def log_by_netlink(table, chain, prefix):
    """Adds a rule that logs to group 5, with names that the kernel accepts but nft(8) refuses."""
    def attribute(kind, value):
        return struct.pack("=HH", len(value) + 4, kind) + value + b"\0" * (-len(value) % 4)

    def text(kind, value):
        return attribute(kind, value.encode("utf-8", "surrogateescape") + b"\0")

    def nested(kind, *attributes):
        return attribute(kind | 0x8000, b"".join(attributes))

    def message(kind, family, subsystem, *attributes):
        body = struct.pack("!BBH", family, 0, subsystem) + b"".join(attributes)
        return struct.pack("=IHHII", 16 + len(body), kind, 0xc01, 0, 0) + body  # REQUEST | CREATE | APPEND

    inet, prerouting, nf_tables = 1, struct.pack("!I", 0), 10
    log = nested(1, text(1, "log"), nested(2, attribute(1, struct.pack("!H", 5)), text(2, prefix)))
    hook = nested(4, attribute(1, prerouting), attribute(2, struct.pack("!i", 0)))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
        netlink.send(b"".join((
            message(16, 0, nf_tables),  # the batch begins
            message(nf_tables << 8 | 0, inet, 0, text(1, table)),
            message(nf_tables << 8 | 3, inet, 0, text(1, table), text(3, chain), hook, text(7, "filter")),
            message(nf_tables << 8 | 6, inet, 0, text(1, table), text(2, chain), nested(4, log)),
            message(17, 0, nf_tables))))


if __name__ == "__main__":
    unittest.main(verbosity=2)
