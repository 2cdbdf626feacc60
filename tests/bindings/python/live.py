# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers for the live tests: firewall rules and traffic in the network namespace of the test."""

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

# A timeout in seconds for events that normally occur at once. Only a failing test waits this long.
LONG = 120


def environment():
    """Returns the environment for programs other than Python. Only Python needs LD_PRELOAD, for the sanitizers."""
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
    """Logs UDP packets to `port`. `log` contains the options of nft's log statement. By default the rule then drops the
    packets, so that no ICMP error is sent."""
    nft(
        f"table inet udp{port} {{\n chain logged {{\n  type filter hook {hook} priority 0\n"
        f"  udp dport {port} {before} log {log} {then}\n }}\n}}\n"
    )
    try:
        yield
    finally:
        nft(f"delete table inet udp{port}\n")


def send(port, *payloads, family=socket.AF_INET):
    """Sends each payload to lo in a separate UDP datagram."""
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1" if family == socket.AF_INET else "::1", port))
        for payload in payloads:
            sender.send(payload)


def send_and_ignore_refusal(port, payload):
    """Sends to lo. Ignores the error of send() that occurs if a rule at the output hook drops the packet."""
    with contextlib.suppress(PermissionError):
        send(port, payload)


def udp_payload(packet):
    """Returns the payload of the UDP datagram that the packet contains."""
    ip_header = 20 if packet.payload[0] >> 4 == 4 else 40
    return packet.payload[ip_header + 8 :]


def bound_groups():
    """Returns the groups that are bound in this network namespace."""
    with open("/proc/self/net/netfilter/nfnetlink_log", encoding="ascii") as table:
        return [int(line.split()[0]) for line in table]


def ip(command):
    subprocess.run(["ip", *command.split()], check=True, env=environment())


def await_condition(condition):
    """Waits until condition() is true. Fails after LONG seconds."""
    end = time.monotonic() + LONG
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"the condition was not true within {LONG} s")
        time.sleep(0.001)


def await_kernel_delivery():
    """Waits longer than the default flush timeout: then the kernel has delivered the packets of its batch."""
    time.sleep(0.1)


def readable(*files, timeout=LONG):
    return select.select(files, [], [], timeout)[0]


class Child:
    """Runs a Python program in a separate process, and reads its output."""

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
        """Waits for the program's end. Returns the rest of its output, and its exit status."""
        try:
            said, _ = self.process.communicate(timeout=LONG * 3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            said, _ = self.process.communicate()
            raise AssertionError(f"the program did not end; it printed: {said}") from None
        return said, self.process.returncode


def await_sleep(thread):
    """Waits until a thread of this process sleeps in 10 looks in a row."""
    looks = 0
    while looks < 10:
        with open(f"/proc/self/task/{thread.native_id}/stat", encoding="ascii") as stat:
            state = stat.read().rpartition(")")[2].split()[0]
        looks = looks + 1 if state == "S" else 0
        time.sleep(0.01)


class Task(threading.Thread):
    """A thread that calls a function. result() returns the function's result, or raises its exception."""

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
    """Calls the function in a child of fork(). Returns the child's wait status: 0 if the function returns."""
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
