# SPDX-License-Identifier: GPL-2.0-or-later
"""A broker of a test's own, on lo.

Expects in the environment: NATS_SERVER, the program.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import time

import nats_client

LONG = nats_client.LONG


class Broker:
    """A nats-server with JetStream. It is killed when the test ends."""

    def __init__(self, test, directory, port=4222, config="", jetstream=True,
                 address="127.0.0.1"):
        """`config`: more lines of the server's configuration. `address`: to listen at."""
        self.address = address
        self.port = port
        self.url = f"nats://127.0.0.1:{port}"
        self._directory = pathlib.Path(directory)
        self.store = self._directory / "store"
        self._config = self._directory / "nats-server.conf"
        self._log = self._directory / "nats-server.log"
        self._process = None
        self.jetstream = jetstream
        self.configure(config)
        test.addCleanup(self.kill)
        self.start()

    def configure(self, config):
        """For the next start."""
        jetstream = f'jetstream {{ store_dir: "{self.store}" }}\n' if self.jetstream else ""
        self._config.write_text(f"listen: {self.address}:{self.port}\n{jetstream}{config}\n")

    def start(self):
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [os.environ["NATS_SERVER"], "-c", str(self._config)], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        end = time.monotonic() + LONG
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=LONG).close()
                return
            except OSError:
                assert self._process.poll() is None, self._log.read_text()
                assert time.monotonic() < end, "the broker never listened"
                time.sleep(0.02)

    def kill(self):
        """As a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def save(self, name="saved"):
        """Copies the store, as a backup does. The broker must have been killed."""
        assert self._process is None
        shutil.rmtree(self._directory / name, ignore_errors=True)
        shutil.copytree(self.store, self._directory / name)

    def set_back(self, name="saved"):
        """Gives the store the content that it had at save()."""
        assert self._process is None
        shutil.rmtree(self.store)
        shutil.copytree(self._directory / name, self.store)

    def servers(self):
        """The options that name the broker."""
        return ["--server", self.url]

    def client(self, **options):
        return nats_client.client(self.port, **options)
