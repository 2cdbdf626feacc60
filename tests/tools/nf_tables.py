# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls netfilter by netlink: creates tables, chains and rules that nft cannot create or that are too many for it, and
binds NFLOG groups."""

import itertools
import socket
import struct

BATCH_BEGIN, BATCH_END = 16, 17
OF_NF_TABLES = 10 << 8
OF_NFLOG = 4 << 8
CONFIG, BIND = 1, 1
NEW_TABLE, NEW_CHAIN, NEW_RULE = 0, 3, 6
INET, IPV4 = 1, 2
ACCEPT, BREAK, JUMP = 1, -2, -3
NETLINK_NETFILTER = 12
REQUEST, ACK, CREATE, APPEND = 0x1, 0x4, 0x400, 0x800
NESTED = 0x8000


def attribute(kind, value):
    return struct.pack("=HH", len(value) + 4, kind) + value + bytes(-len(value) % 4)


def nest(kind, *attributes):
    return attribute(kind | NESTED, b"".join(attributes))


def text(kind, value):
    return attribute(kind, value + b"\0")


def number(kind, value):
    return attribute(kind, struct.pack("!I", value & 0xffffffff))


def expression(name, *data):
    return nest(1, text(1, name), nest(2, *data))


def log(group, prefix):
    return expression(b"log", attribute(1, struct.pack("!H", group)), text(2, prefix))


def xt_nflog(group, prefix):
    """Returns the target NFLOG as an older iptables-nft adds it, which does not know nftables' log statement."""
    information = struct.pack("=IHHHH64s", 0, group, 0, 0, 0, prefix)
    return expression(b"target", text(1, b"NFLOG"), number(2, 0), attribute(3, information))


def verdict(code, to=None):
    """The expression of a verdict, such as ACCEPT, or JUMP to a chain."""
    chain_name = b"" if to is None else text(2, to)
    return expression(b"immediate", number(1, 0), nest(2, nest(2, number(1, code), chain_name)))


def table(name):
    return NEW_TABLE, text(1, name)


def chain(of, name, *, input_hook=False):
    hook = nest(4, number(1, 1), number(2, 0)) + text(7, b"filter") if input_hook else b""
    return NEW_CHAIN, text(1, of) + text(3, name) + hook


def rule(of, chain, *expressions):
    return NEW_RULE, text(1, of) + text(2, chain) + nest(4, *expressions)


def _message(kind, flags, family, resource, body=b""):
    return struct.pack("=IHHIIBBH", 20 + len(body), kind, REQUEST | flags, 0, 0, family, 0,
                       socket.htons(resource)) + body


def netfilter_socket():
    opened = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    opened.bind((0, 0))
    return opened


def bind_groups(groups, over, at_once=1000):
    """Binds NFLOG groups to the socket 'over'."""
    groups = iter(groups)
    while batch := list(itertools.islice(groups, at_once)):
        over.send(b"".join(_message(OF_NFLOG | CONFIG, 0, 0, group, attribute(1, bytes([BIND])))
                           for group in batch))


def make(commands, family=INET, at_once=600):
    """Sends the commands to the kernel, in batches that fit into the socket's buffer."""
    commands = iter(commands)
    with netfilter_socket() as kernel:
        while batch := list(itertools.islice(commands, at_once)):
            messages = [_message(BATCH_BEGIN, 0, 0, 10)]
            messages += [_message(OF_NF_TABLES | kind, CREATE | APPEND, family, 0, body)
                         for kind, body in batch[:-1]]
            kind, body = batch[-1]
            messages.append(_message(OF_NF_TABLES | kind, CREATE | APPEND | ACK, family, 0, body))
            messages.append(_message(BATCH_END, 0, 0, 10))
            kernel.send(b"".join(messages))
            error = struct.unpack_from("=i", kernel.recv(65536), 16)[0]
            assert error == 0, f"the kernel refused a command: errno {-error}"
