# SPDX-License-Identifier: GPL-2.0-or-later
"""-y writes savefiles with link types that other programs can read."""

import pathlib
import socket
import struct
import subprocess
import unittest

from support import PORT, CommandTest, nft, objects, records, rule, run, send

NUMBERS = {"nflog": 239, "raw": 101, "ethernet": 1}


class LinkTypes(CommandTest):
    def record(self, *arguments, log="group 5"):
        """Captures two UDP packets into a file of link type NFLOG. Returns its path, and its packets read by --json."""
        rule(log)
        path = str(self.directory / "old.pcap")
        capture = self.capture("-g", "5", "-w", path, *arguments)
        send(b"one", b"x" * 1000)
        capture.finish()
        return path, objects(run("-r", path, "--json").stdout)

    def expected(self, name, packet, header=bytes(12) + b"\x08\0"):
        payload = bytes.fromhex(packet["payload"])
        cut = packet["wire_length"] - packet["payload_length"]
        content = payload if name == "raw" else header + payload
        return packet["timestamp_ns"], len(content) + cut, content

    def test_a_file_is_converted(self):
        old, packets = self.record()
        for name, number in NUMBERS.items():
            for given in (name, name.upper(), str(number)):
                with self.subTest(given):
                    new = str(self.directory / "new.pcap")
                    done = run("-r", old, "-w", new, "-y", given)
                    self.assertEqual((done.returncode, done.stderr),
                                     (0, "2 packets written, 2 received, 0 filtered, 0 lost\n"))
                    if name == "nflog":
                        self.assertEqual(pathlib.Path(new).read_bytes(), pathlib.Path(old).read_bytes())
                        continue
                    self.assertEqual(records(new), (number, [self.expected(name, each) for each in packets]))

    def test_a_capture_is_written_as_it_comes(self):
        rule("group 5")
        for name in ("raw", "ethernet"):
            with self.subTest(name):
                path = str(self.directory / name)
                capture = self.capture("-g", "5", "-w", path, "-y", name)
                send(b"one", b"two")
                self.assertEqual(capture.finish()[1], "2 packets written, 2 received, 0 filtered, 0 lost\n")
                link_type, found = records(path)
                self.assertEqual((link_type, [content[-3:] for _, _, content in found]),
                                 (NUMBERS[name], [b"one", b"two"]))

    def test_the_length_includes_bytes_that_the_snaplen_cut_off(self):
        old, packets = self.record("-s", "96")
        for name in ("raw", "ethernet"):
            with self.subTest(name):
                new = str(self.directory / "new.pcap")
                run("-r", old, "-w", new, "-y", name)
                _, found = records(new)
                self.assertEqual(found, [self.expected(name, each) for each in packets])
                header = 0 if name == "raw" else 14
                self.assertEqual((found[1][1], len(found[1][2])), (header + 1028, header + 96))

    def test_a_packet_that_was_sent_has_a_frame_without_addresses(self):
        nft(f"table inet o {{ chain c {{ type filter hook output priority 0; udp dport {PORT} log group 5; }}; }}\n")
        path = str(self.directory / "x")
        capture = self.capture("-g", "5", "-w", path, "-y", "ethernet")
        send(b"four")
        send(b"six", family=socket.AF_INET6)
        capture.finish()
        _, found = records(path)
        self.assertEqual([content[:15] for _, _, content in found],
                         [bytes(12) + b"\x08\0\x45", bytes(12) + b"\x86\xdd\x60"])

    def link_with_a_neighbour_that_is_not_there(self):
        subprocess.run(["ip", "link", "add", "lnk0", "type", "veth", "peer", "name", "lnk1"], check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "lnk0"], check=True)
        for device in ("lnk0", "lnk1"):
            subprocess.run(["ip", "link", "set", device, "up"], check=True)
        subprocess.run(["ip", "address", "add", "192.0.2.1/24", "dev", "lnk0"], check=True)

    def test_packets_that_the_link_type_cannot_hold_are_skipped_and_counted(self):
        self.link_with_a_neighbour_that_is_not_there()
        rule("group 5")
        nft("table arp a { chain o { type filter hook output priority 0; log group 5; }; }\n")
        old, new = str(self.directory / "old.pcap"), str(self.directory / "new.pcap")
        capture = self.capture("-g", "5", "-w", old, "-c", "2")
        send(b"one")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("192.0.2.2", 9))  # this makes the kernel send an ARP request
        capture.finish(None)
        done = run("-r", old, "-w", new, "-y", "raw")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(done.stderr, "1 packet written, 2 received, 0 filtered, 0 lost, 1 skipped\n"
                         "1 packet was skipped, because the link type given with -y cannot hold it; "
                         "'-y nflog' writes all packets\n")
        self.assertEqual([content[-3:] for _, _, content in records(new)[1]], [b"one"])
        done = run("-r", old, "-w", new, "-y", "ethernet")
        self.assertEqual(done.stderr, "2 packets written, 2 received, 0 filtered, 0 lost\n")
        self.assertEqual([content[12:14] for _, _, content in records(new)[1]], [b"\x08\0", b"\x08\6"])

    def test_packets_captured_without_payload_are_skipped(self):
        old, _ = self.record("-s", "0")
        new = str(self.directory / "new.pcap")
        done = run("-r", old, "-w", new, "-y", "raw")
        self.assertIn("0 packets written, 2 received, 0 filtered, 0 lost, 2 skipped\n2 packets were", done.stderr)
        self.assertEqual(records(new), (101, []))

    def test_all_files_of_a_capture_have_the_link_type(self):
        old, new = self.directory / "old.pcap", self.directory / "new"
        payload = bytes((0x45, 0, 4, 0)) + bytes(8) + bytes((127, 0, 0, 1)) * 2 + bytes(1004)
        ip = struct.pack("=BBHHHHBxHH", 2, 0, 0, 8, 1, 8, 0, 4 + len(payload), 9) + payload
        arp = struct.pack("=BBHHHHBxHH", 3, 0, 0, 8, 1, 0x608, 0, 8, 9) + bytes((0, 1, 8, 0))
        with old.open("wb") as file:
            file.write(struct.pack("=IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 239))
            for number in range(2500):
                for record in (arp, ip):
                    file.write(struct.pack("=IIII", number, 0, len(record), len(record)) + record)
        done = run("-r", str(old), "-w", str(new), "-y", "raw", "-C", "1")
        self.assertIn("2500 packets written, 5000 received, 0 filtered, 0 lost, 2500 skipped\n", done.stderr)
        files = [new, self.directory / "new1", self.directory / "new2"]
        self.assertEqual(sorted(self.directory.iterdir()), [*files, old])
        found = [records(file) for file in files]
        self.assertEqual([link_type for link_type, _ in found], [101] * 3)
        self.assertEqual([record for _, each in found for record in each],
                         [(number * 10**9, 1024, payload) for number in range(2500)])
        for file in files[:2]:
            self.assertTrue(1_000_000 < file.stat().st_size < 1_000_000 + 2 * 1040)

    def test_files_of_ip_packets_and_of_frames_are_read(self):
        old, packets = self.record()
        new = str(self.directory / "new.pcap")
        for name in ("raw", "ethernet"):
            with self.subTest(name):
                run("-r", old, "-w", new, "-y", name)
                again = objects(run("-r", new, "--json").stdout)
                for field in ("payload", "timestamp_ns", "wire_length"):
                    self.assertEqual([each[field] for each in again], [each[field] for each in packets])
                self.assertEqual(len(run("-r", new, "udp and len > 1000").stdout.splitlines()), 1)

    def test_a_file_of_frames_becomes_one_of_ip_packets_and_comes_back(self):
        payload = bytes((0x45, 0, 0, 29)) + bytes(5) + b"\x11" + bytes(2) + bytes((127, 0, 0, 1)) * 2 + bytes(9)
        addresses = bytes(range(1, 13))
        frames = [addresses + b"\x08\0" + payload, addresses + b"\x81\0\0\x05\x08\0" + payload,
                  addresses + b"\0\3\x42\x42\3"]
        files = {name: self.directory / name for name in ("old", "raw", "back", "same", "nflog")}
        with files["old"].open("wb") as file:
            file.write(struct.pack("=IHHIIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
            for number, frame in enumerate([*frames, bytes(13)]):
                file.write(struct.pack("=IIII", number, 0, len(frame), len(frame)) + frame)
        done = run("-r", files["old"], "-y", "ethernet", "-w", files["same"])
        self.assertEqual(done.stderr, "3 packets written, 3 received, 0 filtered, 0 lost\n"
                         "1 message was invalid\n")
        self.assertEqual([content for _, _, content in records(files["same"])[1]], frames)
        done = run("-r", files["old"], "-y", "raw", "-w", files["raw"])
        self.assertIn("2 packets written, 3 received, 0 filtered, 0 lost, 1 skipped\n", done.stderr)
        self.assertEqual([content for _, _, content in records(files["raw"])[1]], [payload] * 2)
        run("-r", files["raw"], "-y", "ethernet", "-w", files["back"])
        self.assertEqual([content for _, _, content in records(files["back"])[1]],
                         [bytes(12) + b"\x08\0" + payload] * 2)
        run("-r", files["old"], "-w", files["nflog"])
        run("-r", files["nflog"], "-y", "ethernet", "-w", files["same"])
        self.assertEqual([content for _, _, content in records(files["same"])[1]], frames)
        self.assertEqual(len(run("-r", files["old"], "udp").stdout.splitlines()), 2)
        self.assertEqual(len(run("-r", files["old"], "vlan", "5").stdout.splitlines()), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
