# SPDX-License-Identifier: GPL-2.0-or-later
"""SIGHUP makes a capture read its configuration again: groups, tap and filter change, and no packet is lost."""

import json
import signal
import unittest

from support import CommandTest, await_condition, bound_groups, nft, objects, records, rule, run, send

PORTS = {5: 4242, 6: 4343, 7: 4444}


class Reload(CommandTest):
    def setUp(self):
        super().setUp()
        for group, port in PORTS.items():
            rule(f"group {group}", port=port)
        self.path = self.directory / "web.conf"

    def start(self, config, *arguments, group=5):
        self.path.write_text(config)
        return self.capture("--config", str(self.path), *arguments, group=group)

    def reload(self, capture, config, *words):
        """Writes a new configuration and sends SIGHUP. Checks that each of the words has its line in the messages."""
        self.path.write_text(config)
        capture.process.send_signal(signal.SIGHUP)
        for part in words:
            self.assertIn(part, capture.process.stderr.readline())

    def test_groups_come_and_go(self):
        capture = self.start("-g 5 --json\n-g 6\n", group=6)
        send(b"a", b"b")
        send(b"c", port=PORTS[6])
        self.reload(capture, "-g 5 --json\n-g 7\n", "group 7 was added", "group 6 was removed")
        self.assertEqual(bound_groups(), {5, 7})
        send(b"nobody has it", port=PORTS[6])
        send(b"d", port=PORTS[7])
        send(b"e")
        said, words, status = capture.finish(signal.SIGTERM)
        self.assertEqual(sorted(packet["group"] for packet in objects(said)), [5, 5, 5, 6, 7])
        self.assertEqual((words, status), ("5 packets printed, 5 received, 0 filtered, 0 lost\n", 0))

    def test_the_filter_and_a_file_of_it_change(self):
        expression = self.directory / "filter"
        expression.write_text("port 1")
        config = f"-g 5 --json -F {expression}\n"
        capture = self.start(config)
        expression.write_text("port 4242")
        self.reload(capture, config, "the filter was set")
        send(b"a")
        capture.process.stdout.readline()
        expression.write_text("prt 4242")
        self.reload(capture, config, "cannot set the filter 'prt 4242'")
        send(b"b")
        capture.process.stdout.readline()
        self.reload(capture, "-g 5 --json port 1\n", "the filter was set")
        send(b"c")
        said, words, status = capture.finish(signal.SIGTERM)
        self.assertEqual((said, words, status), ("", "2 packets printed, 3 received, 1 filtered, 0 lost\n", 0))

    def test_the_tap_changes_without_a_gap(self):
        nft("table inet sink { chain c { type filter hook input priority 200; udp dport 4545 drop; }; }")
        capture = self.start("-g 5 --json --tap 'udp dport 4545' --hook input --tap-prefix 'old: '\n")
        await_condition(lambda: "old: " in nft("list ruleset"), "the tap")
        send(b"a", port=4545)
        self.reload(capture, "-g 5 --json --tap 'udp dport 4545' --hook input --tap-prefix 'new: '\n",
                    "the tap 'udp dport 4545' was added", "the tap 'udp dport 4545' was removed")
        send(b"b", port=4545)
        self.reload(capture, "-g 5 --json --tap 'udp dprt 4545' --hook input\n", "nft says")
        send(b"c", port=4545)
        self.reload(capture, "-g 5 --json\n", "the tap 'udp dport 4545' was removed")
        send(b"nobody has it", port=4545)
        said, _, status = capture.finish(signal.SIGTERM)
        self.assertEqual(([packet["prefix"] for packet in objects(said)], status), (["old: ", "new: ", "new: "], 0))

    def test_invalid_changes_leave_the_capture_unchanged(self):
        capture = self.start("-g 5 --json\n")
        owner = self.capture("-g", "9", group=9)
        self.reload(capture, "-g 5 --jsn\n", f"{self.path}:1: there is no option --jsn")
        self.reload(capture, "-g 5 --json -g 9\n", "cannot bind group 9: it is owned by")
        self.reload(capture, "-g 5 -s 96 --json\n", "other changes, which require a restart")
        self.reload(capture, "list\n", "no longer that of a capture")
        self.reload(capture, "-g 5 --json\n", "was read again and has not changed")
        self.path.unlink()
        capture.process.send_signal(signal.SIGHUP)
        self.assertIn("No such file", capture.process.stderr.readline())
        send(b"a")
        self.assertEqual(len(objects(capture.finish(signal.SIGTERM)[0])), 1)
        owner.finish()

    def test_a_new_file_begins_too(self):
        path = self.directory / "x.pcap"
        capture = self.start("-g 5\n", "-w", str(path))
        await_condition(path.exists, "the file")
        send(b"a")
        self.reload(capture, "-g 5,6\n", "group 6 was added")
        send(b"b", port=PORTS[6])
        self.assertEqual(capture.finish()[2], 0)
        self.assertEqual(sum(len(records(file)[1]) for file in (path, self.directory / "x.pcap.2")), 2)

    def test_a_spool_has_a_session_of_each_binding(self):
        spool = self.directory / "spool"

        def groups():
            state = json.loads(run("spool", str(spool), "--json").stdout)
            return {group["group"]: group for group in state["groups"]}

        def await_total(group, total):
            await_condition(lambda: group in groups() and groups()[group]["total"] == total, f"{total} packets")

        capture = self.start("-g 5\n", "--spool", str(spool))
        send(b"a")
        await_total(5, 1)
        for binding in range(1, 4):
            self.reload(capture, "-g 5,6\n", "group 6 was added")
            await_total(6, binding - 1)  # the spool lists the binding before it has a packet
            send(b"b", port=PORTS[6])
            self.reload(capture, "-g 5\n", "group 6 was removed")
            await_total(6, binding)
            send(b"nobody has it", port=PORTS[6])
        send(b"c")
        _, words, status = capture.finish()
        self.assertEqual((words, status), ("5 packets spooled, 5 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual({group: state["total"] for group, state in groups().items()}, {5: 2, 6: 3})
        self.assertEqual([state["lost"] for state in groups().values()], [0, 0])

    def test_metrics_have_the_groups_that_came_and_those_that_went(self):
        metrics = self.directory / "x.prom"
        capture = self.start("-g 5\n", "--json", "--metrics", str(metrics))
        self.reload(capture, "-g 6\n", "group 6 was added", "group 5 was removed")
        send(b"b", port=PORTS[6])
        capture.finish()
        text = metrics.read_text()
        for group, count in ((5, 0), (6, 1)):
            self.assertRegex(text, f'nflogcap_received_packets_total{{[^}}]*group="{group}"}} {count}\n')


if __name__ == "__main__":
    unittest.main(verbosity=2)
