# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that identify themselves to the broker without a password: by a client certificate, or by credentials.

Environment variables, besides those of broker.py: PROGRAMS is the directory of the fleet's programs.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import spools
from broker import LONG, Broker
from certificates import Authority
from credentials import Operator

ROOT = pathlib.Path(__file__).parent.parent.parent
STREAM = ROOT / "fleet/config/stream.json"
PROGRAMS = pathlib.Path(os.environ["PROGRAMS"])


def rights_of(user):
    """Returns the subjects that the example configuration lets a user publish and subscribe to."""
    text = (ROOT / "fleet/config/nats-server.conf").read_text()
    block = text[text.index(f'user: "{user}"'):]
    return [re.findall(r'"(.*?)"', re.search(rf"{word}: \[(.*?)\]", block, re.S)[1])
            for word in ("publish", "subscribe")]


class IdentityTest(unittest.TestCase):
    server = "nats://localhost:4222"

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.spool = spools.Spool(self.directory / "spool")
        self.spool.add()
        self.out = self.directory / "collected"
        self.out.mkdir()

    def words(self, program, *words):
        return [PROGRAMS / f"nflogcap-{program}", "--server", self.server, *map(str, words)]

    def run_program(self, program, *words):
        return subprocess.run(self.words(program, *words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=LONG)

    def ship(self, *words, host="web-1"):
        return self.run_program("ship", "--spool", self.spool.path, "--host", host, "--until-acknowledged", *words)

    def refuse(self, done, words):
        self.assertRegex(done.stderr, words)
        self.assertEqual(done.returncode, 1)
        for secret in (line for path in self.directory.glob("*.creds") for line in path.read_text().splitlines()
                       if not line.startswith("-") and line):
            self.assertNotIn(secret, done.stderr)

    def check_the_whole_way(self, identity_of):
        """Checks that a packet passes from the spool to the collector and the watcher, each with its own identity."""
        small = self.directory / "stream.json"
        small.write_text(re.sub(r'"max_bytes": \d+', '"max_bytes": 1000000', STREAM.read_text()))
        collect = subprocess.Popen(
            self.words("collect", "--out", self.out, "--stream-config", small, *identity_of("collect")),
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(collect.communicate)
        self.addCleanup(collect.kill)
        end = time.monotonic() + LONG
        while (done := self.ship(*identity_of("web-1"))).returncode != 0:  # until the collector has created the stream
            self.assertIn("no stream", done.stderr)
            self.assertIsNone(collect.poll())
            self.assertLess(time.monotonic(), end)
        while not any(path.stat().st_size > 24 for path in self.out.glob("*.pcap")):
            self.assertIsNone(collect.poll())
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        done = self.run_program("watch", "--list", "--once", *identity_of("watch"))
        self.assertRegex(done.stdout, r"(?m)^web-1 +5 ", done.stderr)
        self.spool = spools.Spool(self.directory / "other spool", identity="fedcba9876543210")
        self.spool.add()
        self.refuse(self.ship(*identity_of("web-1"), host="web-2"),
                    "does not allow this user to ship as 'web-2'|cannot subscribe")


class Certificates(IdentityTest):
    server = "tls://localhost:4222"

    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory)
        certificate, key = self.authority.sign("broker", "localhost")
        users = "".join(f"""{{ user: "CN={name}", permissions: {{
                                 publish: {list(publish)}, subscribe: {list(subscribe)} }} }}\n"""
                        for name in ("web-1", "collect", "watch") for publish, subscribe in [rights_of(name)])
        self.broker = Broker(self, self.directory, config=f"""
            tls {{ cert_file: "{certificate}", key_file: "{key}", ca_file: "{self.authority.certificate}",
                   verify_and_map: true }}
            authorization {{ users: [ {users} ] }}""")
        self.ca = ("--ca", self.authority.certificate)

    def identity(self, name, authority=None):
        certificate, key = (authority or self.authority).sign(name)
        return [*self.ca, "--cert", certificate, "--key", key]

    def test_the_whole_way(self):
        identities = {}
        self.check_the_whole_way(lambda name: identities.setdefault(name, self.identity(name)))

    def test_no_certificate(self):
        self.refuse(self.ship(*self.ca), "it closed the connection; if it requires a certificate of this client, give one")

    def test_a_certificate_of_nobody(self):
        self.refuse(self.ship(*self.identity("nobody")), "does not know the certificate in .*nobody.pem;")

    def test_a_certificate_of_another_authority(self):
        self.refuse(self.ship(*self.identity("web-1", Authority(self.directory, "other"))),
                    "it closed the connection; check that .*web-1.pem is signed by a CA that the broker trusts")

    def test_a_key_of_another_certificate(self):
        certificate, _ = self.authority.sign("web-1")
        _, key = self.authority.sign("web-2")
        self.refuse(self.ship(*self.ca, "--cert", certificate, "--key", key),
                    "--cert and --key: .*web-1.pem and .*web-2.key are not a certificate and its key")


class Credentials(IdentityTest):
    def setUp(self):
        super().setUp()
        self.operator = Operator(self.directory)
        self.broker = Broker(self, self.directory, config=self.operator.configuration())

    def identity(self, name, operator=None):
        return ["--credentials", (operator or self.operator).credentials(name, *rights_of(name))]

    def test_the_whole_way(self):
        identities = {}
        self.check_the_whole_way(lambda name: identities.setdefault(name, self.identity(name)))

    def test_credentials_of_another_operator(self):
        self.refuse(self.ship(*self.identity("web-1", Operator(self.directory))),
                    "does not know the credentials in .*web-1.creds;")

    def test_an_invalid_file_of_credentials(self):
        for content in ("", "secret\n", "-----BEGIN NATS USER JWT-----\nsecret\n"):
            path = self.directory / "bad.creds"
            path.write_text(content)
            self.refuse(self.ship("--credentials", path), f"the credentials in {path};|no nkey user seed found in '{path}'")
        self.refuse(self.ship("--credentials", self.directory / "missing"), "cannot read the credentials in .*/missing")


if __name__ == "__main__":
    unittest.main(verbosity=2)
