# SPDX-License-Identifier: GPL-2.0-or-later
"""A reader's process: started, watched through /proc, and ended."""

import json
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from traffic import GROUP, keep_on

PATIENCE = 120  # seconds, for any one thing that a reader does
LOOK = 0.01  # seconds from one look at it to the next
UNSUPPORTED = 77


class Unsupported(Exception):
    """The reader cannot be had, whatever is installed."""


class ReaderFailed(Exception):
    """The reader did what it must not."""


class ReaderProcess:
    """A context manager: a reader that is ready in it, and gone behind it.

    A reader of ours prints "ready" once its group is bound; of another's program it is the kernel
    that tells. SIGINT ends either, and ours then prints what it received as a line of JSON.
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
        """Nanoseconds on a CPU, of all its threads."""
        return sum(
            int((task / "schedstat").read_text().split()[0])
            for task in pathlib.Path(f"/proc/{self._process.pid}/task").iterdir()
        )

    def switches(self):
        """How often its threads gave up a CPU, or had to: each time they are woken once more."""
        return sum(
            int(number)
            for task in pathlib.Path(f"/proc/{self._process.pid}/task").iterdir()
            for number in re.findall(r"ctxt_switches:\s+(\d+)", (task / "status").read_text())
        )

    def await_rest(self, quiet):
        """Returns once all its threads have slept, and used no CPU, for `quiet` seconds."""
        end = time.monotonic() + PATIENCE
        last, since = None, time.monotonic()
        while time.monotonic() < end:
            now = self._asleep() and self.cpu()
            if now is False or now != last:
                last, since = now, time.monotonic()
            elif time.monotonic() - since >= quiet:
                return
            time.sleep(LOOK)
        raise ReaderFailed(f"it never came to rest{self._words()}")

    def finish(self):
        """Ends it; what it printed to standard output and to standard error."""
        self._process.send_signal(signal.SIGINT)
        try:
            said, _ = self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise ReaderFailed("SIGINT does not end it") from None
        if self._process.returncode != 0:
            raise ReaderFailed(f"it ended with {self._process.returncode}{self._words()}")
        return said, self._words()

    def finish_ours(self):
        """Ends a reader of ours; what it says."""
        said, words = self.finish()
        try:
            return json.loads(said)
        except ValueError:
            raise ReaderFailed(f"it said {said!r}{words}") from None

    def _await_ready(self):
        if self._process.stdout.readline() == "ready\n":
            return
        code = self._process.wait(PATIENCE)
        if code == UNSUPPORTED:
            raise Unsupported(self._words().strip(": "))
        raise ReaderFailed(f"it ended with {code} and was never ready{self._words()}")

    def _await_binding(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            table = pathlib.Path("/proc/self/net/netfilter/nfnetlink_log").read_text()
            if any(int(line.split()[0]) == GROUP for line in table.splitlines()):
                return
            time.sleep(LOOK)
        raise ReaderFailed(f"it never bound group {GROUP}{self._words()}")

    def _asleep(self):
        if self._process.poll() is not None:
            raise ReaderFailed(f"it ended with {self._process.returncode} by itself{self._words()}")
        # The state stands behind the name, which is in parentheses.
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
    # A shell's background job has it ignored, and so would what it starts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
