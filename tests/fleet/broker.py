# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts a separate broker for a test, by default on the loopback interface.

Environment variable NATS_SERVER: the path of nats-server.
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
        """`config`: further lines of the server's configuration. `address`: the address at which it listens."""
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
        """Writes a configuration, which takes effect when the broker is started next."""
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
        """Kills the broker, to simulate a crash."""
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
        """Restores the store to its content at save(). The broker must have been killed."""
        assert self._process is None
        shutil.rmtree(self.store)
        shutil.copytree(self._directory / name, self.store)

    def servers(self):
        """Returns the options that name the broker."""
        return ["--server", self.url]

    def client(self, **options):
        return nats_client.client(self.port, **options)
