# SPDX-License-Identifier: GPL-2.0-or-later
"""nflogcap top shows the traffic that was sent: in tables, as JSON and on a terminal.

Environment variables, besides those of support.py: PACKETS is the number of packets of a large savefile.
"""

import fcntl
import json
import os
import pathlib
import random
import re
import signal
import socket
import struct
import subprocess
import termios
import unittest

from support import (COMMAND, LONG, PORT, CommandTest, Terminal, await_condition, await_handlers, bound_groups,
                     nft, rule, run, send, tables_of)

PACKETS = int(os.environ["PACKETS"])
HEADER = 28  # bytes of the headers of IPv4 and UDP


def rules(*logs):
    """Adds rules for consecutive ports. Each argument is the text after 'log' in one rule."""
    for i, log in enumerate(logs):
        rule(log, port=PORT + i)


def send_each(*counts):
    """Sends datagrams of 10 bytes to consecutive ports. Each argument is the number of datagrams to one port."""
    for i, count in enumerate(counts):
        send(*[b"x" * 10] * count, port=PORT + i)


def keys_and_packets(table):
    return [(row["key"], row["packets"]) for row in table["rows"]]


def rows_of(text):
    """Returns the rows of a printed table: packets, bytes and key."""
    return [(int(cells[3].replace(",", "")), int(cells[4].replace(",", "")), cells[5]) for cells in (
        line.split(None, 5) for line in text.split(" BYTES  ")[1].splitlines()[1:] if "%" in line)]


class Tables(CommandTest):
    def top(self, *arguments, **options):
        return self.capture("top", "-g", "5", *arguments, **options)

    def whole(self, *arguments, count):
        """Starts a capture of 'count' packets. Returns it, and a function that returns its final table."""
        capture = self.top("--json", "-c", str(count), *arguments)
        return capture, lambda: tables_of(capture.finish(None)[0])[-1]

    def test_once(self):
        rules('prefix "a: " group 5', 'prefix "b" group 5', "group 5")
        capture = self.top("--once", "3")
        send_each(2, 5, 1)
        said, words, status = capture.finish(None)
        self.assertEqual((words, status), ("8 packets counted, 8 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(rows_of(said), [(5, 5 * 38, '"b"'), (2, 2 * 38, '"a: "'), (1, 38, "-")])
        self.assertRegex(said, r"\A[\d.]+ packets/s, \d+ bytes/s in 3\.\d s, the whole capture\n"
                               r"0 lost, 8 received, 0 filtered\n"
                               r" *PACKETS/S +BYTES/S +SHARE +PACKETS +BYTES  PREFIX\n"
                               r" *[\d.]+ +\d+ +62\.5% ")
        self.assertNotIn("\033", said)

    def test_json_of_intervals_and_of_the_whole(self):
        rules('prefix "a" group 5', 'prefix "b" group 5')
        capture = self.top("--json")
        tables = []

        def next_table():
            tables.append(json.loads(capture.process.stdout.readline()))
            return tables[-1]
        send_each(3, 1)
        while next_table()["packets"] < 4:
            pass
        send_each(0, 4)
        while next_table()["packets"] < 8:
            pass
        said, words, status = capture.finish()
        [*rest, whole] = tables_of(said)
        self.assertEqual((words, status), ("8 packets counted, 8 received, 0 filtered, 0 lost\n", 0))
        counted = {"a": 0, "b": 0}
        for table in tables + rest:
            self.assertEqual((table["by"], table["whole"], table["max_missing"]), ("prefix", False, 0))
            rates = [row["packets_per_second"] for row in table["rows"]]
            self.assertEqual(rates, sorted(rates, reverse=True))
            for row in table["rows"]:
                # The figures of the intervals add up to the total.
                counted[row["key"]] += round(row["packets_per_second"] * table["seconds"])
                self.assertEqual((counted[row["key"]], row["bytes"]), (row["packets"], row["packets"] * 38))
        self.assertEqual(counted, {"a": 3, "b": 5})
        self.assertEqual(whole["whole"], True)
        self.assertEqual(keys_and_packets(whole), [("b", 5), ("a", 3)])
        self.assertEqual([row["share"] for row in whole["rows"]], [0.625, 0.375])
        self.assertAlmostEqual(whole["packets_per_second"], 8 / whole["seconds"], delta=0.001)
        self.assertAlmostEqual(whole["bytes_per_second"], 8 * 38 / whole["seconds"], delta=0.001)
        stats = whole["stats"]
        self.assertEqual((stats["received"], stats["filtered"], stats["lost"]), (8, 0, 0))

    def test_each_key(self):
        rules('prefix "p" group 5', 'prefix "q" group 5')
        for key, expected in (
            ("prefix", [("p", 3), ("q", 1)]),
            ("source", [("127.0.0.1", 4)]),
            ("destination", [("127.0.0.1", 4)]),
            ("port", [(f"udp/{PORT}", 3), (f"udp/{PORT + 1}", 1)]),
            ("uid", [(None, 4)]),
            ("device", [("in lo", 4)]),
            ("group", [(5, 4)]),
        ):
            with self.subTest(key):
                _, whole = self.whole("--by", key, count=4)
                send_each(3, 1)
                self.assertEqual(keys_and_packets(whole()), expected)

    def test_keys_of_ipv6_of_icmp_and_of_a_sender(self):
        nft("table inet t { chain c { type filter hook output priority 0; log group 5; }; }\n")
        for key, expected in (
            ("source", {"::1": 2, "127.0.0.1": 2}),
            ("port", {f"udp/{PORT}": 2, "icmp": 1, "icmpv6": 1}),
            ("uid", {0: 2, None: 2}),
            ("device", {"out lo": 4}),
        ):
            with self.subTest(key):
                _, whole = self.whole("--by", key, count=4)
                for family in (socket.AF_INET, socket.AF_INET6):
                    send(b"x", family=family)  # the kernel answers with an ICMP error, because no process listens
                table = whole()
                self.assertEqual(dict(keys_and_packets(table)), expected)
                if key == "uid":
                    self.assertEqual({row.get("user") for row in table["rows"]}, {"root", None})

    def test_a_user_is_named(self):
        nft("table inet t { chain c { type filter hook output priority 0; udp dport 4242 log group 5; }; }\n")
        capture = self.top("--by", "uid", "-c", "1")
        send(b"x")
        self.assertIn((1, 29, "0 (root)"), rows_of(capture.finish(None)[0]))

    def test_filter_and_groups(self):
        rules("group 5", "group 6", "group 5")
        capture = self.top("-g", "6", "--by", "group", "--json", "udp", "port", str(PORT), "or",
                           str(PORT + 1), group=6)
        send_each(2, 4, 3)
        await_condition(lambda: json.loads(capture.process.stdout.readline())["stats"]["received"] == 9,
                        "all packets")
        said, words, _ = capture.finish()
        whole = tables_of(said)[-1]
        self.assertEqual(keys_and_packets(whole), [(6, 4), (5, 2)])
        self.assertEqual(whole["stats"]["filtered"], 3)
        self.assertEqual(words, "6 packets counted, 9 received, 3 filtered, 0 lost\n")

    def test_losses_are_shown(self):
        rules("group 5")
        capture = self.top("--by", "group", "--json")
        capture.process.send_signal(signal.SIGSTOP)
        stat = pathlib.Path(f"/proc/{capture.process.pid}/stat")
        await_condition(lambda: stat.read_text().rsplit(") ")[1][0] == "T", "the stop")
        sent = 3000
        send(*[b"x" * 60000] * sent)  # the socket buffer is too small for most of them
        capture.process.send_signal(signal.SIGCONT)
        # A later packet shows the gap. The loss is complete after a packet that arrives when the queue was found empty.
        while (table := json.loads(capture.process.stdout.readline()))["stats"]["received"] == 0:
            pass
        while table["stats"]["lost"] == 0 or table["stats"]["unaccounted_batches"] > 0:
            send(b"x")
            sent += 1
            table = json.loads(capture.process.stdout.readline())
        said, words, status = capture.finish()
        whole = tables_of(said)[-1]
        lost = whole["stats"]["lost"]
        self.assertEqual(whole["packets"] + lost, sent)
        self.assertEqual([row["lost"] for row in whole["rows"]], [lost])
        self.assertRegex(words, rf"^{whole['packets']} packets counted, .*, {lost} lost\n")
        self.assertEqual(status, 0)

    def test_tap_netns_and_user(self):
        name = self.named_namespace()
        inside = ["ip", "netns", "exec", name]
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        process = subprocess.Popen(
            [COMMAND, "top", "--netns", name, "--tap", f"udp dport {PORT}", "--hook", "input", "-Z", "nobody",
             "--by", "port", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        json.loads(process.stdout.readline())  # after the first line, it captures
        self.assertRegex(pathlib.Path(f"/proc/{process.pid}/status").read_text(), r"(?m)^Uid:\t65534\t")
        subprocess.run([*inside, os.environ["SEND_UDP"], str(PORT), "--count", "7"], check=True)
        while json.loads(process.stdout.readline())["packets"] < 7:
            pass
        process.terminate()
        said, words = process.communicate(timeout=LONG)
        self.assertEqual(keys_and_packets(tables_of(said)[-1]), [(f"udp/{PORT}", 7)])
        self.assertRegex(words, "^7 packets counted, 7 received, 0 filtered, 0 lost\n$")

    def test_the_reader_may_leave(self):
        capture = self.top("--json")
        capture.process.stdout.readline()
        capture.process.stdout.close()
        self.assertEqual(capture.process.wait(timeout=LONG), 0)


def write_raw(file, packets):
    """Writes a savefile of IPv4 packets, given as time in seconds, source address and length."""
    file.write(struct.pack("=IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
    for time, source, length in packets:
        file.write(struct.pack("=IIII", int(time), round(time % 1 * 1e6), HEADER, length))
        file.write(struct.pack("!BBHHHBBHIIHHHH", 0x45, 0, length, 0, 0, 64, 17, 0, source, 0x0a000001,
                               1, 53, length - 20, 0))


class Files(CommandTest):
    def test_rates_of_a_savefile_follow_the_times_of_its_packets(self):
        path = self.directory / "x.pcap"
        with open(path, "wb") as file:  # the packets are not in the order of their times
            write_raw(file, [(1000, 0x0a000002, 100), (1002, 0x0a000003, 50), (1008, 0x0a000002, 100),
                             (1004, 0x0a000002, 200)])
        done = run("top", "-r", str(path), "--by", "source", "--json")
        [table] = tables_of(done.stdout)
        self.assertEqual((table["whole"], table["seconds"], table["packets"], table["bytes"]),
                         (True, 8, 4, 450))
        self.assertEqual([(row["key"], row["packets_per_second"], row["bytes_per_second"], row["share"],
                           row["packets"], row["bytes"]) for row in table["rows"]],
                         [("10.0.0.2", 0.375, 50, 0.75, 3, 400), ("10.0.0.3", 0.125, 6.25, 0.25, 1, 50)])
        self.assertEqual(done.stderr, "4 packets counted, 4 received, 0 filtered, 0 lost\n")
        done = run("top", "-r", str(path), "--by", "source", "src", "10.0.0.2")
        self.assertRegex(done.stdout, r"\A0\.38 packets/s, 50 bytes/s in 8\.0 s, the whole capture\n"
                                      r"0 lost, 4 received, 1 filtered\n")
        self.assertEqual(rows_of(done.stdout), [(3, 400, "10.0.0.2")])

    def test_one_packet_has_no_rate(self):
        path = self.file_of_one_packet()
        [table] = tables_of(run("top", "-r", str(path), "--json").stdout)
        self.assertEqual((table["seconds"], table["packets_per_second"], table["packets"]), (0, None, 1))
        self.assertEqual([row["packets_per_second"] for row in table["rows"]], [None])
        self.assertIn("- packets/s", run("top", "-r", str(path)).stdout)

    def test_rows_that_do_not_fit_are_added_up(self):
        path = self.directory / "x.pcap"
        with open(path, "wb") as file:
            write_raw(file, [(i, 0x0a000000 + i % 100, 100) for i in range(1000)])
        rows = rows_of(run("top", "-r", str(path), "--by", "source").stdout)
        self.assertLess(len(rows), 25)
        self.assertEqual(rows[-1][2], f"{100 - (len(rows) - 1)} others")
        self.assertEqual(sum(row[0] for row in rows), 1000)
        self.assertEqual(sum(row[1] for row in rows), 100000)
        # JSON contains all rows.
        [table] = tables_of(run("top", "-r", str(path), "--by", "source", "--json").stdout)
        self.assertEqual([row["packets"] for row in table["rows"]], [10] * 100)

    def test_a_million_keys(self):
        """A million keys are counted in little memory, and the largest possible error of a count is printed."""
        def top(packets, *arguments):
            """Runs top on a savefile in a pipe, which it cannot map into memory.

            Returns its output, and its largest memory use in bytes.
            """
            process = subprocess.Popen([COMMAND, "top", "-r", "-", "--by", "source", *arguments],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.addCleanup(process.stdout.close)
            with process.stdin as pipe:
                write_raw(pipe, packets)
            said = process.stdout.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            return said, usage.ru_maxrss * 1024

        heavy = 0xc0a80001
        order = random.Random(1)
        packets = []
        for i in range(PACKETS):
            packets.append((1 + i / PACKETS, 0x0a000000 + i, 60))
            if order.random() < 0.05:
                packets.append((1 + i / PACKETS, heavy, 60))
        true = sum(source == heavy for _, source, _ in packets)
        said, memory = top(packets, "--json")
        [table] = tables_of(said)
        missing = table["max_missing"]
        self.assertEqual(len(table["rows"]), 10000)
        self.assertEqual((table["packets"], table["stats"]["received"]), (len(packets), len(packets)))
        self.assertEqual(table["rows"][0]["key"], "192.168.0.1")
        self.assertLessEqual(table["rows"][0]["packets"], true)
        self.assertGreaterEqual(table["rows"][0]["packets"] + missing, true)
        self.assertTrue(0 < missing <= len(packets) / 10000, missing)
        if not os.environ["SANITIZER"]:
            _, little = top(packets[:1], "--json")
            self.assertLess(memory - little, 32 << 20)  # a million keys in memory would take more than 100 MiB
        said, _ = top(packets)
        self.assertIn(f"more than 10,000 keys: each may have up to {missing} packet", said)
        rows = rows_of(said)
        self.assertEqual(rows[-1][2], "all others")
        self.assertEqual(sum(row[0] for row in rows), len(packets))


class OnTerminal(CommandTest):
    def start(self, *arguments, rows=25, columns=100, **environment):
        """Starts nflogcap top on a terminal that controls no other process."""
        self.terminal = Terminal(self)
        self.device = os.ttyname(self.terminal.end)
        self.resize(rows, columns)
        process = subprocess.Popen(
            [COMMAND, "top", "-g", "5", *arguments], stdin=self.terminal.end, stdout=self.terminal.end,
            stderr=self.terminal.end, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(1, termios.TIOCSCTTY, 0),
            env={**os.environ, "TERM": "xterm", "NO_COLOR": "1", **environment})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        await_condition(lambda: 5 in bound_groups(), "the binding")
        return process

    def resize(self, rows, columns):
        """Changes the size of the terminal, as a terminal window does. The kernel then sends SIGWINCH."""
        fcntl.ioctl(self.terminal.end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def frames(self):
        """Returns the tables drawn so far. Each one is a list of lines."""
        return [[line.removesuffix("\033[K\r") for line in frame.split("\n")[:-1]]
                for frame in re.findall(r"\033\[H((?:[^\033]|\033\[K)*)\033\[J", self.terminal.read())]

    def await_frame(self, condition, what):
        await_condition(lambda: self.frames() and condition(self.frames()[-1]), what)
        return self.frames()[-1]

    def end(self, process):
        """Ends the capture. Returns the lines of its final table, and the text below the table."""
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=LONG), 0)
        after = self.terminal.read().rpartition("\033[J")[2].replace("\r", "")
        return self.frames()[-1], after

    def test_figures_and_order(self):
        rules('prefix "a" group 5', 'prefix "b" group 5', 'prefix "c" group 5')
        process = self.start()
        frame = self.await_frame(lambda lines: "no packet yet" in lines[-1], "the first table")
        self.assertIn("'nflogcap doctor -g 5' looks for a rule that logs", frame[-1])
        send_each(2, 3, 1)
        self.await_frame(lambda lines: lines[1] == "0 lost, 6 received, 0 filtered" and len(lines) == 6,
                         "the packets")
        frame, after = self.end(process)
        self.assertEqual(after, "6 packets counted, 6 received, 0 filtered, 0 lost\n")
        self.assertRegex(frame[0], "^[0-9.]+ packets/s, .* the whole capture$")
        self.assertEqual(rows_of("\n".join(frame)), [(3, 114, '"b"'), (2, 76, '"a"'), (1, 38, '"c"')])
        for frame in self.frames():
            rates = [float(line.split()[0].replace(",", "")) for line in frame if "%" in line]
            self.assertEqual(rates, sorted(rates, reverse=True))

    def test_it_has_the_size_of_the_terminal(self):
        rules(*[f'prefix "{"long " * 20}{i}" group 5' for i in range(20)])
        process = self.start(rows=10, columns=60)
        send_each(*range(1, 21))
        await_handlers(process, signal.SIGWINCH, signal.SIGCONT)  # only with these handlers does top redraw at once
        counters = "0 lost, 210 received, 0 filtered"
        for rows, columns in ((10, 60), (30, 200), (6, 30), (2, 10), (1, 1), (12, 80)):
            self.resize(rows, columns)
            frame = self.await_frame(
                lambda lines: len(lines) == min(rows - 1, 23) and all(len(line) < columns for line in lines)
                and lines[1:2] in ([], [counters[:columns - 1]]), f"a table of {rows} lines")
            if rows == 12:
                self.assertEqual(rows_of("\n".join(frame))[0][0], 20)
                self.assertIn("13 others", frame[-1])
        _, after = self.end(process)
        self.assertEqual(after, "210 packets counted, 210 received, 0 filtered, 0 lost\n")

    def test_a_change_of_size_loses_no_packet(self):
        rules("group 5")
        process = self.start("--by", "port")
        for i in range(200):
            self.resize(20 + i % 2, 80)
            send(b"x")
        self.await_frame(lambda lines: "200 received" in lines[1], "all packets")
        _, after = self.end(process)
        self.assertEqual(after, "200 packets counted, 200 received, 0 filtered, 0 lost\n")

    def test_it_changes_nothing_that_has_to_be_restored(self):
        """The settings of the terminal are unchanged after any signal, and while top is suspended. (SIGSTOP suspends it
        here, because SIGTSTP does not stop the leader of a session.)"""
        rules("group 5")
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            with self.subTest(how):
                process = self.start()
                settings = termios.tcgetattr(self.terminal.end)
                send(b"x")
                self.await_frame(lambda lines: "1 received" in lines[1], "the packet")
                process.send_signal(signal.SIGSTOP)
                self.assertTrue(os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1]))
                seen = len(self.frames())
                process.send_signal(signal.SIGCONT)
                await_condition(lambda: len(self.frames()) > seen, "a table after the suspension")
                process.send_signal(how)
                process.wait(timeout=LONG)
                self.assertEqual(termios.tcgetattr(self.terminal.end), settings)
                # top used no other escape sequence, such as one that hides the cursor or changes to another screen.
                self.assertEqual(set(re.findall(r"\033\[[^A-Za-z]*[A-Za-z]", self.terminal.read())),
                                 {"\033[H", "\033[K", "\033[J"})

    def test_the_heading_is_bold_and_a_loss_is_red(self):
        rules("group 5")
        process = self.start("--by", "group", NO_COLOR="")
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        send(*[b"x" * 60000] * 3000)
        process.send_signal(signal.SIGCONT)

        def has_loss():
            send(b"x")
            return re.search(r"\033\[1;31m[1-9][\d,]* lost, .* received", self.terminal.read())
        await_condition(has_loss, "the loss, in red")
        self.terminal.await_text(r"\033\[1m *PACKETS/S .*LOST  GROUP\033\[0m")

    def test_a_dumb_terminal_gets_one_table_after_the_other(self):
        rules("group 5")
        process = self.start(TERM="dumb")
        self.terminal.await_text(r"0 received[^\n]*\n\r?\n[^\n]*\n0 lost")
        send(b"x")
        self.terminal.await_text(r"0 lost, 1 received, 0 filtered\r?\n *PACKETS/S .*PREFIX\r?\n.* -\r?\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=LONG), 0)
        self.assertNotIn("\033", self.terminal.read())

    def test_a_terminal_that_hangs_up_ends_it(self):
        process = self.start()
        self.await_frame(lambda lines: True, "the first table")
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        self.terminal.hang_up()
        process.send_signal(signal.SIGCONT)
        process.wait(timeout=LONG)
        self.assertIn(process.returncode, (0, -signal.SIGHUP))


if __name__ == "__main__":
    unittest.main(verbosity=2)
