# SPDX-License-Identifier: GPL-2.0-or-later
"""Output on a terminal: the status line, colours, and packet lines that the status line does not garble."""

import fcntl
import gzip
import os
import re
import struct
import subprocess
import termios
import time
import unittest

from support import COMMAND, CommandTest, Terminal, await_condition, bound_groups, rule, send

STATUS = r"[\d,]+ packets/s, [\d,]+ received, 0 lost, buffer \d+%"


class OnTerminal(CommandTest):
    def start(self, *arguments, stdout=None, columns=100, group=5, **environment):
        """Starts the command. Its standard error and, by default, its standard output are a terminal."""
        terminal = Terminal(self)
        fcntl.ioctl(terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        settings = {"TERM": "xterm", **environment}
        process = subprocess.Popen(
            [COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=stdout or terminal.end,
            stderr=terminal.end, text=True,
            env={**{key: os.environ[key] for key in os.environ if key != "NO_COLOR"}, **settings})
        terminal.close_end()
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        if group is not None:
            await_condition(lambda: group in bound_groups(), "the binding")
        return terminal, process

    def test_the_status_line_comes_and_goes(self):
        rule("group 5")
        terminal, process = self.start("-g", "5")
        terminal.await_text("no packet yet; 'nflogcap doctor -g 5'")
        send(b"x", b"y")
        terminal.await_text(STATUS)
        process.terminate()
        self.assertEqual(process.wait(), 0)
        first, second, summary, end = terminal.screen()
        self.assertRegex(first, "^[0-9:.]+ group 5 in lo UDP")
        self.assertRegex(second, "^[0-9:.]+ group 5 in lo UDP")
        self.assertEqual((summary, end), ("2 packets printed, 2 received, 0 filtered, 0 lost", ""))

    def test_lines_are_whole_beside_it(self):
        rule("group 5")
        terminal, process = self.start("-g", "5")
        for i in range(300):
            send(b"x" * i)
            terminal.read()
        terminal.await_text(r"300 received")
        process.terminate()
        process.wait()
        lines = terminal.screen()
        self.assertEqual(len(lines), 302)
        for i, line in enumerate(lines[:300]):
            self.assertRegex(line, rf"^[0-9:.]+ group 5 in lo UDP \S+ > \S+ length {28 + i}$")

    def test_it_is_no_wider_than_the_terminal(self):
        terminal, process = self.start("-g", "5", columns=20)
        terminal.await_text("no packet yet; 'nfl\033")
        process.terminate()
        process.wait()
        self.assertEqual(terminal.screen()[-2:], ["0 packets printed, 0 received, 0 filtered, 0 lost", ""])

    def test_colours_are_for_terminals_that_want_them(self):
        rule('prefix "p" group 5')
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False),
                                      ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)):
            with self.subTest(environment):
                terminal, process = self.start("-g", "5", "-c", "1", **environment)
                send(b"x")
                process.wait(timeout=30)
                self.assertEqual("\033[36m" in terminal.read(), coloured)
                self.assertEqual(bool(re.search(r"\033\[[\d;]*m", terminal.read())), coloured)

    def test_with_its_output_elsewhere_the_status_is_shown_and_the_output_plain(self):
        rule("group 5")
        reading, writing = os.pipe()
        terminal, process = self.start("-g", "5", stdout=writing)
        os.close(writing)
        send(b"x")
        terminal.await_text(STATUS)
        process.terminate()
        process.wait()
        with open(reading) as file:
            self.assertRegex(file.read(), r"^[0-9:.]+ group 5 in lo UDP [^\033]*\n$")

    def savefile(self, packets):
        header = struct.pack("=IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 239)
        message = struct.pack("=BBHHHHBx", 2, 0, 0x500, 8, 1, 8, 0)
        return header + b"".join(struct.pack("=IIII", number, 0, len(message), len(message)) + message
                                 for number in range(packets))

    def test_of_a_file_it_shows_percent_rate_and_the_time_left(self):
        path = self.directory / "x.pcap"
        for compressed in (False, True):
            with self.subTest(compressed=compressed):
                content = self.savefile(200_000)
                path.write_bytes(gzip.compress(content) if compressed else content)
                reading, writing = os.pipe()
                terminal, process = self.start("-r", str(path), stdout=writing, group=None)
                os.close(writing)
                with open(reading, "rb") as output:
                    os.read(reading, 1)
                    time.sleep(0.6)  # longer than the interval of the status line
                    lines = output.read().count(b"\n")
                self.assertEqual((lines, process.wait()), (200_000, 0))
                terminal.await_text(r"\d+%, [\dhmins ]+ left, [\d,]+ packets/s, [\d,]+ received, 0 lost")
                self.assertEqual(terminal.screen(),
                                 ["200000 packets printed, 200000 received, 0 filtered, 0 lost", ""])

    def test_of_a_pipe_it_shows_how_many_bytes_were_read(self):
        content = self.savefile(3)
        fifo = self.fifo()
        terminal, process = self.start("-r", fifo, group=None)
        with open(fifo, "wb") as pipe:
            pipe.write(content)
            pipe.flush()
            terminal.await_text(rf"{len(content)} bytes read, [\d,]+ packets/s, 3 received, 0 lost")
        self.assertEqual(process.wait(), 0)

    def test_an_error_has_its_own_line(self):
        rule("group 5")
        with open("/dev/full", "w") as full:
            terminal, process = self.start("-g", "5", stdout=full)
        terminal.await_text("no packet yet")
        send(b"x")
        self.assertEqual(process.wait(timeout=30), 1)
        self.assertRegex(terminal.screen()[0], "^nflogcap: cannot write")


if __name__ == "__main__":
    unittest.main(verbosity=2)
