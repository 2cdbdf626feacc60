# SPDX-License-Identifier: GPL-2.0-or-later
"""--hand-over: the service manager keeps the capture's descriptors, and the next process continues the capture.

This also works after the previous process was killed. Environment variable KILLS: how many processes are killed, one
after the other.
"""

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import threading
import time
import unittest

from service_manager import KeepingManager
from support import COMMAND, LONG, PORT, CommandTest, await_condition, await_full_pipe, bound_groups, nft, objects, records, rule, run, send

KILLS = int(os.environ.get("KILLS", "30"))
OTHER = 4343


class Flow:
    """A thread that sends numbered packets at a rate, in packets per second, until stop()."""

    def __init__(self, test, rate):
        self.sent = 0
        self._rate = rate
        self._is_over = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        test.addCleanup(self.stop)

    def _run(self):
        begin = time.monotonic()
        while not self._is_over:
            due = int((time.monotonic() - begin) * self._rate)
            send(*(struct.pack("=Q", number) for number in range(self.sent, due)))
            self.sent = max(self.sent, due)
            time.sleep(0.001)

    def stop(self):
        self._is_over = True
        self._thread.join()


class HandOverTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.manager = KeepingManager(self, str(self.directory / "notify"))
        self.spool = self.directory / "spool"

    def start(self, *words, command=COMMAND):
        process = self.manager.start([command, *words, "--hand-over"])
        self.addCleanup(self._end, process)
        self._await_ready(process)
        return process

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def _await_ready(self, process):
        self.manager.heard.clear()

        def is_ready():
            self.manager.collect()
            return "READY=1" in self.manager.heard
        await_condition(lambda: is_ready() or process.poll() is not None, "READY=1")

    def finish(self, process, how=signal.SIGTERM):
        process.send_signal(how)
        said, words = process.communicate(timeout=LONG)
        self.manager.collect()
        return said, words

    def groups(self):
        state = json.loads(run("spool", str(self.spool), "--json").stdout)
        self.assertEqual(state["damage"], [])
        return {group["group"]: group for group in state["groups"]}

    def numbers_in_spool(self):
        """Returns the numbers of the Flow's packets that are in the spool, in the order of its files."""
        return [struct.unpack("=Q", message[-8:])[0] for path in sorted(self.spool.glob("*.pcap"))
                for _time, _length, message in records(path)[1]]

    def sessions(self):
        return {word for path in self.spool.glob("*.index") for line in path.read_text().splitlines()
                for word in line.split() if word.startswith("session=")}


class Kept(HandOverTest):
    def test_a_restart_loses_nothing_and_leaves_the_group_bound(self):
        rule("group 5")
        first = self.start("-g", "5", "--json")
        send(b"1", b"2")
        said, words = self.finish(first)
        self.assertEqual(words, "2 packets printed, 2 received, 0 filtered, 0 lost\n")
        self.assertEqual(len(objects(said)), 2)
        self.assertEqual(bound_groups(), {5})
        send(*[b"x"] * 3)  # waits in the kernel for the next process
        second = self.start("-g", "5", "--json")
        send(b"x")
        said, words = self.finish(second)
        self.assertEqual(words, "4 packets printed, 4 received, 0 filtered, 0 lost\n")
        self.assertEqual([packet["seq"] for packet in objects(said)], [2, 3, 4, 5])

    def test_a_capture_that_ends_by_itself_hands_nothing_over(self):
        rule("group 5")
        first = self.start("-g", "5", "-c", "1")
        self.assertEqual(len(self.manager.kept), 2)
        send(b"x")
        first.communicate(timeout=LONG)
        self.manager.collect()
        self.assertEqual((self.manager.kept, bound_groups()), ([], set()))

    def test_a_failure_hands_over_too(self):
        rule("group 5")
        first = self.start("-g", "5", "-w", "/dev/full")
        _said, words = first.communicate(timeout=LONG)
        self.assertIn("No space left", words)
        self.assertEqual(bound_groups(), {5})
        send(b"x")
        second = self.start("-g", "5", "--json")
        send(b"x")
        self.assertIn("2 packets printed, 2 received, 0 filtered, 0 lost", self.finish(second)[1])

    def test_packets_that_a_killed_process_had_not_written_are_lost_and_no_others(self):
        rule("group 5")
        first = self.start("-g", "5", "--json")
        send(*[b"x"] * 2000)
        await_full_pipe(first)
        first.kill()
        written = first.communicate()[0].count("\n")
        second = self.start("-g", "5", "--json")
        send(b"x")
        said, words = self.finish(second)
        packets = objects(said)
        self.assertEqual(packets[-1]["seq"], 2000)
        lost = sum(packet["lost_before"] for packet in packets)
        self.assertGreater(lost, 0)
        # The first process was killed during a write. Its packets that reached the pipe are counted twice: as written
        # and as lost.
        self.assertGreaterEqual(written + lost + len(packets), 2001)
        self.assertLess(written + lost + len(packets), 2001 + 65536 // 200)
        self.assertIn(f", {lost} lost", words)

    def test_the_next_process_captures_the_groups_and_the_tap_of_its_own_options(self):
        rule("group 5")
        rule("group 6", port=OTHER)
        nft("table inet sink { chain c { type filter hook input priority 200; meta l4proto udp drop; }; }")
        first = self.start("-g", "5", "--tap", "udp dport 1", "--hook", "input")
        self.assertEqual(len(self.manager.kept), 3)
        self.finish(first)
        self.assertIn("udp dport 1", nft("list ruleset"))
        second = self.start("-g", "5", "-g", "6", "--tap", "udp dport 2", "--hook", "input", "--json")
        self.assertEqual(bound_groups(), {5, 6})
        self.assertNotIn("udp dport 1 ", nft("list ruleset"))
        self.assertEqual(len(self.manager.kept), 3)
        send(b"x")
        send(b"x", port=OTHER)
        send(b"x", port=2)
        self.assertIn("3 packets printed", self.finish(second)[1])
        third = self.start("-g", "6", "--json")
        self.assertEqual(bound_groups(), {6})
        self.assertNotIn("table inet nflogcap", nft("list ruleset"))
        self.assertEqual(len(self.manager.kept), 2)
        send(b"x", port=OTHER)
        self.assertIn("1 packet printed", self.finish(third)[1])

    def test_a_tap_that_changes_by_sighup_is_kept(self):
        nft("table inet sink { chain c { type filter hook input priority 200; meta l4proto udp drop; }; }")
        config = self.directory / "web.conf"
        config.write_text("-g 5 --json --hook input --tap 'udp dport 1'\n")
        first = self.manager.start([COMMAND, "--config", str(config), "--hand-over"])
        self.addCleanup(self._end, first)
        self._await_ready(first)
        config.write_text("-g 5 --json --hook input --tap 'udp dport 2'\n")
        first.send_signal(signal.SIGHUP)
        await_condition(lambda: "udp dport 2" in nft("list ruleset") and "udp dport 1" not in nft("list ruleset"),
                        "the new tap")
        send(b"x", port=2)
        self.assertIn("1 packet printed", self.finish(first)[1])
        self.assertEqual(len(self.manager.kept), 3)
        send(b"x", port=2)
        second = self.manager.start([COMMAND, "--config", str(config), "--hand-over"])
        self.addCleanup(self._end, second)
        self._await_ready(second)
        self.assertIn("1 packet printed, 1 received, 0 filtered, 0 lost", self.finish(second)[1])

    def test_a_failed_adoption_is_reported_and_a_new_capture_is_started(self):
        rule("group 5")
        self.finish(self.start("-g", "5"))
        self.manager.kept.sort()
        name, descriptor = self.manager.kept.pop()  # the descriptor of the state, which has the longer name
        self.assertTrue(name.endswith("-state"))
        os.close(descriptor)
        second = self.start("-g", "5", "--json")
        send(b"x")
        said, words = self.finish(second)
        self.assertRegex(words, "^nflogcap: cannot adopt a capture: none of the descriptors has the state.*"
                                "; a new capture is started, and the packets that waited for the old one are lost\n1 packet printed")
        self.assertEqual([packet["seq"] for packet in objects(said)], [0])

    def test_a_process_that_fails_at_an_invalid_option_leaves_the_capture_to_the_next(self):
        rule("group 5")
        self.finish(self.start("-g", "5"))
        send(b"x")
        wrong = self.manager.start([COMMAND, "-g", "5", "--tap", "frob 9", "--hand-over"])
        _said, words = wrong.communicate(timeout=LONG)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("cannot tap 'frob 9'", words)
        second = self.start("-g", "5", "--json")
        self.assertIn("1 packet printed, 1 received, 0 filtered, 0 lost", self.finish(second)[1])

    def test_without_a_service_manager_it_is_refused(self):
        done = run("-g", "5", "--hand-over", env={key: value for key, value in os.environ.items()
                                                 if key != "NOTIFY_SOCKET"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("--hand-over: no service manager can keep the capture", done.stderr)
        self.assert_refused(["-r", "x", "--hand-over"], "--hand-over")


class Spooled(HandOverTest):
    def test_kills_at_random_moments(self):
        """Each packet that the kernel logged is in the spool once, or is counted as lost."""
        rule("group 5")
        chance = random.Random(4711)
        process = self.start("-g", "5", "--spool", str(self.spool))
        flow = Flow(self, 5000)
        for kill in range(KILLS):
            if kill > 0:
                process = self.start("-g", "5", "--spool", str(self.spool))
            time.sleep(chance.uniform(0, 0.3))
            process.kill()
            process.communicate()
        last = self.start("-g", "5", "--spool", str(self.spool))
        flow.stop()
        send(struct.pack("=Q", flow.sent))
        await_condition(lambda: (now := self.groups()[5])["total"] + now["lost"] > flow.sent, "the last packet")
        _said, words = self.finish(last)
        self.assertNotIn("nflogcap:", words)  # no adoption failed
        group = self.groups()[5]
        numbers = self.numbers_in_spool()
        print(f"{KILLS} kills: logged {flow.sent + 1}, stored {len(numbers)}, lost {group['lost']}")
        self.assertEqual(numbers, sorted(set(numbers)), "packets are in the spool twice or out of order")
        self.assertEqual((group["total"], group["total"] + group["lost"]), (len(numbers), flow.sent + 1))
        self.assertEqual(len(self.sessions()), 1)

    def test_an_upgrade_under_a_flood_loses_nothing(self):
        rule("group 5")
        builds = []
        for name in ("old", "new"):
            builds.append(self.directory / name / "nflogcap")
            builds[-1].parent.mkdir()
            shutil.copy(COMMAND, builds[-1])
        words = ("-g", "5", "--spool", str(self.spool), "-B", "262144")
        first = self.start(*words, command=str(builds[0]))
        count = int(os.environ["PACKETS"])
        begin = time.monotonic()
        with subprocess.Popen([os.environ["SEND_UDP"], str(PORT), "--count", str(count)]) as flood:
            time.sleep(0.5)
            self.finish(first)
            second = self.start(*words, command=str(builds[1]))
            time.sleep(0.3)
            self.finish(second)
            third = self.start(*words, command=str(builds[0]))
            self.assertEqual(flood.wait(LONG), 0)
        print(f"two upgrades: {count} packets, {count / (time.monotonic() - begin):.0f} a second")
        await_condition(lambda: self.groups()[5]["total"] + self.groups()[5]["lost"] == count, "all packets")
        self.finish(third)
        group = self.groups()[5]
        self.assertEqual((group["total"], group["lost"], len(self.sessions())), (count, 0, 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
