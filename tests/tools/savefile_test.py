# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles are written, read, and split like those of tcpdump. tshark must show the same fields as our JSON."""

import calendar
import json
import glob
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import time
import unittest

from support import (PORT, COMMAND, LONG, CommandTest, await_condition, nft, objects, rule, run, send,
                     small_disk)

TSHARK = shutil.which("tshark")
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)


def nanoseconds(epoch):
    """Converts a time that tshark printed: seconds since 1970, or (by tshark 4.6) a date and time in UTC."""
    seconds, fraction = epoch.rstrip("Z").split(".")
    if not seconds.isdigit():
        seconds = calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S"))
    return int(seconds) * 10**9 + int(fraction.ljust(9, "0"))


def tcpdump_counts(path):
    done = subprocess.run(["tcpdump", "-nr", path], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    return len(done.stdout.splitlines())


class Savefile(CommandTest):
    def test_a_savefile_reads_back_as_captured(self):
        rule('prefix "a: " group 5')
        path = str(self.directory / "x.pcap")
        capture = self.capture("-g", "5", "-w", path)
        send(b"one", b"two")
        said, words, status = capture.finish()
        self.assertEqual((said, status), ("", 0))
        self.assertEqual(words, "2 packets written, 2 received, 0 filtered, 0 lost\n")
        done = run("-r", path)
        self.assertRegex(done.stdout, r'^(\S+ group 5 "a: " in #1 UDP .* length 31\n){2}$')
        self.assertEqual(done.stderr, "2 packets printed, 2 received, 0 filtered, 0 lost\n")
        self.assertEqual(tcpdump_counts(path), 2)

    def test_a_file_is_not_written_to_while_it_is_read(self):
        path = self.file_of_one_packet()
        before = path.read_bytes()
        link = self.directory / "link"
        link.symlink_to(path)
        rotated = path.with_name(path.name + "0")  # -C writes its first file under this name
        os.link(path, rotated)
        for arguments, what in (
            (["-r", path, "-w", link], link),
            (["-r", "-", "-w", path], path),
            (["-r", "/dev/stdin", "-w", path], path),
            (["-r", "-", "-w", path, "-C", "1", "-W", "2"], rotated),
            (["-r", path, "-w", "-"], "standard output"),
            (["-r", path, "-w", "/dev/stdout"], "/dev/stdout"),
            (["-r", "-", "-w", "-"], "standard output"),
            (["-r", path], "standard output"),
            (["-r", "-", "--json"], "standard output"),
        ):
            with self.subTest(arguments), path.open("rb") as input, path.open("ab") as output:
                done = subprocess.run([COMMAND, *arguments], stdin=input, stdout=output,
                                      stderr=subprocess.PIPE, text=True, timeout=LONG)
                self.assertEqual((done.returncode, path.read_bytes()), (1, before))
                self.assertEqual(done.stderr, f"nflogcap: cannot write to {what}: it is the file that -r "
                                 "reads; write to another file\n")

    def test_a_name_with_time_is_a_format_of_strftime(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-w", str(self.directory / "x%-d%"), "-G", "60", "-c", "1")
        send(b"x")
        capture.finish(None)
        self.assertEqual([path.name for path in self.directory.iterdir()],
                         [time.strftime("x%-d") + "%"])

    def test_tcpdump_reads_the_longest_packets_by_default(self):
        rule("group 5")
        path = str(self.directory / "long.pcap")
        capture = self.capture("-g", "5", "-w", path)
        send(b"x" * 65507, b"x" * 65507)
        capture.finish()
        done = subprocess.run(["tcpdump", "-nr", path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
        self.assertEqual(done.stdout.count(f"> 127.0.0.1.{PORT}: UDP, length 65507"), 2)

    def test_through_pipes_as_they_come(self):
        rule("group 5")
        writer = self.capture("-g", "5", "-w", "-")
        reader = subprocess.Popen([COMMAND, "-r", "-", "--json"], stdin=writer.process.stdout,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(reader.stdout.close)
        self.addCleanup(reader.kill)
        writer.process.stdout.close()
        for payload in (b"one", b"two"):
            send(payload)
            [packet] = objects(reader.stdout.readline())
            self.assertEqual(bytes.fromhex(packet["payload"])[28:], payload)
        writer.process.send_signal(signal.SIGINT)
        self.assertEqual(writer.process.wait(timeout=LONG), 0)
        self.assertEqual(reader.wait(timeout=LONG), 0)

    def test_a_file_of_groups_is_read_by_group_and_filter(self):
        rule("group 5")
        rule("group 6", port=PORT + 1)
        path = str(self.directory / "x.pcap")
        capture = self.capture("-g", "5", "-g", "6", "-w", path, group=6)
        for port in (PORT, PORT + 1):
            send(b"a", b"b", port=port)
        capture.finish()
        done = run("-r", path, "-g", "6", "udp[8]", "=", "0x62")
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertEqual(done.stderr, "1 packet printed, 4 received, 3 filtered, 0 lost\n")
        self.assertEqual(len(run("-r", path, "-c", "3").stdout.splitlines()), 3)

    def test_a_damaged_file_is_read_up_to_the_damage(self):
        rule("group 5")
        path = self.directory / "x.pcap"
        capture = self.capture("-g", "5", "-w", str(path))
        send(b"one", b"two", b"three")
        capture.finish()
        path.write_bytes(path.read_bytes()[:-1])
        done = run("-r", str(path))
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "^nflogcap: the savefile .* packet 2: .*\n2 packets printed, 2 received")

    def test_a_file_that_was_compressed_is_read_whatever_its_name_is(self):
        path = self.file_of_one_packet()
        plain = run("-r", path)
        for command in (["gzip"], ["zstd"], ["zstd", "-19", "--long"], ["lz4"], ["lz4", "-9", "-BX"]):
            with self.subTest(command):
                compressed = self.directory / "compressed"
                content = subprocess.run([*command, "-c", path], check=True, capture_output=True).stdout
                compressed.write_bytes(content)
                done = run("-r", compressed)
                self.assertEqual((done.stdout, done.stderr), (plain.stdout, plain.stderr))
                piped = subprocess.run([COMMAND, "-r", "-"], input=content, capture_output=True)
                self.assertEqual(piped.stdout.decode(), plain.stdout)
                compressed.write_bytes(content[:-2])
                done = run("-r", compressed)
                self.assertEqual((done.returncode, done.stdout), (1, plain.stdout))
                self.assertRegex(done.stderr, "beyond packet 1: its compressed data is cut off\n1 packet printed")

    def test_invalid_messages_are_counted(self):
        head = struct.pack("=IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 239)
        record = struct.pack("=IIII", 0, 0, 5, 5) + bytes((0, 0, 0, 5, 3))  # ends within an attribute's header
        for count, words in ((1, "1 message was"), (2, "2 messages were")):
            with self.subTest(count):
                done = subprocess.run([COMMAND, "-r", "-"], input=head + record * count, capture_output=True)
                self.assertEqual(done.stderr.decode(), "0 packets printed, 0 received, 0 filtered, 0 lost\n"
                                 f"{words} invalid\n")

    def test_a_full_disk_while_writing(self):
        rule("group 5")
        small_disk(self, "64k")
        path = self.directory / "x.pcap"
        capture = self.capture("-g", "5", "-w", str(path))
        send(*(b"x" * 1000 for _ in range(100)))
        _, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertRegex(words, f"^nflogcap: cannot write to the savefile {path}: No space left on device; "
                                "free some space, or write elsewhere\n")
        self.assert_summary_is_true(words, [path])

    def assert_summary_is_true(self, words, paths):
        """Checks that the files contain the number of readable packets that the summary counts as written."""
        written = 0
        for path in paths:
            done = run("-r", str(path))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(tcpdump_counts(path), len(done.stdout.splitlines()))
            written += tcpdump_counts(path)
        self.assertGreater(written, 5)
        self.assertRegex(words, rf"\n{written} packets written, \d+ received,")

    def test_a_full_disk_while_files_are_split(self):
        rule("group 5")
        small_disk(self, "1500k")
        capture = self.capture("-g", "5", "-w", str(self.directory / "x"), "-C", "1")
        send(*(b"x" * 1000 for _ in range(2000)))
        _, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertIn(f"cannot write to the savefile {self.directory / 'x1'}: No space left", words)
        self.assert_summary_is_true(words, [self.directory / "x", self.directory / "x1"])

    def test_a_disk_that_is_full_at_the_end_of_a_savefile(self):
        rule("group 5")
        everything = self.directory / "all"
        capture = self.capture("-g", "5", "-w", str(everything))
        send(*(b"x" * 1000 for _ in range(20)))
        capture.finish()
        data = everything.read_bytes()
        small_disk(self, "8k")
        path = self.directory / "x"
        # The data fits into the command's buffer, so the disk is written, and found full, only when the file is closed.
        done = subprocess.run([COMMAND, "-r", "-", "-w", path], input=data, stderr=subprocess.PIPE)
        words = done.stderr.decode()
        self.assertEqual(done.returncode, 1)
        self.assertRegex(words, f"^nflogcap: cannot write to the savefile {path}: No space left")
        self.assert_summary_is_true(words, [path])

    def test_a_limit_of_file_sizes(self):
        rule("group 5")
        path = self.directory / "x"
        capture = self.capture("-g", "5", "-w", str(path), preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (10_001, 10_001)))
        send(*(b"x" * 1000 for _ in range(100)))
        _, words, status = capture.finish(None)
        self.assertEqual(status, 1)
        self.assertRegex(words, f"^nflogcap: cannot write to the savefile {path}: File too large; .*ulimit -f")
        self.assert_summary_is_true(words, [path])

    def test_an_older_file_is_kept_if_the_capture_cannot_start(self):
        path = self.directory / "x.pcap"
        path.write_text("of old")
        owner = self.capture("-g", "5")
        self.assertEqual(run("-g", "5", "-w", str(path)).returncode, 1)
        self.assertEqual(path.read_text(), "of old")
        owner.finish()


class Rotation(CommandTest):
    def names(self):
        return sorted(path.name for path in self.directory.iterdir())

    def sizes(self):
        return {path.name: path.stat().st_size for path in self.directory.iterdir()}

    def write(self, name, *arguments, packets=0):
        rule("group 5")
        capture = self.capture("-g", "5", "-w", str(self.directory / name), *arguments)
        send(*(b"x" * 1000 for _ in range(packets)))
        return capture

    def test_by_size_it_names_as_tcpdump_does(self):
        # tcpdump splits the same packets; its file names and sizes are the expected ones.
        self.write("all", packets=3500).finish()
        for number, arguments in enumerate((["-C", "1"], ["-C", "1", "-W", "3"], ["-C", "1", "-W", "11"])):
            with self.subTest(arguments):
                made = {}
                for program in ([COMMAND], ["tcpdump"]):
                    directory = self.directory / f"{program[0].rpartition('/')[2]}{number}"
                    directory.mkdir()
                    directory.chmod(0o777)
                    more = ["-Z", "root"] if program == ["tcpdump"] and os.getuid() == 0 else []
                    subprocess.run([*program, *more, "-r", self.directory / "all", "-w",
                                    directory / "x", *arguments],
                                   check=True, stderr=subprocess.DEVNULL)
                    made[program[0]] = {path.name: tcpdump_counts(path) for path in directory.iterdir()}
                self.assertEqual(made[COMMAND], made["tcpdump"])
                self.assertGreater(len(made[COMMAND]), 2)

    def test_by_size_each_file_is_whole(self):
        _, words, status = self.write("x", "-C", "1", packets=2500).finish()
        self.assertEqual((words, status), ("2500 packets written, 2500 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(self.names(), ["x", "x1", "x2"])
        for name in ("x", "x1"):
            self.assertGreater(self.sizes()[name], 1_000_000)
            self.assertLess(self.sizes()[name], 1_002_000)
        self.assertEqual(sum(tcpdump_counts(self.directory / name) for name in self.names()), 2500)

    def test_by_time_and_it_ends_after_so_many(self):
        began = time.monotonic()
        capture = self.write("x%s", "-G", "1", "-W", "2")
        while capture.process.poll() is None:
            self.assertLess(time.monotonic() - began, LONG)
            send(b"x")
            time.sleep(0.01)
        self.assertGreater(time.monotonic() - began, 1.0)  # the first period takes a second
        _, words, status = capture.finish(None)
        self.assertEqual(status, 0)
        self.assertEqual(len(self.names()), 2, self.names())
        written = sum(tcpdump_counts(self.directory / name) for name in self.names())
        self.assertIn(f"{written} packets written", words)
        self.assertGreater(written, 2)

    def test_by_time_it_ends_without_packets_too(self):
        self.assertEqual(self.write("x", "-G", "1", "-W", "1").finish(None)[2], 0)

    def test_by_time_and_size(self):
        capture = self.write("x%s.", "-G", "5", "-C", "1", "-W", "2", packets=2500)
        await_condition(lambda: send(b"x") or len(self.names()) == 3, "a file of another time")
        capture.finish()
        first, second = sorted({name[:-1] for name in self.names()})
        self.assertEqual(self.names(), [f"{first}0", f"{first}1", f"{second}0"])

    def test_the_last_file_of_several_ends_without_packets(self):
        capture = self.write("x%s", "-G", "1", "-W", "2")
        await_condition(lambda: send(b"x") or len(self.names()) == 2, "the second file")
        self.assertEqual(capture.finish(None)[2], 0)


class Clock(CommandTest):
    """A period of -G has the right length even if the system's clock is changed during it."""

    def setUp(self):
        super().setUp()
        if FAKETIME is None:
            how = self.fail if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1" else self.skipTest
            how("libfaketime is not installed")
        self.clock = self.directory / "clock"
        self.files = self.directory / "files"
        self.files.mkdir()
        rule("group 5")

    def set_clock(self, time_of_day, day="2027-01-01"):
        new = self.directory / "new"
        new.write_text(f"@{day} {time_of_day}\n")
        new.replace(self.clock)

    def start(self, name, *arguments, **environment):
        return self.capture("-g", "5", "-w", str(self.files / name), *arguments, env={
            **os.environ, "LD_PRELOAD": FAKETIME, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "ASAN_OPTIONS": f"verify_asan_link_order=0:{os.environ.get('ASAN_OPTIONS', '')}",
            **(environment or {"FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1"})})

    def names(self):
        return sorted(path.name for path in self.files.iterdir())

    def assert_every_packet_is_there(self, capture):
        _, words, status = capture.finish()
        there = sum(tcpdump_counts(path) for path in self.files.iterdir())
        self.assertEqual((words, status),
                         (f"{there} packets written, {there} received, 0 filtered, 0 lost\n", 0))

    def test_with_a_clock_set_back_it_continues_and_keeps_written_files(self):
        self.set_clock("12:00:00")
        capture = self.start("x%H%M%S", "-G", "1")
        await_condition(lambda: send(b"x") or len(self.names()) > 3, "some files")
        self.set_clock("12:00:01")
        await_condition(lambda: send(b"x") or sum(name.endswith(".2") for name in self.names()) > 1,
                        "second files of some names")
        self.set_clock("11:00:00")
        await_condition(lambda: send(b"x") or any(name.startswith("x11") for name in self.names()),
                        "a file of an hour before")
        self.set_clock("12:00:01")
        await_condition(lambda: send(b"x") or any(name.endswith(".3") for name in self.names()),
                        "the third file of a name")
        self.assert_every_packet_is_there(capture)

    def test_with_a_clock_set_back_by_days_and_corrected_it_keeps_written_files(self):
        self.set_clock("12:00:00")
        capture = self.start("x%d%H%M%S", "-G", "1")
        days = ("2026-12-25", "2027-01-01", "2026-12-25", "2027-01-01", "2026-12-25")
        for day in days:
            before = len(self.names())
            self.set_clock("12:00:00", day)
            await_condition(lambda: send(b"x") or len(self.names()) > before, "one more file")
        self.assert_every_packet_is_there(capture)

    def test_a_clock_set_forward_begins_no_file(self):
        self.set_clock("12:00:00")
        capture = self.start("x%H%M%S", "-G", "3600")
        send(b"x")
        self.set_clock("18:00:00")
        send(b"x")
        self.assert_every_packet_is_there(capture)
        self.assertEqual(len(self.names()), 1)

    def test_the_end_of_daylight_saving_time_repeats_no_name(self):
        # The clock starts at 02:59:45. At 03:00:00 daylight saving time ends, and the clock shows 02:00:00 again. The
        # command must start within these 15 seconds.
        capture = self.start("x%H", "-G", "15", TZ="CET-1CEST,M3.5.0,M10.5.0/3",
                             FAKETIME="@1792889985", FAKETIME_FMT="%s")
        await_condition(lambda: send(b"x") or len(self.names()) == 2, "a second file")
        self.assertEqual(self.names(), ["x02", "x02.2"])
        self.assert_every_packet_is_there(capture)

    def changes(self):
        return {path.name: path.stat().st_ctime_ns for path in self.files.iterdir()}

    def fill_one_and_begin_another(self):
        """Sends packets until the file x1 is full and x11 begins, within one period.

        Waits until each packet is written. Otherwise packets that are still in the kernel could begin a third file.
        """
        begun = self.changes().get("x11")
        while (before := self.changes()).get("x11") == begun:
            send(b"x" * 60_000)
            await_condition(lambda: self.changes() != before, "a packet in a file")
        self.assertEqual(self.names(), ["x1", "x11"])

    def test_a_numbered_file_is_not_overwritten_by_a_file_named_after_a_time(self):
        self.set_clock("01:00:00")
        capture = self.start("x%-H", "-G", "10", "-C", "1", "-U")
        self.fill_one_and_begin_another()
        self.set_clock("11:00:00")
        await_condition(lambda: send(b"x") or len(self.names()) == 3, "a file of another period")
        self.assertEqual(self.names(), ["x1", "x11", "x11.2"])
        self.assert_every_packet_is_there(capture)

    def test_when_a_time_recurs_its_numbered_files_are_overwritten(self):
        self.set_clock("01:00:00")
        capture = self.start("x%-H", "-G", "10", "-C", "1", "-U")
        self.fill_one_and_begin_another()
        size = (self.files / "x1").stat().st_size
        self.set_clock("01:00:00", "2027-01-02")
        await_condition(lambda: send(b"x") or (self.files / "x1").stat().st_size < size, "the period's end")
        self.fill_one_and_begin_another()
        capture.finish()
        self.assertEqual(self.names(), ["x1", "x11"])

    def test_a_name_without_time_is_overwritten_in_each_period(self):
        self.set_clock("12:00:00")
        capture = self.start("x", "-G", "1", "-W", "3")
        await_condition(lambda: send(b"x") or capture.process.poll() is not None, "the end")
        _, words, status = capture.finish(None)
        self.assertEqual((status, self.names()), (0, ["x"]))


@unittest.skipIf(TSHARK is None and "NFLOGCAP_REQUIRE_LIVE" not in os.environ, "there is no tshark")
class Tshark(CommandTest):
    def test_tshark_shows_the_same_as_our_json(self):
        nft(f"table inet t {{ chain i {{ type filter hook prerouting priority 0; "
            f"meta l4proto {{ tcp, udp }} th dport {PORT} log prefix \"in: \" group 5; }}; "
            f"chain o {{ type filter hook output priority 0; th dport {PORT} meta mark set 7 "
            "log prefix \"out: \" group 6; }; }\n")
        path = str(self.directory / "x.pcap")
        capture = self.capture("-g", "5", "-g", "6", "-w", path, group=6)
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            send(b"", b"x", b"x" * 777, family=family)
            with socket.socket(family, socket.SOCK_STREAM) as stream:
                stream.connect_ex((host, PORT))
        capture.finish()
        ours = objects(run("-r", path, "--json").stdout)
        done = subprocess.run([TSHARK, "-r", path, "-T", "json", "-x", "--no-duplicate-keys"], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        theirs = json.loads(done.stdout)
        self.assertEqual(len(theirs), 16)
        self.assertEqual(len(ours), len(theirs))
        for packet, seen in zip(ours, theirs):
            layers = seen["_source"]["layers"]
            self.assertEqual(self.of_tshark(layers), self.of_ours(packet))

    def of_ours(self, packet):
        return {
            "payload": packet["payload"], "prefix": packet["prefix"], "group": packet["group"],
            "mark": packet.get("mark"), "uid": packet.get("uid"), "gid": packet.get("gid"),
            "timestamp": packet["timestamp_ns"],
        }

    def of_tshark(self, layers):
        trees = {int(tree["nflog.tlv_type"]): tree for tree in layers["nflog"]["nflog.tlv_tree"]}

        def field(attribute, name):
            return trees[attribute][name] if attribute in trees else None

        def number(attribute, name):
            value = field(attribute, name)
            return value and int(value, 0)

        mark = field(2, "nflog.tlv_value")  # tshark has no field for the mark: it shows the bytes, in network order
        ip = layers.get("ip_raw") or layers["ipv6_raw"]
        upper = layers.get("udp_raw") or layers["tcp_raw"]
        return {
            "payload": ip[0] + upper[0] + layers.get("data_raw", [""])[0],
            "prefix": field(10, "nflog.prefix"), "group": int(layers["nflog"]["nflog.res_id"]),
            "mark": mark and int(mark.replace(":", ""), 16),
            "uid": number(11, "nflog.uid"), "gid": number(14, "nflog.gid"),
            "timestamp": nanoseconds(layers["frame"]["frame.time_epoch"]),
        }


if __name__ == "__main__":
    unittest.main(verbosity=2)
