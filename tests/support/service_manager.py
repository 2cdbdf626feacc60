# SPDX-License-Identifier: GPL-2.0-or-later
"""What a service manager hears: sd_notify(3)."""

import socket

LONG = 300  # seconds


class ServiceManager:
    """A socket as systemd has it."""

    def __init__(self, test, address):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        test.addCleanup(self._socket.close)
        self._socket.bind(address)
        self._socket.settimeout(LONG)
        self.heard = []

    def await_word(self, word):
        """Until a line begins with that, which comes behind what was awaited before."""
        while True:
            if self.heard:
                line = self.heard.pop(0)
                if line.startswith(word):
                    return line
            else:
                self.heard += self._socket.recv(65536).decode().splitlines()

    def rest(self):
        """What else there is, once the sender has ended."""
        self._socket.setblocking(False)
        try:
            while True:
                self.heard += self._socket.recv(65536).decode().splitlines()
        except BlockingIOError:
            return self.heard
