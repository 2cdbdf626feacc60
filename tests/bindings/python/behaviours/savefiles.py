# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests in Python of the behaviours of ../../behaviours.txt: savefiles and their records."""

import gzip
import pathlib
import sys

import nflogcap
from harness import equal, raises, recorded, run


def fields_of(packet):
    names = [name for name in dir(packet) if name[0] != "_" and not name.endswith("_name")]
    values = {name: getattr(packet, name) for name in names}
    return {name: value for name, value in values.items() if not callable(value)}


def test_savefile():
    with recorded(5, 5, 5) as (path, packets):
        with nflogcap.open(savefile=path) as capture:
            again = list(capture)
            equal(capture.ended, True)
        equal([fields_of(packet) for packet in again], [fields_of(packet) for packet in packets])
        equal(again[0].indev_name, None)
        with nflogcap.open(savefile=str(path)) as capture:
            equal(len(capture.read_batch()), 3)
            with raises(EOFError):
                capture.next()


def test_savefile_groups():
    with recorded(5, 6, 5) as (path, _):
        with nflogcap.open(5, savefile=path) as capture:
            equal([packet.group for packet in capture], [5, 5])
            stats = capture.stats
            equal((stats.received, stats.delivered, stats.filtered, stats.lost), (3, 2, 1, 0))
        with nflogcap.open(savefile=path) as capture:
            equal([packet.group for packet in capture], [5, 6, 5])


def test_parse_packet():
    with recorded(5) as (path, (packet,)):
        content = pathlib.Path(path).read_bytes()
        record = content[40:]
        again = nflogcap.parse_packet(record, packet.timestamp_ns)
        equal(fields_of(again), fields_of(packet))
        equal((again.indev_name, again.frame()), (None, packet.frame()))
        equal(nflogcap.parse_packet(record[:-8], 7).timestamp_ns, 7)
        for wrong in (b"", b"no record at all", content):
            with raises(ValueError, "no record of LINKTYPE_NFLOG"):
                nflogcap.parse_packet(wrong, 1)
        with raises(ValueError, "timestamp_ns -1 is out of range"):
            nflogcap.parse_packet(record, -1)
        for wrong in ((5, 1), (None, 1), (record, "1"), (record, None)):
            with raises(TypeError):
                nflogcap.parse_packet(*wrong)


def test_savefile_packed():
    with recorded(5, 5) as (path, _):
        packed = gzip.compress(path.read_bytes())
        path.write_bytes(packed)
        with nflogcap.open(savefile=path) as capture:
            equal([packet.group for packet in capture], [5, 5])
            equal((capture.stats.savefile_read, capture.stats.savefile_size), (len(packed),) * 2)
        path.write_bytes(packed[:-1])
        with nflogcap.open(savefile=path) as capture:
            equal([capture.next().group for _ in range(2)], [5, 5])
            with raises(OSError, str(path), "beyond packet 2", "compressed data is cut off"):
                capture.next()


def test_savefile_damaged():
    with recorded(5, 5) as (path, _):
        path.write_bytes(path.read_bytes()[:-3])
        with nflogcap.open(savefile=path) as capture:
            equal(capture.next().group, 5)
            with raises(OSError, str(path), "beyond packet 1", "truncated"):
                capture.next()
            with raises(EOFError):
                capture.next()


def test_savefile_refused():
    for path, kind, *words in (
        ("/no/such/file", FileNotFoundError, "/no/such/file"),
        ("/dev/null", OSError, "pcap or pcapng"),
        ("", ValueError, "the path is empty"),
        ("nul\0", ValueError, "contains a NUL"),
        (5, TypeError, "int"),
    ):
        with raises(kind, *words):
            nflogcap.open(savefile=path)
    for path, kind, *words in (
        ("/no/such/directory/x", FileNotFoundError, "cannot create", "/no/such/directory/x"),
        ("/dev/full", OSError, "/dev/full", "No space left on device"),
        ("nul\0", ValueError, "contains a NUL"),
        (5, TypeError, "int"),
    ):
        with raises(kind, *words):
            nflogcap.dump_open(path)


# The record of an ARP packet. A file with the link type raw cannot contain it.
ARP = b"\3\0\0\5" b"\x08\0\1\0\x08\6\0\0" b"\x08\0\x09\0\0\1\x08\0"


def test_link_types():
    arp = nflogcap.parse_packet(ARP, 1)
    with recorded(5) as (path, (packet,)):
        for link_type, number, content, is_held in (
            ("nflog", 239, None, True),
            ("raw", 101, packet.payload, False),
            (nflogcap.LINKTYPE_RAW, 101, packet.payload, False),
            ("ethernet", 1, bytes(12) + b"\x08\0" + packet.payload, True),
            (nflogcap.LINKTYPE_ETHERNET, 1, packet.frame(), True),
        ):
            with nflogcap.dump_open(path, link_type=link_type) as dump:
                equal((dump.write(packet), dump.write(arp)), (True, is_held))
                dump.flush()
                equal((dump.written, dump.skipped), (2, 0) if is_held else (1, 1))
            written = path.read_bytes()
            equal(int.from_bytes(written[20:24], sys.byteorder), number)
            if content is not None:
                equal(written[40 : 40 + len(content)], content)
        for wrong, kind, *words in (
            ("frob", ValueError, "link type 'frob' cannot be written", "nflog, raw or ethernet"),
            (147, ValueError, "link type '147'"),
            ("raw\0", ValueError, "contains a NUL"),
            (None, TypeError, "link_type must be an integer"),
            (1.5, TypeError, "link_type must be an integer"),
        ):
            with raises(kind, *words):
                nflogcap.dump_open(path, link_type=wrong)
            equal(path.read_bytes(), written)


def test_formats():
    with recorded(5) as (path, (packet,)):
        by_name = path.with_suffix(".pcapng")
        for to, format, magic in (
            (path, None, 0xA1B23C4D),
            (path, "pcapng", 0x0A0D0D0A),
            (by_name, None, 0x0A0D0D0A),
            (by_name, "pcap", 0xA1B23C4D),
            (path, "PCAPNG", 0x0A0D0D0A),
        ):
            with nflogcap.dump_open(to, format=format) as dump:
                dump.write(packet)
            written = to.read_bytes()
            equal(int.from_bytes(written[:4], sys.byteorder), magic)
            equal(b"\2\0\2\0lo\0\0" in written or b"\0\2\0\2lo\0\0" in written, magic == 0x0A0D0D0A)
            with nflogcap.open(savefile=to) as capture:
                equal(fields_of(capture.next()), fields_of(packet))
        by_name.unlink()
        written = path.read_bytes()
        for wrong, kind, *words in (
            ("pcapn", ValueError, "format must be pcap or pcapng"),
            ("pcap\0", ValueError, "contains a NUL"),
            (2, TypeError, "format must be a str, not 'int'"),
        ):
            with raises(kind, *words):
                nflogcap.dump_open(path, format=wrong)
            equal(path.read_bytes(), written)


def test_compressions():
    gzip, zstd = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
    with recorded(5) as (path, (packet,)):
        plain = path.read_bytes()[:4]
        for extension, compression, magic in (
            ("", None, plain),
            (".gz", None, gzip),
            (".zst", None, zstd),
            ("", "gzip", gzip),
            (".gz", "ZSTD", zstd),
            (".zst", "none", plain),
        ):
            to = path.with_name(path.name + extension)
            with nflogcap.dump_open(to, compression=compression) as dump:
                dump.write(packet)
            equal(to.read_bytes()[: len(magic)], magic)
            with nflogcap.open(savefile=to) as capture:
                equal(fields_of(capture.next()), fields_of(packet))
            if extension:
                to.unlink()
        written = path.read_bytes()
        for wrong, kind, *words in (
            ("gz", ValueError, "compression must be none, gzip or zstd"),
            (1, TypeError, "compression must be a str, not 'int'"),
        ):
            with raises(kind, *words):
                nflogcap.dump_open(path, compression=wrong)
            equal(path.read_bytes(), written)


def test_dump_refused():
    with recorded(5) as (path, packets):
        dump = nflogcap.dump_open(path)
        with raises(TypeError, "packet must be a Packet"):
            dump.write(b"bytes")
        equal(dump.closed, False)
        dump.close()
        dump.close()
        equal(dump.closed, True)
        for use in (lambda: dump.write(packets[0]), dump.flush, lambda: dump.position, lambda: dump.written,
                    lambda: dump.skipped):
            with raises(ValueError, "the savefile is closed"):
                use()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], globals()))
