# SPDX-License-Identifier: GPL-2.0-or-later
"""A program that uses every public name. module_test.py checks the program with mypy; it is never run."""

import datetime
import os
import pathlib
from typing import List, Optional, Union

import nflogcap
import nflogcap.scapy

HAS: int = nflogcap.HAS_MARK | nflogcap.HAS_TIMESTAMP | nflogcap.HAS_VLAN


def packet(given: nflogcap.Packet) -> None:
    number: int = given.present & HAS
    optional_number: Optional[int] = given.mark
    text: Optional[str] = given.prefix or given.source or given.indev_name
    optional_bytes: Optional[bytes] = given.hw_address or given.attribute(3)
    numbers: Optional[List[int]] = given.vlan_ids
    whole: bytes = given.payload + given.frame()
    when: float = given.timestamp
    moment: datetime.datetime = given.datetime
    family: Union[nflogcap.Family, int] = given.family
    hook: Union[nflogcap.Hook, int] = given.hook
    fields: nflogcap.Has = given.present & nflogcap.Has.MARK
    shown: str = str(given) + given.to_json() + given.to_json(payload=False) + given.hexdump()
    mark: object = given.asdict()["mark"]
    if given.conntrack is not None:
        connection(given.conntrack)
    print(moment, family, hook, fields, nflogcap.Delivery.BATCHED)
    print(number, optional_number, text, optional_bytes, numbers, whole, when, shown, mark)


def connection(given: nflogcap.Conntrack) -> None:
    words: Optional[str] = given.state or given.direction or given.protocol_state_name
    number: Optional[int] = given.id or given.zone or given.mark or given.status or given.timeout
    tuples: List[Optional[nflogcap.ConntrackTuple]] = [given.original, given.reply]
    for each in tuples:
        if each is not None:
            address: Optional[str] = each.source or each.destination
            port: Optional[int] = each.source_port or each.icmp_id or each.packets
            print(words, number, address, port)


def stats(given: nflogcap.Stats) -> int:
    return given.received + given.lost + given.socket_buffer


def batch(given: nflogcap.Batch) -> None:
    first: nflogcap.Packet = given[0]
    some: List[nflogcap.Packet] = given[1:3]
    lengths: List[int] = [len(payload) for payload in given.payloads()]
    marks = given.to_numpy()["mark"]
    uids: List[Optional[int]] = given.column("uid")
    print(len(given), first, some, lengths, marks, uids)
    for each in given:
        packet(each)


def capture() -> None:
    with nflogcap.open(
        [5, 6],
        snaplen=96,
        delivery=nflogcap.BATCHED if os.getpid() else "adaptive",
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
        tap_priority="raw",
        tap_prefix="web: ",
        tap_limit="10/second",
        tap_sample=100,
    ) as opened:
        opened.add_group(7)
        opened.remove_group(7)
        opened.add_tap("udp", hook="input", tap_prefix="dns: ", tap_sample=2)
        opened.add_tap("tcp", tap_priority="filter - 1", tap_limit="1/minute burst 2 packets")
        opened.remove_tap("udp", hook="input")
        opened.remove_tap("tcp")
        opened.remove_taps()
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
        for together in opened.batches():
            batch(together)
        stats(opened.stats)
        stats(opened.group_stats(5))
        state: bool = opened.closed or opened.ended
        descriptor: int = opened.fileno()
        group: Optional[int] = opened.tap_group
        groups: List[int] = opened.groups
        print(state, descriptor, group, groups)
        opened.wakeup()
        opened.stop()
        opened.take_over()
    opened.close()


def handed_over(given: nflogcap.Capture) -> None:
    descriptors: List[int] = given.descriptors()
    seq: int = given.expected(5)
    given.expect(5, seq + 1)
    given.hand_over()
    with nflogcap.adopt(descriptors, groups=[5], snaplen=96, tap="udp") as adopted:
        stats(adopted.stats)
    nflogcap.adopt((descriptor for descriptor in descriptors)).close()


def savefile(given: nflogcap.Packet) -> None:
    packet(nflogcap.parse_packet(b"record", timestamp_ns=1))
    with nflogcap.dump_open(b"x.pcap") as dump, nflogcap.dump_open(
        pathlib.Path("y"),
        link_type="raw" if given.mark else nflogcap.LINKTYPE_ETHERNET,
        format="pcapng" if given.mark else None,
        compression="zstd" if given.mark else None,
    ) as other:
        is_written: bool = dump.write(given)
        dump.flush()
        dump.take_over()
        length: int = dump.position
        length = dump.written + dump.skipped
        state: bool = dump.closed
        both: List[nflogcap.Dump] = [dump, other]
        print(length, is_written, state, both)
    dump.close()
    nflogcap.open(savefile=pathlib.Path("x.pcap")).close()


async def asynchronous(given: nflogcap.Capture) -> None:
    one: Optional[nflogcap.Packet] = await given.next_async(timeout=1.5)
    many: Optional[nflogcap.Batch] = await given.read_batch_async(1)
    async with given:
        async for each in given:
            packet(each)
        async for together in given.batches():
            batch(together)
    packet(next(given))
    print(one, many)


def scapy() -> None:
    nflogcap.scapy.install_nflog_listener(queues=[5], snaplen=96)
    socket = nflogcap.scapy.NFLOGListenSocket(queues=5)
    stats(socket.stats)
    socket.close()
