# SPDX-License-Identifier: GPL-2.0-or-later
"""Constructs messages in the format of nflogcap-ship, and the savefiles in them."""

import re
import struct
import time

SPOOL = "0123456789abcdef"
LINKTYPE_NFLOG = 239


def head(order="=", snaplen=262144):
    return struct.pack(order + "IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, snaplen, LINKTYPE_NFLOG)


def attribute(kind, content):
    length = 4 + len(content)
    return struct.pack("=HH", length, kind) + content + bytes(-length % 4)


def nflog(payload, prefix=b"test: ", group=5):
    """Returns the content of a record: the header of NFLOG, a prefix and a packet."""
    return (struct.pack(">BBH", 2, 0, group) + attribute(1, struct.pack(">HBB", 0x0800, 1, 0)) +
            attribute(10, prefix + b"\0") + attribute(9, payload))


def udp(content=b"x", port=4242):
    """Returns an IPv4 packet with a UDP datagram."""
    length = 8 + len(content)
    return (struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, 17, 0, bytes((192, 0, 2, 1)),
                        bytes((192, 0, 2, 2))) + struct.pack(">HHHH", 1024, port, length, 0) + content)


def content_of(nflog_record):
    """Returns the content of a packet of udp(). The packet is the last attribute of the record."""
    packet = nflog_record[nflog_record.index(bytes((192, 0, 2, 1, 192, 0, 2, 2))) - 12:]
    return packet[28:int.from_bytes(packet[2:4], "big")]


def record(content, nanoseconds=1_000_000_000, order="="):
    return struct.pack(order + "IIII", nanoseconds // 10**9, nanoseconds % 10**9, len(content), len(content)) + content


def token(host):
    return re.sub(rb"[^!-~]|[.*>/\\%]", lambda byte: b"%%%02X" % ord(byte[0]), host.encode()).decode()


def subject(host, group=5):
    return f"nflog.pcap.{token(host)}.g{group}"


def headers(host, number, packets, total, group=5, spool=SPOOL, version=1, **account):
    words = {"packets": packets, "total": total, "lost": 0, "filtered": 0, "dropped": 0, "session": 1,
             "time": time.time_ns(), "end": 0, **account}
    return {
        "Nats-Msg-Id": f"{token(host)}/{spool}/g{group}/{number}",
        "Nflogcap-Version": str(version),
        "Nflogcap-Spool": spool,
        "Nflogcap-Chunk": str(number),
        "Nflogcap-Account": " ".join(f"{key}={value}" for key, value in words.items()),
    }


class Host:
    """Sends messages of one group of a host, and keeps its counts."""

    def __init__(self, client, name, group=5, spool=SPOOL, order="="):
        self.client, self.name, self.group, self.spool, self.order = client, name, group, spool, order
        self.number = self.total = 0

    def send(self, *contents, skip=0, **account):
        """Sends a chunk of packets with these payloads. Returns the broker's answer. `skip` is the number of chunks
        that are left out before this chunk. Each of them would have one packet."""
        self.number += 1 + skip
        self.total += len(contents) + skip
        records = b"".join(record(nflog(udp(content), group=self.group), order=self.order) for content in contents)
        return self.client.request(
            subject(self.name, self.group), head(self.order) + records if contents else b"",
            headers(self.name, self.number, len(contents), self.total, self.group, self.spool, **account))
