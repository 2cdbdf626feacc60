# SPDX-License-Identifier: GPL-2.0-or-later
"""The command's output: lines, hexdumps and JSON, and the selection of packets."""

import os
import pathlib
import re
import socket
import struct
import subprocess
import time
import unittest

from support import PORT, CommandTest, objects, nft, rule, run, send

TRACKED = pathlib.Path(__file__).parent.parent / "fuzz/corpus/dissect/conntrack-tcp"
NETLINK_HEADER = 16
LINKTYPE_NFLOG = 239
TIME = r"\d\d:\d\d:\d\d\.\d{6}"


class Lines(CommandTest):
    def test_a_line_a_packet(self):
        rule('prefix "dns: " group 5')
        capture = self.capture("-g", "5", "-c", "2")
        send(b"0123456789")
        send(b"0123456789", family=socket.AF_INET6)
        said, words, status = capture.finish(None)
        first, second = said.splitlines()
        self.assertRegex(
            first,
            rf'^{TIME} group 5 "dns: " in lo UDP 127\.0\.0\.1:\d+ > 127\.0\.0\.1:{PORT} length 38$')
        self.assertRegex(
            second, rf'^{TIME} group 5 "dns: " in lo UDP \[::1\]:\d+ > \[::1\]:{PORT} length 58$')
        self.assertEqual(words, "2 packets printed, 2 received, 0 filtered, 0 lost\n")
        self.assertEqual(status, 0)

    def test_of_an_output_hook_it_has_the_uid_and_the_mark(self):
        nft(f"table inet o {{ chain c {{ type filter hook output priority 0; udp dport {PORT} "
            "meta mark set 7 log group 5 drop; }; }\n")
        capture = self.capture("-g", "5", "-c", "1")
        send(b"x")
        said, _, _ = capture.finish(None)
        self.assertRegex(said, rf"^{TIME} group 5 out lo mark 7 uid {os.getuid()} UDP ")

    def test_tcp_flags_and_icmp_messages(self):
        nft("table inet t { chain c { type filter hook input priority 0; "
            "meta l4proto { tcp, icmp, icmpv6 } log group 5; }; }\n")
        capture = self.capture("-g", "5", "-c", "6")
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, socket.SOCK_STREAM) as stream:
                self.assertNotEqual(stream.connect_ex((host, PORT)), 0)
            send(b"to a port that is closed", family=family)
        said, _, _ = capture.finish(None)
        self.assertEqual(
            [re.sub(r":\d{4,5}\b|\d+$", "", line.split(" in lo ")[1]) for line in said.splitlines()],
            [
                "TCP 127.0.0.1 > 127.0.0.1 SYN length ",
                "TCP 127.0.0.1 > 127.0.0.1 RST ACK length ",
                "ICMP 127.0.0.1 > 127.0.0.1 port unreachable length ",
                "TCP [::1] > [::1] SYN length ",
                "TCP [::1] > [::1] RST ACK length ",
                "ICMPv6 ::1 > ::1 port unreachable length ",
            ],
        )

    def test_arp_requests_at_two_hooks(self):
        subprocess.run("ip link add a0 type veth peer name a1 && ip addr add 10.9.0.1/24 dev a0 && "
                       "ip link set a0 up && ip link set a1 up", shell=True, check=True)
        self.addCleanup(subprocess.run, ["ip", "link", "del", "a0"], check=True)
        # At the ingress hook the payload begins with the ARP header, at the other hook with the Ethernet header.
        nft("table netdev n { chain c { type filter hook ingress device a1 priority 0; "
            "ether type arp log group 5; }; }\n"
            "table arp a { chain c { type filter hook output priority 0; log group 5; }; }\n")
        capture = self.capture("-g", "5", "-c", "2")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"x", ("10.9.0.2", PORT))
        said, _, _ = capture.finish(None)
        for line in said.splitlines():
            self.assertIn("ARP who has 10.9.0.2? tell 10.9.0.1 length", line)

    def test_control_characters_are_escaped(self):
        rule('prefix "a\\b \x1b[31m\x7f\u009bé" group 5')
        capture = self.capture("-g", "5", "-c", "1")
        send(b"x")
        said, _, _ = capture.finish(None)
        self.assertIn(r'"a\\b \x1b[31m\x7f\xc2\x9bé"', said)

    def test_hexdump(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-c", "1", "-X")
        send(b"0123456789 \x00abc")
        said, _, _ = capture.finish(None)
        lines = said.splitlines()[1:]
        self.assertEqual([line[:10] for line in lines], ["    0000  ", "    0010  ", "    0020  "])
        digits = re.sub(r"\s", "", "".join(line[10:59] for line in lines))
        self.assertEqual(bytes.fromhex(digits)[28:], b"0123456789 \x00abc")
        self.assertEqual(lines[2], "    0020  34 35 36 37 38 39 20 00  61 62 63" + " " * 17 + "456789 .abc")

    def test_the_snaplen_cuts(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-c", "1", "-s", "30")
        send(b"x" * 100)
        self.assertIn("length 128 (30 captured)", capture.finish(None)[0])
        capture = self.capture("-g", "5", "-c", "1", "-s", "0")
        send(b"x" * 100)
        self.assertIn("in lo no payload\n", capture.finish(None)[0])

    def test_several_groups_and_a_filter(self):
        rule("group 5")
        rule("group 6", port=PORT + 1)
        capture = self.capture("-g", "6", "-g", "5", "udp", "and", "udp[8]", "=", "0x61")
        for port in (PORT, PORT + 1):
            send(b"a", b"b", b"a", port=port)
        said, words, _ = capture.finish()
        self.assertEqual(sorted(re.findall(r"group (\d)", said)), ["5", "5", "6", "6"])
        self.assertEqual(words, "4 packets printed, 6 received, 2 filtered, 0 lost\n")

    def test_a_filter_may_begin_with_a_hyphen_after_two(self):
        rule("group 5")
        capture = self.capture("-g", "5", "--", "-1", "!=", "udp[8]")
        send(b"a")
        self.assertEqual(len(capture.finish()[0].splitlines()), 1)

    def test_another_network_namespace_by_name_and_by_path(self):
        namespace = self.named_namespace()
        inside = ["ip", "netns", "exec", namespace]
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        subprocess.run([*inside, "nft", "table inet t { chain c { type filter hook input priority 0; "
                        "icmp type echo-request log group 5; }; }"], check=True)
        for name in (namespace, f"/run/netns/{namespace}"):
            with self.subTest(name):
                process = subprocess.Popen(
                    [os.environ["NFLOGCAP"], "-g", "5", "--netns", name, "-c", "1"],
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                self.addCleanup(process.wait)
                self.addCleanup(process.kill)
                send_one = ("import socket, struct\n"
                            "s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)\n"
                            "s.sendto(struct.pack('!BBHHH', 8, 0, 0xf7fe, 0, 1), ('127.0.0.1', 0))\n")
                for _ in range(300):
                    subprocess.run([*inside, "/usr/bin/python3", "-c", send_one], check=True)
                    if process.poll() is not None:
                        break
                said, _ = process.communicate(timeout=30)
                self.assertIn("in lo ICMP 127.0.0.1 > 127.0.0.1 echo request id 0 seq 1", said)

    def test_a_tap_of_its_own(self):
        before = subprocess.run(["nft", "list", "ruleset"], stdout=subprocess.PIPE, check=True)
        for match, hook in (("udp", []), ("all", []), (f"udp dport {PORT}", ["--hook", "input"])):
            with self.subTest(match):
                capture = self.capture("--tap", match, *hook, "-c", "6", group=65535)
                for _ in range(300):  # the command binds the group first, and adds the rule some time later
                    send(b"x")
                    if capture.process.poll() is not None:
                        break
                    time.sleep(0.01)
                said, _, status = capture.finish(None)
                self.assertEqual(status, 0)
                devices = {re.search("(in|out) lo", line)[1] for line in said.splitlines()}
                self.assertEqual(devices, {"in"} if hook else {"in", "out"})
        after = subprocess.run(["nft", "list", "ruleset"], stdout=subprocess.PIPE, check=True)
        self.assertEqual(after.stdout, before.stdout)


class Json(CommandTest):
    def test_every_field_that_the_packet_has(self):
        rule('prefix "é\\\x01b" group 5')
        capture = self.capture("-g", "5", "-c", "1", "--json")
        send(b"hello")
        said, _, _ = capture.finish(None)
        [packet] = objects(said)
        self.assertEqual(said.count("\n"), 1)
        self.assertGreater(packet.pop("timestamp_ns"), 1_600_000_000 * 10**9)
        self.assertRegex(packet.pop("timestamp"), r"^20\d\d-.*000Z$")
        self.assertGreater(packet.pop("source_port"), 0)
        self.assertGreaterEqual(packet.pop("seq_global"), 0)
        self.assertEqual(bytes.fromhex(packet.pop("payload"))[28:], b"hello")
        self.assertEqual(packet, {
            "version": 1, "host": socket.gethostname(),
            "timestamp_of": "kernel", "group": 5, "family": 2, "family_name": "ipv4", "hook": 0,
            "hook_name": "prerouting", "hw_protocol": 0x0800,
            "prefix": "é\\\x01b", "indev": 1, "indev_name": "lo", "seq": 0, "lost_before": 0,
            "hw_type": 772, "hw_address": "00:00:00:00:00:00",
            "hw_header": "00" * 12 + "0800", "source": "127.0.0.1", "destination": "127.0.0.1",
            "protocol": 17, "protocol_name": "udp", "destination_port": PORT, "wire_length": 33, "payload_length": 33,
            "network_offset": 0, "transport_offset": 20, "ether_type": 0x0800, "ip_version": 4,
        })

    def test_of_an_output_hook(self):
        nft(f"table inet o {{ chain c {{ type filter hook output priority 0; udp dport {PORT} "
            "meta mark set 7 log group 5 drop; }; }\n")
        capture = self.capture("-g", "5", "-c", "1", "--json")
        send(b"hello")
        [packet] = objects(capture.finish(None)[0])
        self.assertEqual(
            [packet.get(name) for name in ("mark", "uid", "gid", "outdev_name", "timestamp_of")],
            [7, os.getuid(), os.getgid(), "lo", "estimated"])

    def test_bytes_that_are_not_utf8_are_replaced_and_also_given_in_hex(self):
        rule('prefix "a\udcff\udcc3" group 5')
        capture = self.capture("-g", "5", "-c", "1", "--json")
        send(b"hello")
        [packet] = objects(capture.finish(None)[0])
        self.assertEqual(packet["prefix"], "a\ufffd\ufffd")
        self.assertEqual(packet["prefix_bytes"], b"a\xff\xc3".hex())

    def test_no_payload_omits_only_the_payload(self):
        path = self.file_of_one_packet()
        [whole] = objects(run("-r", path, "--json").stdout)
        [packet] = objects(run("-r", path, "--json", "--no-payload").stdout)
        self.assertTrue(whole.pop("payload"))
        self.assertEqual(packet, whole)

    def test_a_savefile_does_not_say_which_host_captured_it(self):
        [packet] = objects(run("-r", self.file_of_one_packet(), "--json").stdout)
        self.assertNotIn("host", packet)

    def test_the_flags_of_tcp_have_names(self):
        nft(f"table inet o {{ chain c {{ type filter hook input priority 0; tcp dport {PORT} log group 5; }}; }}\n")
        capture = self.capture("-g", "5", "-c", "1", "--json")
        with socket.socket() as sender:
            sender.connect_ex(("127.0.0.1", PORT))  # no process listens
        [packet] = objects(capture.finish(None)[0])
        self.assertEqual([packet["hook_name"], packet["protocol_name"], packet["tcp_flags_names"][0]],
                         ["input", "tcp", "syn"])

    def test_a_conntrack_entry(self):
        rule("group 5")
        nft(f"table inet o {{ chain c {{ type filter hook output priority 0; udp dport {PORT} "
            "ct state new counter; }; }\n")
        done = run("-g", "5", "--conntrack", "--for", "1s", "--json")
        if done.returncode != 0:  # some kernels cannot do this; the error must say so
            self.assertIn("this kernel cannot add conntrack entries to NFLOG", done.stderr)
            return
        capture = self.capture("-g", "5", "-c", "1", "--json", "--conntrack")
        send(b"hello")
        [packet] = objects(capture.finish(None)[0])
        self.assertEqual([packet["conntrack"][name] for name in ("state", "direction")], ["new", "original"])
        self.assertEqual(packet["conntrack"]["original"]["destination_port"], PORT)

    def test_a_conntrack_entry_of_a_savefile(self):
        path = self.directory / "tracked.pcap"
        record = TRACKED.read_bytes()[NETLINK_HEADER:]
        path.write_bytes(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, LINKTYPE_NFLOG)
                         + struct.pack("=IIII", 1, 0, len(record), len(record)) + record)
        [packet] = objects(run("-r", path, "--json").stdout)
        self.assertEqual([packet["conntrack"][name] for name in ("state", "direction", "zone", "protocol_state_name")],
                         ["established", "reply", 9, "established"])
        self.assertEqual(packet["conntrack"]["original"],
                         {"source": "10.0.0.7", "destination": "198.51.100.2", "protocol": 6, "protocol_name": "tcp",
                          "source_port": 40001, "destination_port": 443})

    def test_each_line_is_printed_at_once_if_packets_are_rare(self):
        rule("group 5")
        capture = self.capture("-g", "5", "--json")
        for payload in (b"one", b"two"):  # the line must arrive before a buffer is full
            send(payload)
            [packet] = objects(capture.process.stdout.readline())
            self.assertEqual(bytes.fromhex(packet["payload"])[28:], payload)


if __name__ == "__main__":
    unittest.main(verbosity=2)
