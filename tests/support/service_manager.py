# SPDX-License-Identifier: GPL-2.0-or-later
"""A service manager for tests: it receives the notifications of a process, as sd_notify(3) sends them."""

import fcntl
import os
import socket
import subprocess

LONG = 300  # seconds


class ServiceManager:
    """A socket that receives notifications, as systemd's does."""

    def __init__(self, test, address):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        test.addCleanup(self._socket.close)
        self._socket.bind(address)
        self._socket.settimeout(LONG)
        self.heard = []

    def await_word(self, word):
        """Waits for a line that begins with this word. Skips the lines before it. Returns the line."""
        while True:
            if self.heard:
                line = self.heard.pop(0)
                if line.startswith(word):
                    return line
            else:
                self.heard += self._socket.recv(65536).decode().splitlines()

    def rest(self):
        """Returns the remaining lines, without waiting."""
        self._socket.setblocking(False)
        try:
            while True:
                self.heard += self._socket.recv(65536).decode().splitlines()
        except BlockingIOError:
            return self.heard


class KeepingManager(ServiceManager):
    """A service manager that also keeps descriptors (FDSTORE), as systemd does with FileDescriptorStoreMax=. It passes
    them to the next process, as sd_listen_fds(3) describes."""

    FIRST = 3  # the first descriptor that is passed to a process

    def __init__(self, test, address):
        super().__init__(test, address)
        self._address = address
        self.kept = []  # pairs of a name and a descriptor
        test.addCleanup(self.forget_all)

    def forget_all(self):
        for _name, descriptor in self.kept:
            os.close(descriptor)
        self.kept.clear()

    def collect(self):
        """Reads the notifications and the descriptors that have arrived, without waiting."""
        self._socket.setblocking(False)
        while True:
            try:
                said, descriptors, _flags, _address = socket.recv_fds(self._socket, 65536, 8)
            except BlockingIOError:
                return
            words = dict(line.split("=", 1) for line in said.decode().splitlines())
            self.heard += said.decode().splitlines()
            if "FDSTORE" in words:
                self.kept += [(words["FDNAME"], self._beyond(descriptor)) for descriptor in descriptors]
            elif "FDSTOREREMOVE" in words:
                for name, descriptor in [each for each in self.kept if each[0] == words["FDNAME"]]:
                    os.close(descriptor)
                    self.kept.remove((name, descriptor))

    @staticmethod
    def _beyond(descriptor):
        """Gives a descriptor a number of at least 100, which start() does not use for the new process."""
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100)
        os.close(descriptor)
        return moved

    def start(self, words, **options):
        """Starts a process that receives the kept descriptors."""
        self.collect()
        descriptors = [descriptor for _name, descriptor in self.kept]
        moves = " ".join(f"{self.FIRST + place}<&{descriptor} {descriptor}<&-"
                         for place, descriptor in enumerate(descriptors))
        listen = {"LISTEN_FDS": str(len(descriptors)), "LISTEN_FDNAMES": ":".join(name for name, _fd in self.kept)}
        return subprocess.Popen(
            ["bash", "-c", f'export LISTEN_PID=$$; exec "$@" {moves}', "bash", *words], pass_fds=descriptors,
            env={**os.environ, "NOTIFY_SOCKET": self._address.replace("\0", "@"), **(listen if descriptors else {})},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
