# SPDX-License-Identifier: GPL-2.0-or-later
"""Options that users of tcpdump(8) type out of habit."""

import ctypes
import datetime
import fcntl
import os
import re
import socket
import struct
import subprocess
import termios
import time
import unittest

from support import COMMAND, LONG, PORT, CommandTest, Terminal, bound_groups, nft, rule, run, send

FILE_HEADER = 24
RECORD_HEADER = 16


def netfilter_socket_buffers(pid):
    """Returns the sizes of the receive buffers of a process's NETLINK_NETFILTER sockets, in bytes."""
    pidfd_getfd, netlink_netfilter = 438, 12
    sizes = []
    process = os.pidfd_open(pid)
    for descriptor in os.listdir(f"/proc/{pid}/fd"):
        if os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith("socket:"):
            copy = ctypes.CDLL(None).syscall(pidfd_getfd, process, int(descriptor), 0)
            with socket.socket(fileno=copy) as one:
                if (one.family, one.proto) == (socket.AF_NETLINK, netlink_netfilter):
                    sizes.append(one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
    os.close(process)
    return sizes


class Habits(CommandTest):
    def printed(self, *arguments, payload=b"x"):
        """Returns the lines printed for one packet."""
        rule("group 5")
        self.addCleanup(nft, "flush ruleset")
        capture = self.capture("-g", "5", "-c", "1", *arguments)
        send(payload)
        said, _, status = capture.finish(None)
        self.assertEqual(status, 0)
        nft("flush ruleset")
        return said.splitlines()

    def with_times(self, *times):
        """Writes a savefile with a packet for each of these times, in seconds since 1970, plus 123 microseconds."""
        path = self.file_of_one_packet()
        content = path.read_bytes()
        header, record = content[:FILE_HEADER], content[FILE_HEADER + 8:]
        path.write_bytes(header + b"".join(
            struct.pack("=II", second, 123_000) + record for second in times))
        return path

    def test_groups_are_a_list_or_a_device(self):
        for arguments in (["-g", "5,6"], ["-i", "nflog:5,6"], ["-g", "5", "-i", "nflog:6"]):
            with self.subTest(arguments):
                capture = self.capture(*arguments, group=6)  # -g binds group 6 last
                self.assertEqual(bound_groups(), {5, 6})
                self.assertEqual(capture.finish()[2], 0)
        capture = self.capture("-i", "nflog", group=0)
        self.assertEqual(bound_groups(), {0})
        capture.finish()

    def test_payloads(self):
        text = b"GET /\r\nHost: \x1b[31m\xe9\n"
        digits = "".join(line[10:] for line in self.printed("-x", payload=text)[1:])
        self.assertEqual(bytes.fromhex(digits)[28:], text)
        last = self.printed("-X", payload=text)[-1]
        self.assertRegex(last, r"^    0020  [0-9a-f ]{37,49}  .*\.\[31m\.\.$")
        lines = self.printed("-A", payload=text)
        self.assertTrue(all(line.startswith("    ") for line in lines[1:]), lines)
        self.assertTrue(lines[-2].endswith("GET /"), lines)
        self.assertEqual(lines[-1], "    Host: .[31m.")

    def test_frames(self):
        subprocess.run("ip link add a0 type veth peer name a1 && ip addr add 10.9.0.1/24 dev a0 && "
                       "ip link set a0 address 02:00:00:00:00:02 up && ip link set a1 up && "
                       "ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:01 dev a0", shell=True, check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "a0"], check=True)
        nft(f"table netdev n {{ chain c {{ type filter hook ingress device a1 priority 0; "
            f"udp dport {PORT} log group 5; }}; }}\n")
        for option, has_frame in (("-x", False), ("-xx", True), ("-XX", True), ("-AA", True)):
            with self.subTest(option):
                capture = self.capture("-g", "5", "-c", "1", option)
                subprocess.run(["bash", "-c", f"echo hello >/dev/udp/10.9.0.2/{PORT}"], check=True)
                dumped = "\n".join(capture.finish(None)[0].splitlines()[1:])
                if option == "-AA":  # the 14 bytes before the IP header, which begins with 0x45
                    self.assertRegex(dumped, r"^    \.{14}E")
                else:
                    self.assertEqual("02 00 00 00 00 01" in dumped, has_frame, dumped)

    def test_times(self):
        path = self.with_times(1_000_000_000, 1_000_000_003, 1_000_003_600, 999_999_999)
        for options, times in (
            (["-t"], ["", "", "", ""]),
            (["-tt"], ["1000000000.000123 ", "1000000003.000123 ", "1000003600.000123 ", "999999999.000123 "]),
            (["-ttt"], ["00:00:00.000000 ", "00:00:03.000000 ", "00:59:57.000000 ", "-01:00:01.000000 "]),
            (["-tttt", "--utc"], ["2001-09-09 01:46:40.000123 ", "2001-09-09 01:46:43.000123 ",
                                  "2001-09-09 02:46:40.000123 ", "2001-09-09 01:46:39.000123 "]),
            (["-ttttt"], ["00:00:00.000000 ", "00:00:03.000000 ", "01:00:00.000000 ", "-00:00:01.000000 "]),
        ):
            with self.subTest(options):
                done = run("-r", path, *options)
                self.assertEqual([line.split("group 5")[0] for line in done.stdout.splitlines()], times)

    def test_a_file_of_another_day_has_dates(self):
        now = int(time.time())
        if datetime.datetime.fromtimestamp(now + 60).day != datetime.datetime.fromtimestamp(now).day:
            time.sleep(61)  # so that the date does not change during the test
            now = int(time.time())
        path = self.with_times(now, now - 2 * 86400, now)
        today = datetime.datetime.fromtimestamp(now)
        before = datetime.datetime.fromtimestamp(now - 2 * 86400)
        self.assertEqual([line.split(".000123")[0] for line in run("-r", path).stdout.splitlines()],
                         [f"{today:%H:%M:%S}", f"{before:%Y-%m-%d %H:%M:%S}", f"{today:%Y-%m-%d %H:%M:%S}"])

    def test_options_may_follow_the_filter(self):
        rule("group 5")
        capture = self.capture("udp", "-g", "5", "and", "udp[8]", "=", "0x61", "-n", "-l", "-U", "-c", "2")
        send(b"a", b"b", b"a")
        said, words, _ = capture.finish(None)
        self.assertEqual((len(said.splitlines()), words),
                         (2, "2 packets printed, 3 received, 1 filtered, 0 lost\n"))
        path = self.file_of_one_packet()
        done = run("-r", path, "--", "-1", "+", "1", "=", "0")
        self.assertEqual((len(done.stdout.splitlines()), done.returncode), (1, 0), done.stderr)

    def test_a_filter_from_a_file(self):
        path = self.file_of_one_packet()
        file = self.directory / "filter"
        for content, packets in (("tcp", 0), ("# what is left\nudp # and only\n  port 4242\n", 1), ("", 1)):
            with self.subTest(content):
                file.write_text(content)
                done = run("-r", path, "-F", file)
                self.assertEqual((len(done.stdout.splitlines()), done.returncode), (packets, 0), done.stderr)
        for content, words in ((b"udp\0tcp", "it contains a zero byte"), (b"u" * 1048577, "too long"),
                               (b"udp prt", "filter 'udp prt'.*syntax error")):
            with self.subTest(words):
                file.write_bytes(content)
                self.assert_refused(["-r", path, "-F", file], words, status=1)
        self.assert_refused(["-r", path, "-F", self.directory], "cannot read the filter in .*: Is a directory", 1)
        self.assert_refused(["-r", path, "-F", self.directory / "y"], "cannot read the filter in .*: No such", 1)
        self.assert_refused(["-r", path, "-F", file, "udp"], "-F and the argument 'udp' both give a filter")

    def test_it_ends_by_itself_after_a_time(self):
        rule("group 5")
        for options in ([], ["-w", self.directory / "x.pcap"]):
            with self.subTest(options):
                begin = time.monotonic()
                capture = self.capture("-g", "5", "--for", "2s", *options)
                send(b"x", b"y")
                _, words, status = capture.finish(None)
                self.assertEqual((status, words[:10]), (0, "2 packets "))
                self.assertGreaterEqual(time.monotonic() - begin, 2)

    def test_a_time_ends_it_while_it_waits_for_other_programs(self):
        rule("group 5")
        with self.subTest("a reader of a FIFO"):
            capture = self.capture("-g", "5", "--for", "100ms", "-w", self.fifo())
            self.assertEqual(capture.finish(None)[2], 0)
        with self.subTest("room in a pipe"):
            capture = self.capture("-g", "5", "--for", "3s", "-x")
            send(*(b"x" * 1000 for _ in range(1000)))
            self.assertEqual(capture.process.wait(timeout=LONG), 0)
            self.assertRegex(capture.process.stderr.read(), "standard output accepted no data since the capture was stopped")

    def test_a_socket_buffer(self):
        for options, kib in ([], 32768), (["-B", "64"], 64):
            capture = self.capture("-g", "5", *options)
            # The kernel doubles the size, to allow for its overhead.
            self.assertEqual(netfilter_socket_buffers(capture.process.pid), [2 * kib * 1024])
            capture.finish()

    def test_no_savefile_goes_to_a_terminal(self):
        terminal = Terminal(self)
        fcntl.ioctl(terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 100, 0, 0))
        done = subprocess.run([COMMAND, "-g", "5", "-w", "-"], stdin=subprocess.DEVNULL, stdout=terminal.end,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, "standard output, which is a terminal; name a file, or pipe it to a program")

    def test_colors(self):
        self.assertRegex(self.printed("--color", "always")[0], r"\033\[1mUDP")
        self.assertRegex(self.printed("--color", "always", "-tt")[0], r"^\033\[2m\d+\.\d{6} \033\[0mgroup 5")
        self.assertNotIn("\033", "".join(self.printed("--color", "auto")))
        self.assertIn("\033[1mGROUP", self.listed("--color", "always"))
        self.assertNotIn("\033", self.listed("--color", "never"))
        self.assertIn("\033[", run("doctor", "--color", "always").stdout)

    def listed(self, *options):
        capture = self.capture("-g", "5")
        said = run("list", *options).stdout
        self.assertEqual(re.sub(r"\033\[[\d;]*m", "", run("-D", *options).stdout),
                         re.sub(r"\033\[[\d;]*m", "", said))
        capture.finish()
        return said


if __name__ == "__main__":
    unittest.main(verbosity=2)
