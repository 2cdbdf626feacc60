# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes spools in the format of nflogcap, without a capture."""

import pathlib
import struct
import time

_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _TABLE.append(_byte)

HEAD = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 239)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Spool:
    """A spool to which a test adds chunks."""

    def __init__(self, directory, identity="0123456789abcdef"):
        self.path = pathlib.Path(directory)
        self.path.mkdir()
        self.identity = identity
        (self.path / "spool").write_text(f"nflogcap-spool 1\nidentity={identity}\n")
        self._numbers = {}
        self._totals = {}
        self._segment = 0
        self._session = time.time_ns()
        self.begin_segment()

    def begin_segment(self):
        self._segment += 1
        self.data = self.path / f"{self._segment:020}.pcap"
        self.index = self.path / f"{self._segment:020}.index"
        self.data.write_bytes(HEAD)
        self.index.write_bytes(b"")

    def remove_segment(self, number):
        for suffix in ("pcap", "index"):
            (self.path / f"{number:020}.{suffix}").unlink()

    def add(self, group=5, packets=1, size=40, lost=0, interfaces=""):
        """Adds a chunk. Returns its number and its records."""
        number = self._numbers[group] = self._numbers.get(group, 0) + 1
        total = self._totals[group] = self._totals.get(group, 0) + packets
        records = b"".join(
            struct.pack("<IIII", 1, 2, size, size) + f"{group}/{number}/{i} ".encode().ljust(size, b".")
            for i in range(packets))
        offset = self.data.stat().st_size
        line = (f"chunk={number} group={group} offset={offset} length={len(records)} "
                f"checksum={crc32c(records):08x} packets={packets} total={total} lost={lost} "
                f"filtered=0 dropped=0 session={self._session} time={time.time_ns()} end=0")
        if interfaces:
            line += f" interfaces={interfaces}"
        line += f" line={crc32c(line.encode()):08x}\n"
        with open(self.data, "ab") as data:
            data.write(records)
        with open(self.index, "ab") as index:
            index.write(line.encode())
        return number, records

    def acknowledged(self):
        """Returns the number of the last acknowledged chunk of each group."""
        try:
            text = (self.path / "acked").read_text()
        except FileNotFoundError:
            return {}
        words = (dict(word.split("=") for word in line.split()) for line in text.splitlines())
        return {int(word["group"]): int(word["chunk"]) for word in words}

    def trouble(self):
        try:
            return (self.path / "trouble").read_text()
        except FileNotFoundError:
            return ""
