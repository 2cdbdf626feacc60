# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles that are written: dump_open() creates one."""

import warnings
from typing import NoReturn, Optional, Union

from nflogcap import _nflogcap
from nflogcap._nflogcap import Packet
from nflogcap.options import Path, choice_of, path_of, require_str


def dump_open(
    path: Path,
    *,
    link_type: Union[str, int] = "nflog",
    format: Optional[str] = None,
    compression: Optional[str] = None,
) -> "Dump":
    """Creates a savefile, or empties the one that is there, and returns the Dump.

    path is a str, bytes or os.PathLike; "-" is standard output. Raises OSError if it
    cannot be created.

    link_type is a name, or a number such as LINKTYPE_RAW:
      "nflog"     all that the kernel sent of each packet, which Wireshark and
                  tcpdump print and nflogcap.open(savefile=path) reads
      "raw"       IPv4 and IPv6 packets from their IP headers on
      "ethernet"  the frames of packet.frame(), with addresses of zeros if the
                  packet has no Ethernet header
    Filters of tcpdump and most other programs need "raw" or "ethernet".

    format is "pcap" or "pcapng", both with times in nanoseconds; None is "pcapng" if
    the path ends in ".pcapng" (or ".pcapng.zst"), else "pcap". pcapng has an interface for each device,
    each packet's direction and the number of packets lost before it, with "raw" and
    "ethernet" a comment with its group, mark, uid, gid and prefix, and at the end each
    interface's counters.

    compression is "none", "gzip" or "zstd"; None is "gzip" if the path ends in ".gz",
    "zstd" if it ends in ".zst", else "none". A file that is cut holds all packets up
    to its last whole part; each flush() makes a part, and small ones compress badly.
    """
    dump = _nflogcap.Dump()
    dump.open(
        path_of("path", path),
        choice_of("link_type", link_type),
        None if format is None else require_str("format", format),
        None if compression is None else require_str("compression", compression),
    )
    return Dump(dump)


class Dump:
    """A savefile that is being written, as dump_open() returns it.

    Packets are gathered, up to 64 KiB, until flush(). Where writing fails, OSError
    (a full disk, BrokenPipeError): what was not written yet is kept and written by
    the next call that can, and the file ends with a whole packet. Any number of
    threads may use it at once.

    As a context manager it closes at the end. If it is dropped open it is written
    and closed then, with a ResourceWarning; a signal ends the wait for room in a
    pipe, and what is not written by then is lost. After close() write(), flush(),
    position, written and skipped raise ValueError.
    """

    __slots__ = ("_dump", "__weakref__")

    def __init__(self, dump: _nflogcap.Dump) -> None:
        self._dump = dump

    def write(self, packet: Packet) -> bool:
        """Writes a packet, of any capture, open or closed, as the link type has it.
        Where this fails the packet is not taken. False: it is skipped, because the
        link type cannot hold it."""
        return self._dump.write(packet)

    def flush(self) -> None:
        """Hands what is gathered to the system, for others to read."""
        self._dump.flush()

    def take_over(self) -> None:
        """Takes the savefile from the process that owns it, in a child of os.fork(). In the
        previous owner all calls but close() then raise ChildProcessError."""
        self._dump.take_over()

    def close(self) -> None:
        """Writes what is gathered and closes the file, also where that fails. A second
        time it does nothing."""
        self._dump.close()

    @property
    def position(self) -> int:
        """The length in bytes that the file has with all that was written into it. If
        it is compressed, what is gathered counts with the bytes that it has before."""
        return self._dump.position()

    @property
    def written(self) -> int:
        """How many packets of this process are in the file; the others are gathered."""
        return self._dump.written()

    @property
    def skipped(self) -> int:
        """How many packets write() has skipped in this process."""
        return self._dump.skipped()

    @property
    def closed(self) -> bool:
        """Whether close() was called."""
        return self._dump.closed()

    def __getstate__(self) -> NoReturn:
        raise TypeError("a savefile can be neither copied nor pickled")

    def __enter__(self) -> "Dump":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if not self.closed:
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self)

    def __repr__(self) -> str:
        return f"<nflogcap.Dump: {'closed' if self.closed else 'open'}>"
