# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers for tests of the command: they run it, add rules and send packets, in the tests' network namespace.

Environment variables: NFLOGCAP is the path of the command. SANITIZER names its sanitizer, or is empty.
"""

import contextlib
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from packet_schema import validate

COMMAND = os.environ["NFLOGCAP"]
# Seconds that a test waits for an event that normally happens at once. Only a test that fails waits this long.
LONG = 300
PORT = 4242
# True if the process cannot become another user, and files cannot get capabilities.
ONE_USER_ALONE = "NFLOGCAP_REQUIRE_LIVE" not in os.environ and (
    os.getuid() != 0 or pathlib.Path("/proc/self/setgroups").read_text().strip() == "deny")


def nft(commands):
    done = subprocess.run(
        ["nft", "-f", "-"], input=commands, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="surrogateescape",
    )
    assert done.returncode == 0, f"nft: {done.stdout}\nin: {commands}"
    return done.stdout


def rule(log, port=PORT):
    """Adds a rule that logs UDP packets to a port and drops them, so that the kernel sends no ICMP error."""
    nft(f"table inet t_{port} {{ chain c {{ type filter hook prerouting priority 0; "
        f"udp dport {port} log {log} drop; }}; }}\n")


def send(*payloads, family=socket.AF_INET, port=PORT):
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        for payload in payloads:
            with contextlib.suppress(PermissionError):  # raised if a rule drops the packet on its way out
                sender.sendto(payload, ("127.0.0.1" if family == socket.AF_INET else "::1", port))


def bound_groups():
    table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log").read_text()
    return {int(line.split()[0]) for line in table.splitlines()}


def await_condition(condition, what):
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"timed out while waiting for: {what}"
        time.sleep(0.01)


def run(*arguments, **options):
    """Runs the command, which must end by itself."""
    return subprocess.run(
        [COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, timeout=LONG, **options,
    )


def await_handlers(process, *numbers):
    """Waits until a process has a handler for SIGINT, or for each of the given signals."""
    status = pathlib.Path(f"/proc/{process.pid}/status")

    def are_handled():
        handled = int(re.search(r"^SigCgt:\s*([0-9a-f]+)$", status.read_text(), re.M)[1], 16)
        return all(handled >> (number - 1) & 1 for number in numbers or [signal.SIGINT])
    await_condition(are_handled, "a handler of each signal")


def await_wait(process, function, what):
    """Waits until a process is blocked in a kernel function with this text in its name."""
    wchan = pathlib.Path(f"/proc/{process.pid}/wchan")
    await_condition(lambda: function in wchan.read_text(), what)


def await_full_pipe(process):
    await_wait(process, "pipe", "a full pipe")


def await_full_terminal(process):
    await_wait(process, "wait_woken", "a full terminal")


def small_disk(test, size):
    """Mounts a file system of the given size on the test's directory."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", test.directory], check=True)
    test.addCleanup(subprocess.run, ["umount", test.directory], check=True)


# Shell commands after which /proc does not show the kernel's tables, each with the message that results. The last two
# also hide the process's own files, without which a sanitizer's runtime ends the command at its start.
UNHELPFUL_PROC = (("mount -t proc -o subset=pid proc /proc", "subset=pid"),)
if not os.environ["SANITIZER"]:
    UNHELPFUL_PROC += (
        ("mount -t tmpfs tmpfs /proc", "/proc is not mounted"),
        ("unshare --pid --fork mount -t proc proc /proc", "belongs to another PID namespace"),
    )


def run_prepared(prepare, *arguments):
    """Runs 'prepare' and then the command in a new mount namespace. The command must end by itself."""
    return subprocess.run(["unshare", "--mount", "sh", "-c", prepare + ' && exec "$0" "$@"', COMMAND,
                           *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=LONG)


class Capture:
    """A process that captures. The constructor returns when the group is bound; the process ends with the test."""

    def __init__(self, test, *arguments, group=5, stdout=subprocess.PIPE, **options):
        self.process = subprocess.Popen(
            [COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
            text=True, encoding="utf-8", **options,
        )
        test.addCleanup(self._end)
        # From the binding on, packets wait in the socket, so none is missed before the command reads the first one.
        await_condition(lambda: group in bound_groups() or self.process.poll() is not None,
                        f"the binding of group {group}")

    def _end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def finish(self, how=signal.SIGINT):
        """Sends a signal (None: the process ends by itself). Returns its output, its messages and its exit status."""
        if how is not None:
            self.process.send_signal(how)
        said, words = self.process.communicate(timeout=LONG)
        return said, words, self.process.returncode


class Terminal:
    """A pseudo-terminal, which records the text shown on it."""

    def __init__(self, test):
        self._fd, self.end = pty.openpty()
        test.addCleanup(lambda: self._fd < 0 or os.close(self._fd))
        test.addCleanup(self.close_end)
        self.shown = ""

    def hang_up(self):
        os.close(self._fd)
        self._fd = -1
        self.close_end()

    def close_end(self):
        if self.end is not None:
            os.close(self.end)
        self.end = None

    def read(self):
        while select.select([self._fd], [], [], 0)[0]:
            try:
                self.shown += os.read(self._fd, 65536).decode()
            except OSError:  # all processes have closed the other end
                break
        return self.shown

    def await_text(self, pattern):
        await_condition(lambda: re.search(pattern, self.read()), f"{pattern!r} on the terminal")

    def screen(self):
        """Returns the lines that the terminal shows now."""
        lines = [""]
        for part in re.findall(r"\033\[K|\033\[[\d;]*m|\r|\n|[^\033\r\n]+", self.read()):
            if part == "\n":
                lines.append("")
            elif part == "\r":
                continue
            elif part == "\033[K":
                lines[-1] = ""
            elif not part.startswith("\033"):
                lines[-1] += part
        return lines


def objects(text):
    """Parses JSON lines into packets. Fails if one does not conform to the schema."""
    return [validate(json.loads(line)) for line in text.splitlines()]


def tables_of(text):
    """Parses the tables that 'nflogcap top --json' printed."""
    tables = [json.loads(line) for line in text.splitlines()]
    assert all(table["version"] == 1 for table in tables), text
    return tables


def records(path):
    """Returns the link type of a pcap file, and its records: time in nanoseconds, original length, bytes."""
    content = pathlib.Path(path).read_bytes()
    magic, link_type = struct.unpack("=I16xI", content[:24])
    unit = {0xa1b23c4d: 1, 0xa1b2c3d4: 1000}[magic]
    found, at = [], 24
    while at < len(content):
        seconds, fraction, captured, length = struct.unpack("=IIII", content[at:at + 16])
        found.append((seconds * 10**9 + fraction * unit, length, content[at + 16:at + 16 + captured]))
        at += 16 + captured
    return link_type, found


class CommandTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.addCleanup(nft, "flush ruleset")
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def capture(self, *arguments, **options):
        return Capture(self, *arguments, **options)

    def named_namespace(self):
        """Creates a network namespace with a name. All runs on a machine share these names, so the name has the PID."""
        name = f"nflogcap-{os.getpid()}"
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.addCleanup(subprocess.run, ["ip", "netns", "del", name], check=True)
        return name

    def file_of_one_packet(self):
        path = self.directory / "x.pcap"
        rule("group 5")
        capture = self.capture("-g", "5", "-w", str(path), "-c", "1")
        send(b"x")
        capture.finish(None)
        return path

    def fifo(self):
        path = self.directory / "fifo"
        os.mkfifo(path)
        return path

    def assert_refused(self, arguments, words, status=2):
        done = run(*arguments)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertRegex(done.stderr, f"^nflogcap: .*{words}.*\n$")
