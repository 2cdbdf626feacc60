# SPDX-License-Identifier: GPL-2.0-or-later
"""The page shows exactly the same counts as nflogcap-collect --report, for real captures and for 300 simulated hosts.

Environment variables: those of page_support.py and two_hosts.py.
"""

import random
import signal
import time
import unittest

import messages
from browser import await_condition
from page_support import PageTest
from two_hosts import Collector, Host

FIGURES = ("logged", "filtered", "lost", "missing")
SOME = 3_000  # packets
RATE = 6_000
HOSTS = 300


class EqualityTest(PageTest):
    def setUp(self):
        super().setUp()
        self.collector = Collector(self, self.broker)

    def reported(self):
        return {key: {name: group[name] for name in FIGURES} for key, group in self.collector.report().items()}

    def assert_equal_totals(self):
        sums = {name: sum(group[name] for group in self.reported().values()) for name in FIGURES}
        await_condition(lambda: sums == {
            name: int(self.browser.text(f"#total-{name}").replace(",", "")) for name in FIGURES}, f"the totals {sums}")


class RealCaptures(EqualityTest):
    def traffic(self, host):
        for sender in host.send(SOME, RATE):
            self.assertEqual(sender.wait(), 0)

    def is_settled(self):
        """Returns whether the collector has received each sent packet or counts it as lost or missing."""
        report = self.collector.report()
        return all(report.get((host.name, group), {}).get("logged") == sent
                   for host in self.hosts for group, sent in host.sent.items())

    def test_packets_that_are_filtered_lost_and_missing(self):
        self.hosts = [Host(self, f"web-{number}.example", number, self.broker) for number in (1, 2)]
        self.start()
        one, other = self.hosts
        one.start_capture("-B", "64", "udp[8] & 3 != 0")
        other.start_capture("--spool-size", "2M")
        for host in self.hosts:
            host.start_ship()
            self.traffic(host)
        await_condition(self.is_settled, "the collector's account")
        one.capture.process.send_signal(signal.SIGSTOP)  # so that its socket buffer becomes full
        self.traffic(one)
        one.capture.process.send_signal(signal.SIGCONT)
        self.traffic(one)  # later packets show the loss
        other.ship.kill()
        while not all(group["dropped"] for group in other.state()["groups"]):
            self.traffic(other)
        other.start_ship()
        await_condition(self.is_settled, "the collector's account")
        self.screenshot("real-captures")
        self.await_figures(self.reported)
        report = self.reported()
        for key, name in (((one.name, 5), "lost"), ((other.name, 5), "missing"), ((one.name, 5), "filtered")):
            self.assertGreater(report[key][name], 0, (key, name, report))
        self.assert_equal_totals()

        # The page shows a packet with the rule's prefix and the interface that received it.
        self.browser.press("ArrowDown", "Enter")
        self.traffic(one)
        cells = self.browser.await_text("#packet-rows tr", "to 5:").split("\t")
        self.assertEqual(cells[1:7], ["to 5:", "prerouting", "lo", "", "UDP", "127.0.0.1"])
        self.assertEqual((cells[8], cells[9], cells[10]), ("127.0.0.1", "5005", "92"))
        self.assertIn("to 6:", self.browser.text("#prefix-rows"))
        self.screenshot("packets")

        # After a reload, the page has the same sums. It knows only those missing packets that the spool dropped.
        await_condition(self.is_settled, "the collector's account")
        self.browser.run("location.reload()")
        await_condition(lambda: self.browser.focused() == "password", "the form")
        self.sign_in()
        dropped = {(other.name, group["group"]): {"missing": group["dropped"]} for group in other.state()["groups"]}
        self.await_figures(lambda: {key: {**group, **dropped.get(key, {})} for key, group in self.reported().items()})


class SimulatedHost(messages.Host):
    """Sends chunks of a group: with losses of each kind, reordered, repeated and damaged, at random from a seed."""

    def __init__(self, client, name, seed):
        super().__init__(client, name, spool=f"{seed:016x}")
        self.random = random.Random(seed)
        self.sums = dict.fromkeys(("lost", "filtered", "dropped"), 0)

    def publish(self, number, count, total, **more):
        records = messages.record(messages.nflog(messages.udp(), f"{self.name}: ".encode())) * count
        message = (messages.subject(self.name), messages.head() + records if count else b"",
                   {**messages.headers(self.name, number, count, total, spool=self.spool, **self.sums), **more})
        self.client.publish(*message)
        return message

    def step(self):
        chance = self.random.random()
        self.sums["lost"] += self.random.randrange(3)
        self.sums["filtered"] += self.random.randrange(3)
        if chance < 0.2 and self.number > 0:  # some chunks are not sent
            missing = self.random.randrange(1, 20)
            self.number += self.random.randrange(1, 4)
            self.total += missing
            if chance < 0.1:
                self.sums["dropped"] += missing
        count = self.random.randrange(5)
        self.number += 1
        self.total += count
        message = self.publish(self.number, count, self.total)
        if chance > 0.9:
            self.client.publish(*message)  # sent again
        elif chance > 0.85:
            self.client.publish(message[0], message[1] + b"x", {**message[2], "Nats-Msg-Id": "x"})  # damaged
        elif chance > 0.8 and self.number > 1:
            self.publish(self.number + 1, 1, self.total, **{"Nats-Msg-Id": "other"})  # the total is too low
        elif chance > 0.75:
            self.number, self.total = 0, 0  # a new spool
            self.sums = dict.fromkeys(self.sums, 0)
            self.spool = f"{self.random.getrandbits(64):016x}"
        elif chance > 0.7:  # two chunks are swapped
            number, total = self.number, self.total
            self.number += 2
            self.total += 7
            self.publish(number + 2, 3, total + 7)
            self.publish(number + 1, 4, total + 4)


class ManyHosts(EqualityTest):
    def test_300_hosts(self):
        self.start(height=900)
        hosts = [SimulatedHost(self.client, f"host-{i}", i) for i in range(HOSTS)]
        for round_ in range(12):
            for host in hosts:
                host.step()
            self.client.flush()
            if round_ % 4 == 3:
                time.sleep(2.5)  # so that the rate stays too low for the page to read samples
        await_condition(lambda: len(self.collector.report()) == HOSTS and
                        sum(group["refused_messages"] for group in self.collector.report().values()) > 0 and
                        self.is_read(), "the collector's account")
        self.await_figures(self.reported)
        report = self.reported()
        for name in FIGURES:
            self.assertGreater(sum(group[name] for group in report.values()), 0)
        self.assert_equal_totals()
        self.assertLess(self.browser.run("return document.querySelectorAll('#host-grid tbody tr').length"), 60)
        self.screenshot("300-hosts-light")
        self.browser.set_dark(True)
        self.browser.press("End")
        self.screenshot("300-hosts-dark")

    def test_more_messages_than_a_browser_can_handle_easily(self):
        self.start()
        hosts = [messages.Host(self.client, f"host-{i}", spool=f"{i:016x}") for i in range(20)]

        def is_sampling():
            return "reads the last message of each host in turn" in self.browser.text("#notices")

        def send(count):
            for _ in range(count):
                for host in hosts:
                    host.number += 1
                    host.total += 2
                    records = messages.head() + messages.record(messages.nflog(messages.udp())) * 2
                    self.client.publish(messages.subject(host.name), records, messages.headers(
                        host.name, host.number, 2, host.total, spool=host.spool, lost=host.number, filtered=3))
            self.client.flush()

        while not is_sampling():
            send(50)
        self.browser.press("ArrowDown", "Enter")  # the page receives all messages of one host
        send(150)
        self.browser.await_text("#packets-note", "200 packets")
        self.browser.press("Escape")
        self.screenshot("samples")
        await_condition(lambda: len(self.collector.report()) == len(hosts) and self.is_read(), "the collector's account")
        self.await_figures(self.reported)
        await_condition(lambda: not is_sampling(), "the end of sampling")
        self.assertEqual(self.browser.text("#notices"), "")
        send(1)
        self.await_figures(self.reported)
        hosts[0].number += 1  # a chunk that is not sent
        hosts[0].total += 7
        send(1)
        await_condition(lambda: self.reported()["host-0", 5]["missing"] == 7, "the collector's account")
        self.await_figures(self.reported)

    def is_read(self):
        consumer = self.client.api("CONSUMER.INFO.NFLOG.nflogcap-collect")
        return consumer["num_pending"] == 0 and consumer["num_ack_pending"] == 0


if __name__ == "__main__":
    unittest.main(verbosity=2)
