# SPDX-License-Identifier: GPL-2.0-or-later
"""A stream with three replicas on three servers: every packet is counted exactly, whichever servers fail.

Environment variables: FLEET_RATE is the number of packets per second to each group of each host, FLEET_SECONDS the
duration.
"""

import time
import unittest

from cluster import Cluster
from faults_test import AWAY, SECONDS, FaultTest
from two_hosts import Collector, Host, await_condition


class ClusterHost(Host):
    """A host that reaches the servers through the network namespace of the test."""

    def __init__(self, test, name, number, cluster):
        super().__init__(test, name, number, cluster)
        self.run("ip", "route", "add", "default", "via", f"10.9.{number}.1")

    def servers(self):
        return self.broker.servers()


class ClusterTest(FaultTest):
    def make_broker(self):
        self.cluster = Cluster(self)
        self.cluster.create_stream()
        await_condition(self.cluster.is_whole, "the stream's replicas")
        self.hosts = [ClusterHost(self, f"web-{number}.example", number, self.cluster) for number in (1, 2)]
        self.collector = Collector(self, self.cluster)
        await_condition(self.is_collecting, "the collector's first request for messages")

    def is_collecting(self):
        found = self.cluster.ask("CONSUMER.INFO.NFLOG.nflogcap-collect")
        return found is not None and found["num_waiting"] > 0

    def begin(self, seconds):
        """Starts to send packets, and returns after this time while packets are still sent."""
        self.start()
        self.traffic()
        time.sleep(seconds)

    def restart(self, *members):
        for member in members:
            member.kill()
        time.sleep(AWAY / 2)
        for member in members:
            self.cluster.start(member)

    def await_whole(self):
        await_condition(self.cluster.is_whole, "the stream's replicas")


class Clusters(ClusterTest):
    def test_each_server_is_killed_in_turn(self):
        self.start()
        self.traffic()
        for member in self.cluster.members:
            time.sleep(SECONDS / 6)
            self.restart(member)
            self.await_whole()
        self.settled_without_loss()

    def test_two_servers_are_killed_at_once(self):
        self.begin(SECONDS / 4)
        leader = self.cluster.leader()
        self.restart(leader, next(member for member in self.cluster.members if member is not leader))
        self.await_whole()
        self.settled_without_loss()

    def test_the_leader_is_cut_off(self):
        self.begin(SECONDS / 4)
        leader = self.cluster.leader()
        self.cluster.cut_off(leader)
        others = [member for member in self.cluster.members if member is not leader]
        await_condition(lambda: self.cluster.leader(others) not in (leader, None), "another leader")
        time.sleep(AWAY / 2)
        self.cluster.join_again()
        self.await_whole()
        self.settled_without_loss()

    def test_a_server_is_gone_for_good(self):
        """The killed server is the first in the list, so every program was connected to it."""
        self.begin(SECONDS / 2)
        self.cluster.members[0].kill()
        self.settled_without_loss()

    def test_a_server_loses_its_disk(self):
        self.begin(SECONDS / 4)
        member = self.cluster.members[1]
        member.kill()
        member.empty()
        self.cluster.start(member)
        self.await_whole()
        self.settled_without_loss()


if __name__ == "__main__":
    unittest.main(verbosity=2)
