# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts the process of a reader, watches it through /proc, and ends it."""

import json
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from traffic import GROUP, keep_on

TIMEOUT = 120  # seconds, for any single action of a reader
POLL_INTERVAL = 0.01  # seconds between two checks
UNSUPPORTED = 77


class Unsupported(Exception):
    """The reader cannot work on this system, whatever is installed."""


class ReaderFailed(Exception):
    """The reader made an error."""


class ReaderProcess:
    """A context manager that runs a reader: it is ready inside the block, and is ended after it.

    A reader of this project prints "ready" when it has bound its group. For a program of another
    project, the kernel's list of groups shows when it has bound its group. SIGINT ends both kinds of
    readers. A reader of this project then prints its results as a line of JSON.
    """

    def __init__(self, command, environment, cpu, ours):
        self._command = command
        self._ours = ours
        self._stderr = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            preexec_fn=lambda: _prepare(cpu),
        )

    def __enter__(self):
        try:
            if self._ours:
                self._await_ready()
            else:
                self._await_binding()
            self.await_rest(0.05)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()
        self._stderr.close()

    def cpu(self):
        """Returns the CPU time of all threads of the reader, in nanoseconds."""
        return sum(
            int((task / "schedstat").read_text().split()[0])
            for task in pathlib.Path(f"/proc/{self._process.pid}/task").iterdir()
        )

    def switches(self):
        """Returns the number of context switches of the reader's threads: how often threads were
        woken.
        """
        return sum(
            int(number)
            for task in pathlib.Path(f"/proc/{self._process.pid}/task").iterdir()
            for number in re.findall(r"ctxt_switches:\s+(\d+)", (task / "status").read_text())
        )

    def await_rest(self, quiet):
        """Waits until all threads of the reader have slept, without using CPU time, for `quiet` seconds."""
        end = time.monotonic() + TIMEOUT
        last, since = None, time.monotonic()
        while time.monotonic() < end:
            now = self._asleep() and self.cpu()
            if now is False or now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since >= quiet:
                return
            time.sleep(POLL_INTERVAL)
        raise ReaderFailed(f"it never became idle{self._words()}")

    def finish(self):
        """Ends the reader, and returns its standard output and standard error."""
        self._process.send_signal(signal.SIGINT)
        try:
            said, _ = self._process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise ReaderFailed("SIGINT does not end it") from None
        if self._process.returncode != 0:
            raise ReaderFailed(f"it ended with {self._process.returncode}{self._words()}")
        return said, self._words()

    def finish_ours(self):
        """Ends a reader of this project, and returns its results."""
        said, words = self.finish()
        try:
            return json.loads(said)
        except ValueError:
            raise ReaderFailed(f"its output is {said!r}{words}") from None

    def _await_ready(self):
        if self._process.stdout.readline() == "ready\n":
            return
        code = self._process.wait(TIMEOUT)
        if code == UNSUPPORTED:
            raise Unsupported(self._words().strip(": "))
        raise ReaderFailed(f"it ended with {code} before it was ready{self._words()}")

    def _await_binding(self):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end and self._process.poll() is None:
            table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log").read_text()
            if any(int(line.split()[0]) == GROUP for line in table.splitlines()):
                return
            time.sleep(POLL_INTERVAL)
        raise ReaderFailed(f"it never bound group {GROUP}{self._words()}")

    def _asleep(self):
        if self._process.poll() is not None:
            raise ReaderFailed(f"it ended with {self._process.returncode} by itself{self._words()}")
        # In this file, the state comes after the name, which is in parentheses.
        return all(
            (task / "stat").read_text().rpartition(")")[2].split()[0] == "S"
            for task in pathlib.Path(f"/proc/{self._process.pid}/task").iterdir()
        )

    def _words(self):
        self._stderr.seek(0)
        words = self._stderr.read().strip()
        return f": {words}" if words else ""


def _prepare(cpu):
    keep_on(cpu)
    # A shell starts background jobs with SIGINT ignored, and the reader would inherit this.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
