# SPDX-License-Identifier: GPL-2.0-or-later
"""The C ABI from the header alone, by dlopen: ctypes_consumer.py LIBRARY, in a namespace of its own.

The structs and functions are declared as a reader of nflogcap.h would declare them.
"""

import ctypes
import errno
import os
import socket
import subprocess
import sys
import tempfile
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p
from ctypes import c_int64, c_uint8, c_uint16, c_uint32, c_uint64

PORT = 7005
GROUP = 5
ERROR_SIZE = 1024
PREFIX = b"by ctypes"
UDP = 17

HAS_MARK = 1 << 2
HAS_TIMESTAMP = 1 << 3
HAS_INDEV = 1 << 4
HAS_OUTDEV = 1 << 5
HAS_PAYLOAD = 1 << 9
HAS_PREFIX = 1 << 10
HAS_UID = 1 << 11
HAS_SEQ = 1 << 12


class Packet(ctypes.Structure):
    _fields_ = [
        ("present", c_uint64),
        ("payload", POINTER(c_uint8)),
        ("payload_length", c_uint32),
        ("wire_length", c_uint32),
        ("timestamp_ns", c_uint64),
        ("lost_before", c_uint64),
        ("group", c_uint16),
        ("family", c_uint8),
        ("hook", c_uint8),
        ("hw_protocol", c_uint16),
        ("hw_type", c_uint16),
        ("mark", c_uint32),
        ("indev", c_uint32),
        ("outdev", c_uint32),
        ("physindev", c_uint32),
        ("physoutdev", c_uint32),
        ("uid", c_uint32),
        ("gid", c_uint32),
        ("seq", c_uint32),
        ("seq_global", c_uint32),
        ("ct_info", c_uint32),
        ("prefix", c_char_p),
        ("hw_address", POINTER(c_uint8)),
        ("hw_header", POINTER(c_uint8)),
        ("l2_header", POINTER(c_uint8)),
        ("ct", POINTER(c_uint8)),
        ("message", POINTER(c_uint8)),
        ("ct_length", c_uint32),
        ("message_length", c_uint32),
        ("hw_address_length", c_uint16),
        ("hw_header_length", c_uint16),
        ("l2_header_length", c_uint16),
        ("vlan_tci", c_uint16),
        ("vlan_protocol", c_uint16),
        ("reserved", c_uint16 * 3),
    ]


class Stats(ctypes.Structure):
    _fields_ = [
        ("received", c_uint64),
        ("delivered", c_uint64),
        ("filtered", c_uint64),
        ("lost", c_uint64),
        ("dropped_batches", c_uint64),
        ("unaccounted_batches", c_uint64),
        ("truncated", c_uint64),
        ("malformed", c_uint64),
        ("batches", c_uint64),
        ("bytes", c_uint64),
        ("socket_buffer", c_uint64),
        ("socket_buffer_used", c_uint64),
        ("delivery", c_uint32),
        ("reserved", c_uint32),
    ]


def load(path):
    library = ctypes.CDLL(path)

    def declare(name, result, *arguments):
        function = getattr(library, "nflogcap_" + name)
        function.restype = result
        function.argtypes = arguments

    declare("new", c_int, POINTER(c_void_p))
    declare("add_group", c_int, c_void_p, c_uint16)
    declare("set_snaplen", c_int, c_void_p, c_uint32)
    declare("start", c_int, c_void_p)
    declare("stop", c_int, c_void_p)
    declare("next", c_int, c_void_p, POINTER(POINTER(Packet)), c_int)
    declare("get_stats", c_int, c_void_p, POINTER(Stats), c_size_t)
    declare("error", c_char_p, c_void_p)
    declare("close", None, c_void_p)
    declare("packet_clone", POINTER(Packet), POINTER(Packet))
    declare("packet_free", None, POINTER(Packet))
    declare("packet_attribute", c_void_p, POINTER(Packet), c_uint16, POINTER(c_size_t))
    declare("packet_frame", c_int, POINTER(Packet), POINTER(c_uint8), c_size_t)
    declare("set_savefile", c_int, c_void_p, c_char_p)
    declare("dump_open", c_int, POINTER(c_void_p), c_char_p, c_char_p, c_size_t)
    declare("dump_packet", c_int, c_void_p, POINTER(Packet))
    declare("dump_flush", c_int, c_void_p)
    declare("dump_position", c_int64, c_void_p)
    declare("dump_error", c_char_p, c_void_p)
    declare("dump_close", c_int, c_void_p)
    declare("version_number", c_uint32)
    return library


def add_rules():
    rules = f"""
        table inet t {{
            chain out {{
                type filter hook output priority 0
                udp dport {PORT} meta mark set 0x1234 log group {GROUP}
            }}
            chain in {{
                type filter hook prerouting priority 0
                udp dport {PORT} log prefix "{PREFIX.decode()}" group {GROUP} drop
            }}
        }}"""
    # A preloaded sanitizer is only for this program.
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    subprocess.run(["nft", rules], check=True, env=environment)


def send(family, address, text):
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.sendto(text, (address, PORT))


def next_clone(library, capture):
    borrowed = POINTER(Packet)()
    got = library.nflogcap_next(capture, byref(borrowed), 2000)
    assert got == 1, (got, library.nflogcap_error(capture))
    return library.nflogcap_packet_clone(borrowed)


def frame_of(library, packet):
    length = library.nflogcap_packet_frame(packet, None, 0)
    buffer = (c_uint8 * length)()
    assert library.nflogcap_packet_frame(packet, buffer, length) == length
    return bytes(buffer)


def check_output(packet, family, lo):
    assert packet.group == GROUP and packet.family == family and packet.hook == 3
    assert packet.outdev == lo and packet.present & HAS_OUTDEV
    assert packet.indev == 0 and not packet.present & HAS_INDEV
    assert packet.uid == os.getuid() and packet.present & HAS_UID
    assert packet.gid == os.getgid()
    assert packet.mark == 0x1234 and packet.present & HAS_MARK
    assert packet.prefix == b"" and packet.present & HAS_PREFIX
    assert not packet.present & HAS_TIMESTAMP
    assert abs(packet.timestamp_ns / 1e9 - time.time()) < 60


def check_prerouting(library, pointer, family, lo):
    packet = pointer.contents
    assert packet.group == GROUP and packet.family == family and packet.hook == 0
    assert packet.indev == lo and packet.present & HAS_INDEV
    assert packet.outdev == 0 and not packet.present & HAS_OUTDEV
    assert packet.uid == 0 and not packet.present & HAS_UID
    assert packet.prefix == PREFIX and packet.present & HAS_PREFIX
    assert packet.present & HAS_TIMESTAMP
    assert abs(packet.timestamp_ns / 1e9 - time.time()) < 60
    assert packet.hw_type == 772
    header = ctypes.string_at(packet.hw_header, packet.hw_header_length)
    payload = ctypes.string_at(packet.payload, packet.payload_length)
    assert frame_of(library, pointer) == header + payload

    length = c_size_t()
    nfula_prefix = 10
    found = library.nflogcap_packet_attribute(pointer, nfula_prefix, byref(length))
    assert ctypes.string_at(found, length.value) == PREFIX + b"\0"
    assert library.nflogcap_packet_attribute(pointer, 300, byref(length)) is None


def check_payload(packet, headers, text):
    assert packet.present & HAS_PAYLOAD and packet.present & HAS_SEQ
    payload = ctypes.string_at(packet.payload, packet.payload_length)
    assert len(payload) == packet.wire_length == headers + 8 + len(text)
    assert payload[headers + 8:] == text
    protocol_at = 9 if headers == 20 else 6
    assert payload[protocol_at] == UDP
    assert packet.hw_protocol == (0x0800 if headers == 20 else 0x86DD)
    assert packet.lost_before == 0
    assert list(packet.reserved) == [0, 0, 0]


def check_savefile(library, packets):
    with tempfile.NamedTemporaryFile() as file:
        path = file.name.encode()
        dump = c_void_p()
        error = ctypes.create_string_buffer(ERROR_SIZE)
        missing = library.nflogcap_dump_open(byref(dump), b"/no/such/directory/x", None, 0, error, len(error))
        assert missing == -errno.ENOENT and b"/no/such/directory/x" in error.value
        assert library.nflogcap_dump_open(byref(dump), path, None, 0, None, 0) == 0
        for packet in packets:
            assert library.nflogcap_dump_packet(dump, packet) == 0
        assert library.nflogcap_dump_flush(dump) == 0
        assert library.nflogcap_dump_position(dump) == os.stat(path).st_size
        assert library.nflogcap_dump_error(dump) == b""
        assert library.nflogcap_dump_close(dump) == 0
        capture = c_void_p()
        assert library.nflogcap_new(byref(capture)) == 0
        assert library.nflogcap_set_savefile(capture, path) == 0
        assert library.nflogcap_start(capture) == 0, library.nflogcap_error(capture)
        for packet in packets:
            read = next_clone(library, capture)
            assert bytes_of(read) == bytes_of(packet)
            library.nflogcap_packet_free(read)
        library.nflogcap_close(capture)


def bytes_of(packet):
    return ctypes.string_at(packet.contents.message, packet.contents.message_length)


def main():
    library = load(sys.argv[1])
    assert library.nflogcap_version_number() >= 0x010000
    capture = c_void_p()
    assert library.nflogcap_new(byref(capture)) == 0
    assert library.nflogcap_set_snaplen(capture, 65532) == -errno.ERANGE
    assert b"snaplen" in library.nflogcap_error(capture)
    assert library.nflogcap_add_group(capture, GROUP) == 0
    add_rules()
    assert library.nflogcap_start(capture) == 0, library.nflogcap_error(capture)

    send(socket.AF_INET, "127.0.0.1", b"over IPv4")
    send(socket.AF_INET6, "::1", b"over IPv6")
    packets = [next_clone(library, capture) for _ in range(4)]
    assert library.nflogcap_stop(capture) == 0
    assert library.nflogcap_next(capture, byref(POINTER(Packet)()), -1) == -errno.ENODATA
    stats = Stats()
    assert library.nflogcap_get_stats(capture, byref(stats), ctypes.sizeof(stats)) == 0
    assert (stats.received, stats.delivered, stats.lost, stats.malformed) == (4, 4, 0, 0)
    assert stats.batches > 0 and stats.bytes > 0 and stats.socket_buffer > 0
    library.nflogcap_close(capture)

    lo = socket.if_nametoindex("lo")
    assert [packet.contents.seq for packet in packets] == [0, 1, 2, 3]
    for first, family, headers, text in ((0, 2, 20, b"over IPv4"), (2, 10, 40, b"over IPv6")):
        check_output(packets[first].contents, family, lo)
        check_prerouting(library, packets[first + 1], family, lo)
        for packet in packets[first:first + 2]:
            check_payload(packet.contents, headers, text)
    check_savefile(library, packets)
    for packet in packets:
        library.nflogcap_packet_free(packet)
    print("4 packets captured, IPv4 and IPv6")


main()
