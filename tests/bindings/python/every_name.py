# SPDX-License-Identifier: GPL-2.0-or-later
"""Uses every public name, as a type checker sees them; it is checked, and never run."""

import os
import pathlib
from typing import List, Optional

import nflogcap
import nflogcap.scapy

HAS = (
    nflogcap.HAS_MARK
    | nflogcap.HAS_TIMESTAMP
    | nflogcap.HAS_INDEV
    | nflogcap.HAS_OUTDEV
    | nflogcap.HAS_PHYSINDEV
    | nflogcap.HAS_PHYSOUTDEV
    | nflogcap.HAS_HW_ADDRESS
    | nflogcap.HAS_PAYLOAD
    | nflogcap.HAS_PREFIX
    | nflogcap.HAS_UID
    | nflogcap.HAS_SEQ
    | nflogcap.HAS_SEQ_GLOBAL
    | nflogcap.HAS_GID
    | nflogcap.HAS_HW_TYPE
    | nflogcap.HAS_HW_HEADER
    | nflogcap.HAS_CT
    | nflogcap.HAS_CT_INFO
    | nflogcap.HAS_VLAN
    | nflogcap.HAS_L2_HEADER
)


def packet(given: nflogcap.Packet) -> None:
    numbers: List[int] = [
        given.present & HAS,
        given.wire_length,
        given.timestamp_ns,
        given.lost_before,
        given.group,
        given.family,
        given.hook,
        given.hw_protocol,
    ]
    optional_numbers: List[Optional[int]] = [
        given.mark,
        given.indev,
        given.outdev,
        given.physindev,
        given.physoutdev,
        given.uid,
        given.gid,
        given.seq,
        given.seq_global,
        given.hw_type,
        given.vlan_tci,
        given.vlan_protocol,
        given.ct_info,
    ]
    texts: List[Optional[str]] = [
        given.prefix,
        given.indev_name,
        given.outdev_name,
        given.physindev_name,
        given.physoutdev_name,
        given.hexdump(),
    ]
    optional_bytes: List[Optional[bytes]] = [
        given.hw_address,
        given.hw_header,
        given.l2_header,
        given.ct,
        given.attribute(3),
    ]
    whole: bytes = given.payload + given.frame()
    when: float = given.timestamp
    print(numbers, optional_numbers, texts, optional_bytes, whole, when)


def stats(given: nflogcap.Stats) -> int:
    return sum(
        (
            given.received,
            given.delivered,
            given.filtered,
            given.lost,
            given.dropped_batches,
            given.unaccounted_batches,
            given.truncated,
            given.malformed,
            given.batches,
            given.bytes,
            given.socket_buffer,
            given.socket_buffer_used,
            given.delivery,
        )
    )


def batch(given: nflogcap.Batch) -> None:
    first: nflogcap.Packet = given[0]
    some: List[nflogcap.Packet] = given[1:3]
    lengths: List[int] = [len(payload) for payload in given.payloads()]
    marks = given.to_numpy()["mark"]
    print(len(given), first, some, lengths, marks)
    for each in given:
        packet(each)


def capture() -> None:
    with nflogcap.open(
        [5, 6],
        snaplen=96,
        delivery=nflogcap.BATCHED if os.getpid() else nflogcap.IMMEDIATE | nflogcap.ADAPTIVE,
        queue_threshold=100,
        flush_timeout=10,
        batch_size=65536,
        socket_buffer=1 << 20,
        conntrack=True,
        netns="/run/netns/blue",
        savefile=None,
        filter="udp port 53",
        tap=["tcp dport 443", "udp"],
        hook="ingress:eth0",
    ) as opened:
        opened.set_filter("tcp")
        opened.set_filter(None)
        one: Optional[nflogcap.Packet] = opened.next(timeout=0.5)
        many: Optional[nflogcap.Batch] = opened.read_batch(1)
        if one is not None:
            packet(one)
        if many is not None:
            batch(many)
        for each in opened:
            packet(each)
        stats(opened.stats)
        stats(opened.group_stats(5))
        state: bool = opened.closed or opened.ended
        descriptor: int = opened.fileno()
        group: Optional[int] = opened.tap_group
        print(state, descriptor, group)
        opened.wakeup()
        opened.stop()
    opened.close()


def savefile(given: nflogcap.Packet) -> None:
    with nflogcap.dump_open(b"x.pcap") as dump, nflogcap.dump_open(pathlib.Path("y")) as other:
        dump.write(given)
        dump.flush()
        length: int = dump.position
        state: bool = dump.closed
        both: List[nflogcap.Dump] = [dump, other]
        print(length, state, both)
    dump.close()
    nflogcap.open(savefile=pathlib.Path("x.pcap")).close()


async def asynchronous(given: nflogcap.Capture) -> None:
    one: Optional[nflogcap.Packet] = await given.next_async(timeout=1.5)
    async for each in given:
        packet(each)
    print(one)


def scapy() -> None:
    nflogcap.scapy.install_nflog_listener(queues=[5], snaplen=96)
    socket = nflogcap.scapy.NFLOGListenSocket(queues=5)
    stats(socket.stats)
    socket.close()
