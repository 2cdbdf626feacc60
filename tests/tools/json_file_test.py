# SPDX-License-Identifier: GPL-2.0-or-later
"""--json -w FILE writes JSON to files, and splits them by the options that also split savefiles."""

import os
import signal
import subprocess
import unittest

from support import LONG, CommandTest, Terminal, await_condition, objects, rule, run, send, small_disk

BIG = 60000  # payload size in bytes; 1,000,000 bytes of JSON contain 8 such packets


class JsonFileTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.path = self.directory / "x.json"
        rule("group 5")

    def write(self, *arguments, **options):
        return self.capture("-g", "5", "--json", "-w", self.path, *arguments, **options)

    def numbers(self, *paths):
        """Returns the numbers that send_numbers() sent, from files with one packet on each line."""
        return [int(packet["payload"][56:64], 16) for path in paths for packet in objects(path.read_text())]

    def send_numbers(self, count, first=0, size=4):
        send(*[number.to_bytes(4, "big").ljust(size, b"x") for number in range(first, first + count)])


class Written(JsonFileTest):
    def test_a_file_has_what_standard_output_would_have(self):
        capture = self.write("-c", "2")
        self.send_numbers(2)
        said, words, status = capture.finish(None)
        self.assertEqual((said, words, status), ("", "2 packets written, 2 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(self.numbers(self.path), [0, 1])
        self.assertIn("indev_name", objects(self.path.read_text())[0])

    def test_received_packets_are_in_the_file_while_the_capture_waits(self):
        self.write()
        self.send_numbers(1)
        await_condition(lambda: self.path.exists() and self.path.read_text().endswith("}\n"), "the packet")

    def test_a_savefile_becomes_json(self):
        savefile = self.file_of_one_packet()
        self.assertEqual(run("-r", savefile, "--json", "-w", self.path, "--no-payload").returncode, 0)
        packet, = objects(self.path.read_text())
        self.assertNotIn("payload", packet)
        self.assertEqual(self.path.read_text(), run("-r", savefile, "--json", "--no-payload").stdout)

    def test_a_hyphen_is_standard_output(self):
        savefile = self.file_of_one_packet()
        self.assertEqual(run("-r", savefile, "--json", "-w", "-").stdout, run("-r", savefile, "--json").stdout)
        terminal = Terminal(self)
        subprocess.run([os.environ["NFLOGCAP"], "-r", savefile, "--json", "-w", "-"], stdin=subprocess.DEVNULL,
                       stdout=terminal.end, stderr=subprocess.DEVNULL, check=True)
        self.assertIn('"payload":', terminal.read())


class Split(JsonFileTest):
    def test_by_size(self):
        capture = self.write("-C", "1", "-c", "30")
        self.send_numbers(30, size=BIG)
        self.assertEqual(capture.finish(None)[2], 0)
        paths = [self.path, *(self.directory / f"x.json{number}" for number in (1, 2, 3))]
        self.assertEqual(set(self.directory.iterdir()), set(paths))
        for path in paths[:-1]:
            *_rest, last = path.read_text().splitlines(keepends=True)
            size = path.stat().st_size
            self.assertTrue(size - len(last) <= 1_000_000 < size, size)
        self.assertEqual(self.numbers(*paths), list(range(30)))

    def test_by_size_in_a_ring_of_files(self):
        capture = self.write("-C", "1", "-W", "2", "-c", "30")
        self.send_numbers(30, size=BIG)
        words = capture.finish(None)[1]
        self.assertRegex(words, "^30 packets written")
        paths = [self.directory / f"x.json{number}" for number in (0, 1)]
        self.assertEqual(set(self.directory.iterdir()), set(paths))
        self.assertEqual(self.numbers(*paths), list(range(18, 30)))

    def test_by_time(self):
        self.path = self.directory / "%s.json"
        capture = self.write("-G", "1", "-W", "3")
        sent = 0
        while capture.process.poll() is None:
            self.send_numbers(1, sent)
            sent += 1
        words = capture.finish(None)[1]
        paths = sorted(self.directory.iterdir())
        self.assertEqual(len(paths), 3)
        found = self.numbers(*paths)
        self.assertEqual(found, list(range(len(found))))
        self.assertRegex(words, f"^{len(found)} packets written")


class Wrong(JsonFileTest):
    def test_a_full_disk_is_reported_and_complete_lines_are_counted(self):
        small_disk(self, "1m")
        capture = self.write()
        self.send_numbers(30, size=BIG)
        _said, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertRegex(words, f"^nflogcap: cannot write to {self.path}: No space left on device; its last line may "
                                "be cut off; free some space, or write elsewhere\n")
        whole = self.path.read_text().count("\n")
        self.assertRegex(words, f"\n{whole} packets written, .* not written\n")

    def test_a_reader_that_closes_the_pipe_ends_the_capture(self):
        self.path = self.fifo()
        with subprocess.Popen(["head", "-n", "1", self.path], stdout=subprocess.PIPE) as reader:
            capture = self.write()
            self.send_numbers(1)
            self.assertEqual(len(objects(reader.communicate(timeout=LONG)[0].decode())), 1)
        self.assertEqual(capture.finish(None)[2], 0)

    def test_a_signal_ends_the_wait_for_a_reader(self):
        self.path = self.fifo()
        capture = self.write()
        self.send_numbers(1)
        self.assertEqual(capture.finish(signal.SIGTERM)[2], 0)

    def test_error_messages(self):
        for arguments, words, status in (
            (["-w", "/nonexistent/x"], "cannot create /nonexistent/x: No such file or directory; make its directory "
             "first, or write elsewhere", 1),
            (["-w", self.path, "-y", "raw"], "--json excludes -y|-y excludes --json", 2),
            (["-w", self.path, "-x"], "excludes", 2),
            (["-w", "-", "-C", "1"], "'-w -' cannot be used with them", 2),
        ):
            self.assert_refused(["-g", "5", "--json", *arguments], words, status)
        savefile = self.file_of_one_packet()
        self.assert_refused(["-r", savefile, "--json", "-w", savefile], "it is the file that -r reads", 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
