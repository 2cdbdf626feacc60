# SPDX-License-Identifier: GPL-2.0-or-later
"""A cluster of three nats-servers. Each one runs in a network namespace of its own; a bridge connects the namespaces.

Environment variable NATS_SERVER: the path of nats-server.
"""

import json
import os
import shutil
import subprocess
import time

import nats_client
from two_hosts import Namespace, Process, await_condition

CLIENTS, ROUTES = 4222, 6222  # ports
BRIDGE = "switch"


class Server(Namespace):
    def __init__(self, test, number):
        self.number, self.address = number, f"10.8.0.{number}"
        super().__init__(test, f"s{number}", f"{self.address}/24")
        subprocess.run(["ip", "link", "set", self.outer, "master", BRIDGE, "up"], check=True)
        self.run("ip", "route", "add", "default", "via", "10.8.0.254")
        self._test = test
        self._directory = test.directory / f"server-{number}"
        self._directory.mkdir()

    @property
    def url(self):
        return f"nats://{self.address}:{CLIENTS}"

    def start(self, others):
        routes = ", ".join(f'"nats://{other.address}:{ROUTES}"' for other in others)
        config = self._directory / "nats-server.conf"
        config.write_text(f"""
            server_name: server-{self.number}
            listen: "{self.address}:{CLIENTS}"
            jetstream {{ store_dir: "{self._directory / 'store'}" }}
            cluster {{ name: fleet, listen: "{self.address}:{ROUTES}", routes: [ {routes} ] }}""")
        self.process = Process(self._test, *self.inside(os.environ["NATS_SERVER"], "-c", config))

    def kill(self):
        self.process.kill()

    def empty(self):
        """Deletes the server's store, as if its machine were new."""
        shutil.rmtree(self._directory / "store")


class Cluster:
    def __init__(self, test):
        for words in (f"link add {BRIDGE} type bridge", f"address add 10.8.0.254/24 dev {BRIDGE}",
                      f"link set {BRIDGE} up"):
            subprocess.run(["ip", *words.split()], check=True)
        test.addCleanup(subprocess.run, ["ip", "link", "delete", BRIDGE], check=True)
        with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as setting:
            setting.write("1")
        self.members = [Server(test, number) for number in (1, 2, 3)]
        self._routes = list(self.members)
        for member in self.members:
            self.start(member)
        await_condition(self.has_leader, "a leader of the cluster")

    def servers(self):
        """Returns the options that name all servers."""
        return [word for member in self.members for word in ("--server", member.url)]

    def start(self, member):
        member.start(self._routes)

    def client(self, member):
        return nats_client.client(CLIENTS, address=member.address)

    def ask(self, subject, members=None):
        """Returns the first answer of one of these members (default: of all); None if no member answers."""
        for member in members or self.members:
            try:
                with self.client(member) as client:
                    answer = client.request(f"$JS.API.{subject}", timeout=2)
            except OSError:
                continue
            if answer is None or "Status" in answer.headers:
                continue
            found = json.loads(answer.data)
            if "error" not in found:
                return found
        return None

    def has_leader(self):
        return self.ask("INFO") is not None

    def create_stream(self, **settings):
        end = time.monotonic() + nats_client.LONG
        while True:
            with self.client(self.members[0]) as client:
                try:
                    return client.create_stream(num_replicas=3, **settings)
                except AssertionError:  # some members are missing
                    assert time.monotonic() < end
                    time.sleep(0.2)

    def leader(self, members=None):
        """Returns the leader of the stream, according to these members; None if the stream has no leader now."""
        found = self.ask("STREAM.INFO.NFLOG", members)
        name = found and found.get("cluster", {}).get("leader")
        return next((member for member in self.members if name == f"server-{member.number}"), None)

    def is_whole(self):
        """Returns whether both replicas have received everything from the leader."""
        found = self.ask("STREAM.INFO.NFLOG")
        replicas = found.get("cluster", {}).get("replicas", []) if found else []
        return len(replicas) == 2 and all(replica["current"] for replica in replicas)

    def cut_off(self, member):
        """Cuts the connections of a member to the other members. Clients still reach it."""
        others = ", ".join(f'"{other.outer}"' for other in self.members if other is not member)
        subprocess.run(["nft", f"""
            table bridge cut {{ chain c {{ type filter hook forward priority 0
                iifname "{member.outer}" oifname {{ {others} }} drop
                iifname {{ {others} }} oifname "{member.outer}" drop
            }}
            }}"""], check=True)

    def join_again(self):
        subprocess.run(["nft", "delete table bridge cut"], check=True)
