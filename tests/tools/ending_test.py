# SPDX-License-Identifier: GPL-2.0-or-later
"""The end of the command: no packet is lost, and every loss or failure is reported."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest

from support import (COMMAND, LONG, PORT, CommandTest, Terminal, await_condition, await_full_pipe,
                     await_full_terminal, await_handlers, nft, objects, rule, run, send, small_disk)


class Ending(CommandTest):
    def test_a_signal_ends_it_after_the_packets_in_the_kernel_were_printed(self):
        rule("group 5")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                capture = self.capture("-g", "5", "--json")
                capture.process.send_signal(signal.SIGSTOP)
                send(*(b"%d" % i for i in range(1000)))
                capture.process.send_signal(number)
                capture.process.send_signal(signal.SIGCONT)
                said, words, status = capture.finish(None)
                payloads = [bytes.fromhex(packet["payload"])[28:] for packet in objects(said)]
                self.assertEqual(payloads, [b"%d" % i for i in range(1000)])
                self.assertEqual(words, "1000 packets printed, 1000 received, 0 filtered, 0 lost\n")
                self.assertEqual(status, 0)

    def test_a_second_signal_ends_it_at_once(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-x")  # into a pipe without a reader
        send(*(b"x" * 1000 for _ in range(1000)))
        await_full_pipe(capture.process)
        capture.process.send_signal(signal.SIGINT)
        capture.process.send_signal(signal.SIGTERM)
        # The process may receive the two signals in either order. It dies of the one that it receives second.
        self.assertIn(capture.process.wait(timeout=LONG), (-signal.SIGINT, -signal.SIGTERM))

    def test_a_signal_ends_it_when_nobody_reads_its_pipe(self):
        rule("group 5")
        for arguments in (["-x"], ["--json"], ["-w", "-"], ["-w", "/dev/stdout"]):
            with self.subTest(arguments):
                reading, writing = os.pipe()
                capture = self.capture("-g", "5", *arguments, stdout=writing)
                os.close(writing)
                send(*(b"x" * 1000 for _ in range(1000)))
                await_full_pipe(capture.process)
                _, words, status = capture.finish()
                self.assertEqual(status, 0)
                with open(reading, "rb") as file:
                    got = file.read()
                if "-w" in arguments:
                    path = self.directory / "got"
                    path.write_bytes(got)
                    whole = len(run("-r", str(path)).stdout.splitlines())
                elif "-x" in arguments:
                    whole = got.count(b"\n    0400  ")
                else:
                    whole = got.count(b"\n")
                self.assertGreater(whole, 10)
                self.assertRegex(
                    words, "^nflogcap: .* accepted no data since the capture was stopped; the rest was not written\n"
                           rf"{whole} packets (printed|written), 1000 received, 0 filtered, 0 lost, "
                           rf"{1000 - whole} not (printed|written)\n$")

    def test_an_alarm_that_was_set_before_it_started_ends_it(self):
        capture = self.capture("-g", "5", preexec_fn=lambda: signal.alarm(1))
        self.assertEqual(capture.finish(None)[2], -signal.SIGALRM)

    def test_after_a_signal_a_slow_reader_still_receives_everything(self):
        rule("group 5")
        for arguments, count in ((["-x"], 300), (["-w", "-"], 1500)):
            with self.subTest(arguments):
                reading, writing = os.pipe()
                capture = self.capture("-g", "5", *arguments, stdout=writing)
                os.close(writing)
                send(*(b"x" * 1000 for _ in range(count)))
                await_full_pipe(capture.process)
                capture.process.send_signal(signal.SIGINT)
                read = 0
                with open(reading, "rb", buffering=0) as file:
                    while data := file.read(65536):
                        read += len(data)
                        time.sleep(0.25)  # longer than the command waits for a reader that reads nothing
                self.assertGreater(read, count * 1000)
                _, words, status = capture.finish(None)
                self.assertRegex(words, rf"^{count} packets (printed|written), {count} received,")
                self.assertEqual(status, 0)

    def assert_signal_ends(self, *arguments):
        """Checks that a signal ends the command at any time after the handlers are installed, even before a wait."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) * 5:
            process = subprocess.Popen([COMMAND, *arguments], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            self.addCleanup(process.kill)
            await_handlers(process)
            process.send_signal(number)
            said, words = process.communicate(timeout=LONG)
            self.assertEqual((said, process.returncode), ("", 0), words)
            self.assertRegex(words, r"^0 packets (printed|written), 0 received, 0 filtered, 0 lost\n$")

    def test_a_signal_ends_the_wait_for_the_writer_of_a_fifo(self):
        path = self.directory / "x"
        path.write_text("of old")
        fifo = self.fifo()
        self.assert_signal_ends("-r", fifo)
        self.assert_signal_ends("-r", fifo, "-w", path)
        self.assertEqual(path.read_text(), "of old")

    def test_a_signal_ends_the_wait_for_the_reader_of_a_fifo(self):
        fifo = self.fifo()
        self.assert_signal_ends("-g", "5", "-w", fifo)

    def test_packets_received_while_it_waited_for_the_reader_of_a_fifo_are_counted(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-w", str(self.fifo()))
        send(*(b"x" for _ in range(1000)))
        self.assertEqual(capture.finish(), (
            "", "0 packets written, 1000 received, 0 filtered, 0 lost, 1000 not written\n", 0))

    def test_packets_that_were_logged_before_a_signal_are_counted_even_if_the_reader_is_gone(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-x")
        capture.process.send_signal(signal.SIGSTOP)
        send(*(b"x" * 1000 for _ in range(1000)))
        capture.process.stdout.close()
        capture.process.send_signal(signal.SIGHUP)
        capture.process.send_signal(signal.SIGCONT)
        self.assertEqual(capture.process.wait(timeout=LONG), 0)
        self.assertEqual(capture.process.stderr.read(), "0 packets printed, 1000 received, 0 filtered, "
                                                        "0 lost, 1000 not printed\n")

    def test_packets_lost_while_the_reader_stalled_are_counted(self):
        nft(f"table inet t {{ chain c {{ type filter hook output priority 0; "
            f"udp dport {PORT} counter log group 5 drop; }}; }}\n")
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        capture = self.capture("-g", "5", "-w", "-", stdout=writing)
        os.close(writing)
        send(*(b"x" * 60000 for _ in range(3000)))  # more than the socket buffer holds
        for _ in range(32):  # the command writes more, and so makes room in the socket buffer
            os.read(reading, 65536)
        await_full_pipe(capture.process)
        send(b"x")  # its sequence number shows the loss before it
        _, words, _ = capture.finish()
        counted = int(re.search(r"counter packets (\d+)", subprocess.check_output(
            ["nft", "list", "ruleset"], text=True))[1])
        written, received, lost, rest = map(int, re.search(
            r"(\d+) packets written, (\d+) received, 0 filtered, (\d+) lost, (\d+) not written",
            words).groups())
        self.assertGreater(lost, 0)
        self.assertEqual((written + rest, received + lost), (received, counted), words)

    def test_a_signal_lets_it_print_all_that_it_has_read_of_a_savefile(self):
        rule("group 5")
        path = self.directory / "x"
        capture = self.capture("-g", "5", "-w", str(path), "-c", "3000")
        send(*(b"x" for _ in range(3000)))
        capture.finish(None)
        process = subprocess.Popen([COMMAND, "-r", path], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        await_full_pipe(process)
        process.send_signal(signal.SIGINT)
        said, words = process.communicate(timeout=LONG)
        printed = said.count("\n")
        self.assertLess(printed, 3000)
        self.assertEqual(words, f"{printed} packets printed, {printed} received, 0 filtered, 0 lost\n")

    def test_a_signal_ends_the_wait_for_the_rest_of_a_savefile(self):
        rule("group 5")
        path = self.directory / "x"
        capture = self.capture("-g", "5", "-w", str(path))
        send(b"x")
        capture.finish()
        for length in (1, 23, 24, 30):  # bytes of the file: within its header, exactly the header, and within a packet
            with self.subTest(length):
                reading, writing = os.pipe()
                os.write(writing, path.read_bytes()[:length])
                self.assert_signal_ends("-r", f"/proc/{os.getpid()}/fd/{reading}")
                os.close(reading)
                os.close(writing)

    def test_with_nohup_it_outlives_the_terminal(self):
        rule("group 5")
        capture = self.capture(
            "-g", "5", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        capture.process.send_signal(signal.SIGHUP)
        send(b"x")
        self.assertIn("UDP", capture.process.stdout.readline())
        self.assertEqual(capture.finish()[2], 0)

    def test_it_ends_quietly_when_its_reader_does(self):
        rule("group 5")
        capture = self.capture("-g", "5")
        head = subprocess.Popen(["head", "-n", "1"], stdin=capture.process.stdout,
                                stdout=subprocess.PIPE, text=True)
        capture.process.stdout.close()
        send(b"x")
        self.assertIn("UDP", head.communicate(timeout=LONG)[0])
        # The command must notice the closed pipe without another packet.
        self.assertEqual(capture.process.wait(timeout=LONG), 0)
        self.assertEqual(capture.process.stderr.read(),
                         "1 packet printed, 1 received, 0 filtered, 0 lost\n")

    def test_it_ends_when_the_reader_of_its_fifo_does(self):
        fifo = self.fifo()
        reader = threading.Thread(target=lambda: fifo.open("rb").close())
        reader.start()
        capture = self.capture("-g", "5", "-w", str(fifo))
        reader.join()
        # The command must notice that the reader is gone without any packet.
        self.assertEqual(capture.finish(None),
                         ("", "0 packets written, 0 received, 0 filtered, 0 lost\n", 0))

    def test_it_ends_when_its_reader_does_without_a_packet(self):
        for ends in (os.pipe, lambda: (end.detach() for end in socket.socketpair())):
            for arguments in (["--json"], ["-w", "-"]):
                with self.subTest((ends, arguments)):
                    reading, writing = ends()
                    capture = self.capture("-g", "5", *arguments, stdout=writing)
                    os.close(writing)
                    os.close(reading)
                    _, words, status = capture.finish(None)
                    self.assertRegex(words, "^0 packets (printed|written), 0 received,")
                    self.assertEqual(status, 0)

    def test_it_ends_when_its_terminal_does(self):
        terminal = Terminal(self)
        capture = self.capture("-g", "5", stdout=terminal.end)
        terminal.hang_up()
        self.assertEqual(capture.finish(None),
                         (None, "0 packets printed, 0 received, 0 filtered, 0 lost\n", 0))

    def test_it_ends_quietly_when_its_terminal_does_during_a_flood(self):
        rule("group 5")
        for arguments in (["-x"], ["--json"]):
            with self.subTest(arguments):
                terminal = Terminal(self)
                capture = self.capture("-g", "5", *arguments, stdout=terminal.end)
                send(*(b"x" * 1000 for _ in range(1000)))
                await_full_terminal(capture.process)
                terminal.hang_up()
                _, words, status = capture.finish(None)
                self.assertRegex(words, r"^\d+ packets \w+, \d+ received, 0 filtered, 0 lost, \d+ not \w+\n$")
                self.assertEqual(status, 0)

    def test_it_ends_quietly_when_it_prints_a_flood_into_a_closed_pipe(self):
        rule("group 5")
        for arguments in (["-x"], ["-w", "-"]):
            with self.subTest(arguments):
                capture = self.capture("-g", "5", *arguments)
                send(b"x")
                capture.process.stdout.buffer.read(1)
                capture.process.stdout.close()
                send(*(b"x" * 1000 for _ in range(1000)))
                self.assertEqual(capture.process.wait(timeout=LONG), 0)
                self.assertRegex(capture.process.stderr.read(), r"^\S.* received, 0 filtered, 0 lost(, \d+ not \w+)?\n$")

    def test_a_pipe_that_was_closed_before_ends_it_quietly(self):
        reading, writing = os.pipe()
        os.close(reading)
        capture = self.capture("-g", "5", "-w", "-", stdout=writing)
        os.close(writing)
        self.assertEqual(capture.finish(None),
                         (None, "0 packets written, 0 received, 0 filtered, 0 lost\n", 0))

    def test_a_full_disk_is_an_error(self):
        rule("group 5")
        with open("/dev/full", "w") as full:
            capture = self.capture("-g", "5", stdout=full)
            send(b"x")
            _, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertRegex(words, "cannot write to standard output: No space left on device")
        self.assertIn("\n0 packets printed, 1 received, 0 filtered, 0 lost, 1 not printed\n", words)

    def test_on_a_full_disk_complete_lines_are_counted(self):
        rule("group 5")
        small_disk(self, "64k")
        path = self.directory / "x"
        with path.open("w") as file:
            capture = self.capture("-g", "5", "--json", stdout=file)
        send(*(b"x" * 1000 for _ in range(100)))
        _, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertRegex(words, "^nflogcap: cannot write to standard output: No space left on device; .*"
                                "free some space")
        lines = path.read_text().count("\n")
        self.assertGreater(lines, 10)
        self.assertRegex(words, rf"\n{lines} packets printed, \d+ received,")

    def test_help_into_a_full_disk_is_an_error(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left", done.stderr)

    def test_no_file_takes_the_place_of_a_closed_standard_stream(self):
        path = self.file_of_one_packet()
        for closed, status in (("<&-", 0), (">&-", 1), ("<&- >&-", 1), ("<&- >&- 2>&-", 1)):
            done = subprocess.run(["sh", "-c", f'exec "$0" "$@" {closed}', COMMAND, "-r", path],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=LONG)
            self.assertEqual(done.returncode, status, closed)
            if status == 1 and "2>&-" not in closed:
                self.assertIn("Bad file descriptor", done.stderr)
                self.assertIn("0 packets printed", done.stderr)

    def test_it_waits_until_a_non_blocking_output_accepts_data(self):
        rule("group 5")
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        capture = self.capture("-g", "5", "-x", "-c", "500", stdout=writing)
        os.close(writing)
        send(*(b"x" * 1000 for _ in range(500)))
        with open(reading) as file:
            lines = file.read().splitlines()
        self.assertEqual(sum("UDP" in line for line in lines), 500)
        self.assertEqual(capture.finish(None)[2], 0)

    def test_a_tap_is_gone_after_kill_9(self):
        nft("table inet before { chain c { }; }\n")
        listing = ["nft", "list", "ruleset"]
        before = subprocess.check_output(listing)
        capture = self.capture("--tap", "udp dport 9", group=65535)
        await_condition(lambda: subprocess.check_output(listing) != before, "the tap")
        capture.process.kill()
        capture.process.wait()
        await_condition(lambda: subprocess.check_output(listing) == before, "its end")


if __name__ == "__main__":
    unittest.main(verbosity=2)
