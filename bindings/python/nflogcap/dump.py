# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing savefiles: dump_open() creates one."""

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
    """Creates a savefile, or empties an existing one, and returns the Dump.

    path is a str, bytes or os.PathLike; "-" is standard output. Raises OSError if the file cannot be
    created.

    link_type is a name, or a number such as LINKTYPE_RAW:
      "nflog"     everything that the kernel sent for each packet; Wireshark and tcpdump
                  print it, and nflogcap.open(savefile=path) reads it
      "raw"       IPv4 and IPv6 packets from their IP headers on
      "ethernet"  the frames of packet.frame(), with addresses of zeros if a packet has
                  no Ethernet header
    Filters of tcpdump and most other programs need "raw" or "ethernet".

    format is "pcap" or "pcapng", both with times in nanoseconds. The default is "pcapng" if the
    path ends in ".pcapng", ".pcapng.gz" or ".pcapng.zst", else "pcap". pcapng also has an
    interface for each device, each packet's direction, the number of packets lost before it,
    and at the end of the file counters for each interface. With "raw" and "ethernet" each
    packet has a comment with its group, mark, uid, gid and prefix.

    compression is "none", "gzip" or "zstd". The default is "gzip" if the path ends in ".gz",
    "zstd" if it ends in ".zst", else "none". A compressed file consists of parts, and each
    flush() makes a part. If the file is cut, the packets in its complete parts can be read.
    Small parts compress badly.
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

    Packets are gathered, up to 64 KiB, until flush(). If writing fails, it raises OSError (a
    full disk, BrokenPipeError); packets that were not written are kept, the next call that
    succeeds writes them, and the file ends with a complete packet. Any number of threads may
    use a Dump at once.

    As a context manager it closes at the end. If it is garbage-collected while open, it is
    written and closed, with a ResourceWarning; a signal ends the wait for room in a pipe, and
    packets not written by then are lost. After close(), write(), flush(), position, written and
    skipped raise ValueError.
    """

    __slots__ = ("_dump", "__weakref__")

    def __init__(self, dump: _nflogcap.Dump) -> None:
        self._dump = dump

    def write(self, packet: Packet) -> bool:
        """Writes a packet of any capture, open or closed, in the form of the link type. Returns
        False if the packet is skipped because the link type cannot represent it. If this fails,
        the packet is not accepted."""
        return self._dump.write(packet)

    def flush(self) -> None:
        """Writes the gathered packets to the file, so that others can read them."""
        self._dump.flush()

    def take_over(self) -> None:
        """Takes the savefile from the process that owns it, in a child of os.fork(). In the
        previous owner all methods except close() then raise ChildProcessError."""
        self._dump.take_over()

    def close(self) -> None:
        """Writes the gathered packets and closes the file, also if writing fails. Closing twice
        is harmless."""
        self._dump.close()

    @property
    def position(self) -> int:
        """The length of the file in bytes, including the gathered packets. In a compressed
        file, gathered packets count with their uncompressed size."""
        return self._dump.position()

    @property
    def written(self) -> int:
        """How many packets of this process are in the file; other accepted packets are still
        gathered."""
        return self._dump.written()

    @property
    def skipped(self) -> int:
        """How many packets write() has skipped in this process."""
        return self._dump.skipped()

    @property
    def closed(self) -> bool:
        """True if close() was called."""
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
