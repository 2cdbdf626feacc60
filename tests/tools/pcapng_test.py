# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles in pcapng format: Wireshark's programs and libpcap must read them correctly."""

import os
import re
import signal
import subprocess
import unittest

from support import COMMAND, PORT, CommandTest, await_condition, nft, objects, rule, run, send

FIELDS = ("frame.time_epoch", "frame.interface_name", "frame.packet_flags_direction", "frame.drop_count",
          "frame.comment")
INBOUND, OUTBOUND = "0x00000001", "0x00000002"


def program(*arguments):
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def frames(path):
    """Returns the values of FIELDS that tshark prints for each packet."""
    said = program("tshark", "-r", path, "-T", "fields", "-E", "separator=|",
                   *(word for field in FIELDS for word in ("-e", field)))
    return [line.split("|") for line in said.splitlines()]


def interfaces(path):
    """Returns the name and the packet count of each interface, as capinfos prints them."""
    said = program("capinfos", "-M", path)
    return list(zip(re.findall(r"^ +Name = (.*)$", said, re.M),
                    map(int, re.findall(r"^ +Number of packets = (\d+)$", said, re.M))))


def packet_count(path):
    """Returns the packet count of capinfos, and the number of packets that tcpdump reads with libpcap."""
    counted = int(re.search(r"(\d+)\n$", program("capinfos", "-M", "-T", "-r", "-c", path))[1])
    read = len(program("tcpdump", "-nr", path).splitlines()) if counted else 0
    return counted, read


class Pcapng(CommandTest):
    def record(self, *arguments, name="x.pcapng"):
        """Captures two received packets and one sent packet into a file. Returns its path."""
        rule('prefix "in: " group 5')
        nft(f"table inet o {{ chain c {{ type filter hook output priority 0; udp dport {PORT + 1} "
            "meta mark set 7 log prefix \"out: \" group 6 drop; }; }\n")
        path = str(self.directory / name)
        capture = self.capture("-g", "5", "-g", "6", "-w", path, *arguments, group=6)
        await_condition(lambda: os.path.exists(path) and os.path.getsize(path) > 0, "the file's head")
        for payload, port in ((b"one", PORT), (b"two", PORT), (b"three", PORT + 1)):
            before = os.path.getsize(path)
            send(payload, port=port)
            # The kernel batches each group separately. Waiting here fixes the order of packets of different groups.
            await_condition(lambda: os.path.getsize(path) > before, "the packet in the file")
        self.assertEqual(capture.finish()[1], "3 packets written, 3 received, 0 filtered, 0 lost\n")
        return path

    def test_a_captured_file_has_the_devices_and_all_metadata_of_the_kernel(self):
        path = self.record()
        packets = objects(run("-r", path, "--json").stdout)
        self.assertEqual([packet["prefix"] for packet in packets], ["in: ", "in: ", "out: "])
        self.assertEqual([[row[0].replace(".", ""), *row[1:]] for row in frames(path)],
                         [[str(packet["timestamp_ns"]), "lo", INBOUND if packet["hook"] == 0 else OUTBOUND, "", ""]
                          for packet in packets])
        self.assertEqual(interfaces(path), [("lo", 3)])
        said = program("capinfos", "-M", path)
        self.assertRegex(said, r"Capture application: +nflogcap \d")
        self.assertIn("Time precision = nanoseconds", said)
        self.assertIn("Number of stat entries = 1", said)
        self.assertEqual(len(program("tcpdump", "-nr", path).splitlines()), 3)

    def test_comments_contain_the_metadata_that_the_link_type_cannot_hold(self):
        for name in ("raw", "ethernet"):
            with self.subTest(name):
                path = self.record("-y", name, name=f"{name}.pcapng")
                self.assertEqual([row[4] for row in frames(path)],
                                 ['group=5 in=lo prefix="in: "'] * 2 +
                                 ['group=6 out=lo mark=7 uid=0 gid=0 prefix="out: "'])
                self.assertEqual(interfaces(path), [("nflog" if name == "raw" else "lo", 3)])
                self.assertEqual(packet_count(path), (3, 3))
                nft("flush ruleset")

    def test_a_file_that_is_converted_has_indexes_of_interfaces(self):
        old = self.record(name="x.pcap")
        new = str(self.directory / "new.pcapng")
        self.assertEqual(run("-r", old, "-w", new, "-y", "ethernet").returncode, 0)
        self.assertEqual(interfaces(new), [("#1", 3)])
        self.assertEqual(frames(new)[0][4], 'group=5 in=#1 prefix="in: "')

    def test_with_the_option_a_file_of_any_name_is_pcapng(self):
        old = self.record()
        new = str(self.directory / "new")
        run("-r", old, "-w", new, "--pcapng")
        self.assertEqual(objects(run("-r", new, "--json").stdout), objects(run("-r", old, "--json").stdout))
        said = program("sh", "-c", '"$0" -r "$1" -w - --pcapng | tshark -r - -T fields -e frame.number', COMMAND, old)
        self.assertEqual(said.split(), ["1", "2", "3"])

    def test_a_file_without_packets_is_read(self):
        old, new = self.record(), str(self.directory / "none.pcapng")
        for name in ("nflog", "raw", "ethernet"):
            with self.subTest(name):
                run("-r", old, "-w", new, "-y", name, "tcp")
                self.assertEqual(packet_count(new), (0, 0))
                if name != "ethernet":
                    self.assertEqual(run("-r", new).stderr, "0 packets printed, 0 received, 0 filtered, 0 lost\n")

    def test_losses_are_in_the_file(self):
        rule("group 5")
        path = str(self.directory / "x.pcapng")
        capture = self.capture("-g", "5", "-B", "4", "-w", path)
        await_condition(lambda: os.path.exists(path), "the file")
        capture.process.send_signal(signal.SIGSTOP)  # so that its socket buffer becomes full
        send(*(b"x" * 100 for _ in range(20000)))
        before = os.stat(path).st_size
        capture.process.send_signal(signal.SIGCONT)
        await_condition(lambda: os.stat(path).st_size > before, "room in its buffer")
        send(b"last")
        _, words, _ = capture.finish()
        [written, lost] = [int(re.search(rf"(\d+) {what}", words)[1]) for what in ("packets written", "lost")]
        self.assertGreater(lost, 0)
        rows = frames(path)
        self.assertEqual(len(rows), written)
        self.assertEqual(sum(int(row[3] or 0) for row in rows), lost)

    def test_files_are_split_with_their_extension(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-w", str(self.directory / "x.pcapng"), "-C", "1")
        send(*(b"x" * 1000 for _ in range(2500)))
        self.assertEqual(capture.finish()[1], "2500 packets written, 2500 received, 0 filtered, 0 lost\n")
        names = sorted(path.name for path in self.directory.iterdir())
        self.assertEqual(names, ["x.pcapng", "x1.pcapng", "x2.pcapng"])
        for name in names:
            [(device, count)] = interfaces(str(self.directory / name))
            self.assertEqual((device, packet_count(str(self.directory / name))), ("lo", (count, count)))
        self.assertEqual(sum(packet_count(str(self.directory / name))[0] for name in names), 2500)


if __name__ == "__main__":
    unittest.main(verbosity=2)
