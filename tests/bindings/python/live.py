# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers of the live tests: rules and traffic in the network namespace in which they run."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import unittest

import nflogcap

# The longest that a test waits for what comes at once; only a failing test waits so long.
LONG = 120


def environment():
    """The environment for programs that are not Python, without what only that must have."""
    return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def nft(commands):
    done = subprocess.run(
        ["nft", "-f", "-"],
        input=commands.encode("utf-8", "surrogateescape"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        raise RuntimeError(f"nft: {done.stdout.decode()}\nin: {commands}")


@contextlib.contextmanager
def rule(port, log, hook="prerouting", before="", then="drop"):
    """Logs UDP to `port` with the options `log`, and drops it, so that no ICMP error answers."""
    nft(
        f"table inet udp{port} {{\n chain logged {{\n  type filter hook {hook} priority 0\n"
        f"  udp dport {port} {before} log {log} {then}\n }}\n}}\n"
    )
    try:
        yield
    finally:
        nft(f"delete table inet udp{port}\n")


def send(port, *payloads, family=socket.AF_INET):
    """Sends each of the payloads to lo in a UDP datagram of its own."""
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1" if family == socket.AF_INET else "::1", port))
        for payload in payloads:
            sender.send(payload)


def send_and_ignore_refusal(port, payload):
    """Sends to lo; if a rule on the output hook drops the packet, send() fails."""
    with contextlib.suppress(PermissionError):
        send(port, payload)


def udp_payload(packet):
    """What the datagram that is a packet's payload carries."""
    ip_header = 20 if packet.payload[0] >> 4 == 4 else 40
    return packet.payload[ip_header + 8 :]


def bound_groups():
    """The groups that somebody owns in this network namespace."""
    with open("/proc/self/net/netfilter/nfnetlink_log", encoding="ascii") as table:
        return [int(line.split()[0]) for line in table]


def ip(command):
    subprocess.run(["ip", *command.split()], check=True, env=environment())


def await_condition(condition):
    """Waits until condition() is true; fails if it never gets to be."""
    end = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("what was waited for never came to be")
        time.sleep(0.001)


def await_kernel_delivery():
    """Waits until the kernel has handed over what it gathers, for the default flush timeout."""
    time.sleep(0.1)


def readable(*files, timeout=LONG):
    return select.select(files, [], [], timeout)[0]


class Child:
    """A separate Python program; the parent reads its lines."""

    def __init__(self, program, *command):
        self.process = subprocess.Popen(
            [*command, sys.executable, "-c", textwrap.dedent(program)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def line(self):
        return self.process.stdout.readline().rstrip("\n")

    def finish(self):
        """The rest of what it says, and its exit status."""
        try:
            said, _ = self.process.communicate(timeout=LONG * 3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said, _ = self.process.communicate()
            raise AssertionError(f"the program did not end; it said: {said}") from None
        return said, self.process.returncode


def await_sleep(thread):
    """Waits until a thread of this process sleeps, and goes on doing so."""
    looks = 0
    while looks < 10:
        with open(f"/proc/self/task/{thread.native_id}/stat", encoding="ascii") as stat:
            state = stat.read().rpartition(")")[2].split()[0]
        looks = looks + 1 if state == "S" else 0
        time.sleep(0.01)


class Task(threading.Thread):
    """A thread; result() returns its result or raises its exception."""

    def __init__(self, function, *arguments):
        super().__init__(daemon=True)
        self._function = function
        self._arguments = arguments
        self._outcome = None
        self.start()

    def run(self):
        try:
            self._outcome = (self._function(*self._arguments), None)
        except BaseException as exception:
            self._outcome = (None, exception)

    def result(self):
        self.join(LONG)
        if self.is_alive():
            raise AssertionError("the thread did not end")
        returned, exception = self._outcome
        if exception is not None:
            raise exception
        return returned


def in_child(function):
    """The wait status of a child of fork() that calls the function: 0 unless it raises."""
    child = os.fork()
    if child == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid == child:
            return status
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError("the child did not end")


class LiveTest(unittest.TestCase):
    def with_rule(self, port, log, **how):
        context = rule(port, log, **how)
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)

    def with_capture(self, *groups, **options):
        capture = nflogcap.open(groups, **options)
        self.addCleanup(capture.close)
        return capture

    def next_of(self, capture):
        packet = capture.next(LONG)
        self.assertIsNotNone(packet)
        return packet
