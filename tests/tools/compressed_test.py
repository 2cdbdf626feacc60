# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles that are compressed while they are written: gzip(1) and zstd(1) must decompress them."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from support import CommandTest, await_condition, objects, rule, run, send, small_disk

PROGRAMS = {".gz": "gzip", ".zst": "zstd"}


def decompressed(path):
    """Decompresses a file with the program for its extension. The program fails if the file is cut off."""
    program = PROGRAMS[pathlib.Path(path).suffix]
    done = subprocess.run([program, "-dc", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr
    return done.stdout


def our_count(path):
    """Counts the packets of a file with our command, which can also read a file that is still being written."""
    done = run("-r", str(path), "--json", "--no-payload")
    assert done.returncode == 0, done.stderr
    return len(done.stdout.splitlines())


def packet_count(path):
    """Counts the packets of a file with our command. Fails if tcpdump counts a different number."""
    ours = our_count(path)
    theirs = subprocess.run(["tcpdump", "-nr", "-"], input=decompressed(path), stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL).stdout
    assert ours == len(theirs.splitlines()), path
    return ours


class Compressed(CommandTest):
    def names(self):
        return sorted(path.name for path in self.directory.iterdir())

    def write(self, name, *arguments, payloads=()):
        rule("group 5")
        capture = self.capture("-g", "5", "-w", str(self.directory / name), *arguments)
        send(*payloads)
        return capture

    def test_a_file_is_compressed_by_its_name(self):
        self.write("old.pcap", payloads=[b"x" * 500] * 300).finish()
        old = self.directory / "old.pcap"
        for extension in PROGRAMS:
            with self.subTest(extension):
                new = self.directory / f"new.pcap{extension}"
                self.assertEqual(run("-r", str(old), "-w", str(new)).returncode, 0)
                self.assertEqual(decompressed(new), old.read_bytes())
                self.assertLess(new.stat().st_size, old.stat().st_size / 10)
                new = self.directory / f"new.pcapng{extension}"
                plain = self.directory / "plain.pcapng"
                for path in (new, plain):
                    self.assertEqual(run("-r", str(old), "-w", str(path)).returncode, 0)
                self.assertEqual(decompressed(new), plain.read_bytes())

    def test_packets_are_in_the_file_although_no_other_follows(self):
        capture = self.write("x.pcap.zst", payloads=[b"one", b"two"])
        path = self.directory / "x.pcap.zst"
        await_condition(lambda: path.exists() and path.stat().st_size > 0, "the file")
        await_condition(lambda: our_count(path) == 2, "the packets in the file")
        send(b"three")
        await_condition(lambda: our_count(path) == 3, "another packet in the file")
        capture.process.send_signal(signal.SIGKILL)
        capture.process.wait()
        self.assertEqual(packet_count(path), 3)

    def test_files_are_split_with_their_extensions(self):
        for name in ("x.pcap.zst", "y.pcapng.gz", "z.gz"):
            with self.subTest(name):
                payloads = [os.urandom(1000) for _ in range(2500)]
                _, words, status = self.write(name, "-C", "1", payloads=payloads).finish()
                self.assertEqual((words, status), ("2500 packets written, 2500 received, 0 filtered, 0 lost\n", 0))
                stem, extension = re.fullmatch(r"(.)(.*)", name).groups()
                number_at = "x.pcap" if stem == "x" else stem
                rest = name[len(number_at):]
                expected = [name, f"{number_at}1{rest}", f"{number_at}2{rest}"]
                self.assertEqual([each for each in self.names() if each[0] == stem], sorted(expected))
                counts = [packet_count(self.directory / each) for each in expected]
                self.assertEqual(sum(counts), 2500)
                for each in expected[:2]:
                    self.assertTrue(900_000 < (self.directory / each).stat().st_size < 1_100_000)
                subprocess.run(["nft", "flush ruleset"], check=True)

    def test_files_are_split_by_time(self):
        capture = self.write("x%s.pcap.gz", "-G", "1", "-W", "2")
        await_condition(lambda: send(b"x") or capture.process.poll() is not None, "the end")
        _, words, status = capture.finish(None)
        self.assertEqual((status, len(self.names())), (0, 2))
        written = sum(packet_count(self.directory / name) for name in self.names())
        self.assertIn(f"{written} packets written", words)

    def test_a_full_disk_leaves_whole_parts(self):
        for extension in PROGRAMS:
            with self.subTest(extension):
                small_disk(self, "200k")
                path = self.directory / f"x.pcap{extension}"
                capture = self.write(path.name, payloads=[os.urandom(1000) for _ in range(400)])
                _, words, status = capture.finish(None)
                self.assertEqual(status, 1)
                self.assertRegex(words, f"^nflogcap: cannot write to the savefile {path}: No space left on device; ")
                written = packet_count(path)
                self.assertGreater(written, 50)
                self.assertRegex(words, rf"\n{written} packets written, \d+ received,")
                subprocess.run(["nft", "flush ruleset"], check=True)

    def test_a_compressed_pcapng_file_is_read_by_wireshark(self):
        self.write("x.pcapng.zst", payloads=[b"one", b"two"]).finish()
        path = str(self.directory / "x.pcapng.zst")
        said = subprocess.run(["capinfos", "-M", path], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True).stdout
        self.assertRegex(said, r"Number of packets: +2\n")
        self.assertEqual(len(objects(run("-r", path, "--json").stdout)), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
