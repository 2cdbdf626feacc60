# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers for tests of nflogcap-watch, with a real broker and messages that the tests construct.

Environment variables, besides those of broker.py: PROGRAMS is the directory of the fleet's programs.
"""

import json
import os
import pathlib
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.request

import messages
from broker import Broker
from nats_client import Client

WATCH = os.environ["PROGRAMS"] + "/nflogcap-watch"
ROOT = pathlib.Path(__file__).parent.parent.parent
STREAM = json.loads((ROOT / "fleet/config/stream.json").read_text())
MONITOR = 8222
LONG = 300


def await_condition(condition, what):
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end, f"timed out while waiting for: {what}"
        time.sleep(0.01)


def records(savefile):
    """Returns the header of a savefile, and the content of each record."""
    found, at = [], 24
    while at < len(savefile):
        length, = struct.unpack("=I", savefile[at + 8:at + 12])
        found.append(savefile[at + 16:at + 16 + length])
        at += 16 + length
    return savefile[:24], found


def contents(savefile):
    """Returns the payloads of packets that messages.udp() constructed."""
    return [messages.content_of(record) for record in records(savefile)[1]]


class WatchTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.broker = Broker(self, self.directory, config=f"http: 127.0.0.1:{MONITOR}")
        self.url = self.broker.url
        self.client = Client()
        self.addCleanup(self.client.close)
        # Without the example's max_bytes, because the disk of the test is smaller.
        self.client.create_stream(**{**STREAM, "max_bytes": -1})

    def run_watch(self, *arguments, **options):
        return subprocess.run([WATCH, "--server", self.url, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LONG, **options)

    def start(self, *arguments, stdout=subprocess.PIPE, **options):
        process = subprocess.Popen([WATCH, "--server", self.url, *arguments], stdin=subprocess.DEVNULL,
                                   stdout=stdout, stderr=subprocess.PIPE, **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def subscriptions(self):
        """Returns the number of subscriptions to packets, from the broker's monitoring page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{MONITOR}/connz?subs=true&limit=1000") as page:
            clients = json.load(page)["connections"]
        return sum(subject.startswith("nflog.pcap") for client in clients
                   for subject in client.get("subscriptions_list", ()))

    def watch(self, *arguments, **options):
        """Starts nflogcap-watch, and waits until it has subscribed to packets."""
        before = self.subscriptions()
        process = self.start(*arguments, **options)
        await_condition(lambda: self.subscriptions() > before or process.poll() is not None, "the subscription")
        return process

    def finish(self, process, how=signal.SIGINT):
        process.send_signal(how)
        said, words = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, words)
        return said, words.decode()
