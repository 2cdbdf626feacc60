# SPDX-License-Identifier: GPL-2.0-or-later
"""The readers: the command of each, and how its packets are counted."""

import contextlib
import mmap
import pathlib
import re
import shutil
import struct
import tempfile
from typing import Callable, NamedTuple, Optional

from languages import interpreter
from process import Unsupported
from traffic import GROUP

HERE = pathlib.Path(__file__).resolve().parent / "readers"
DEBIANS_PYTHON = "/usr/bin/python3"

# The longest time, in seconds, for which the kernel gathers packets. SHORT is nflogcap's setting; LONG is the kernel's
# default.
SHORT, LONG = 0.01, 1.0


class Absent(Exception):
    """A program that this reader needs is not installed, or was not built because a library is
    missing.
    """


class Reader(NamedTuple):
    key: str
    title: str
    # A function that gets the build directory and a directory for files. It returns the command.
    command: Callable
    gathers: float = SHORT
    # Only for programs of other projects: a function that gets the standard error and the directory. It returns the
    # number of packets. If the program also counts losses, it returns a dict of `received` and `lost`.
    count: Optional[Callable] = None
    exact: bool = False  # the loss that the reader reports must be equal to the number of missing packets
    once: bool = False  # the reader receives a packet once, even if several rules log it


def program(name, *arguments):
    """Returns the command of a reader in C."""

    def command(build, _):
        path = build / "bench/live" / f"read_{name}"
        if not path.exists():
            raise Absent(f"{path.name} was not built")
        return [str(path), *arguments]

    return command


def script(language, name, *arguments):
    """Returns the command of a script, with the interpreter for which the module was built."""

    def command(build, _):
        runs = interpreter(build, language)
        if runs is None:
            raise Unsupported(f"the module for {language} was not built")
        return [runs, str(HERE / name), *arguments]

    return command


def scapys_own(_build, _directory):
    if not pathlib.Path(DEBIANS_PYTHON).exists():
        raise Absent(f"{DEBIANS_PYTHON} is not installed")
    return [DEBIANS_PYTHON, str(HERE / "listener.py"), "packet"]


def installed(name):
    path = shutil.which(name)
    if path is None:
        raise Absent(f"{name} is not installed")
    return path


def tcpdump(_build, _directory):
    path = installed("tcpdump")
    # As root, tcpdump always sets its groups, even if -Z names root. This may be forbidden in the namespace.
    if pathlib.Path("/proc/self/setgroups").read_text().strip() == "deny":
        raise Unsupported("it does not run as root of a user namespace that has no other user")
    return [path, "-Z", "root", "-i", f"nflog:{GROUP}", "-w", "/dev/null"]


def command(*arguments, output=None):
    """Returns the command nflogcap, with its output written to a file."""

    def command_of(build, _):
        path = build / "tools/nflogcap"
        if not path.exists():
            raise Absent("the command nflogcap was not built")
        line = [str(path), "-g", str(GROUP), *arguments]
        return line if output is None else ["sh", "-c", f'exec "$@" >{output}', "sh", *line]

    return command_of


def count_of_command(words, _directory):
    received, lost = re.search(r"(\d+) received, \d+ filtered, (\d+) lost", words).groups()
    return {"received": int(received), "lost": int(lost)}


def count_of_tcpdump(words, _directory):
    return int(re.search(r"(\d+) packets? captured", words).group(1))


ULOGD_CONFIGURATION = """\
[global]
logfile="{directory}/log"
{plugins}
stack=log1:NFLOG,base1:BASE,pcap1:PCAP
[log1]
group={group}
[pcap1]
file="{directory}/packets"
sync=0
"""


def ulogd(_build, directory):
    # ulogd is not installed with the other programs, because Debian would start it as a daemon on group 0. It can be
    # unpacked to another directory. Therefore its plugins are searched for in the same tree.
    path = shutil.which("ulogd")
    if path is None:
        raise Unsupported("PATH has no ulogd")
    plugins = []
    for name in ("inppkt_NFLOG", "raw2packet_BASE", "output_PCAP"):
        found = list(pathlib.Path(path).parent.parent.glob(f"lib/*/ulogd/ulogd_{name}.so"))
        if not found:
            raise Unsupported(f"ulogd has no plugin {name}")  # Debian has some plugins in separate packages
        plugins.append(f'plugin="{found[0]}"')
    configuration = pathlib.Path(directory) / "ulogd.conf"
    configuration.write_text(
        ULOGD_CONFIGURATION.format(directory=directory, plugins="\n".join(plugins), group=GROUP)
    )
    return [path, "-c", str(configuration)]


def count_of_ulogd(_words, directory):
    """Returns the number of records in the pcap file that the reader wrote."""
    file_header, record_header = 24, struct.Struct("=IIII")
    with open(f"{directory}/packets", "rb") as file:
        with contextlib.closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as records:
            count, at = 0, file_header
            while at < len(records):
                at += record_header.size + record_header.unpack_from(records, at)[2]
                count += 1
            return count


def directory_for_files():
    """Creates a directory, in memory if possible, and removes it at the end."""
    in_memory = pathlib.Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None)


LIMIT = "bare"

READERS = {
    reader.key: reader
    for reader in (
        Reader(LIMIT, "bare `recv()`: the limit", program("bare", "1")),
        Reader("walk", "`recv()` and a walk over the attributes", program("bare", "1", "walk")),
        Reader("bare-0", "bare `recv()`, timeout 0", program("bare", "0")),
        Reader("c", "nflogcap: C, `next`", program("nflogcap", "next", "0"), exact=True),
        Reader(
            "c-batch", "nflogcap: C, `next_batch`", program("nflogcap", "batch", "0"), exact=True
        ),
        Reader(
            "c-immediate", "nflogcap: C, immediate", program("nflogcap", "next", "1"), exact=True
        ),
        Reader("c-adaptive", "nflogcap: C, adaptive", program("nflogcap", "next", "2"), exact=True),
        Reader("python", "nflogcap: Python, `for`", script("python", "loop.py", "for"), exact=True),
        Reader(
            "python-payloads",
            "nflogcap: Python, `payloads()`",
            script("python", "loop.py", "payloads"),
            exact=True,
        ),
        Reader("lua", "nflogcap: Lua", script("lua", "loop.lua"), exact=True),
        Reader("ruby", "nflogcap: Ruby", script("ruby", "loop.rb"), exact=True),
        Reader("perl", "nflogcap: Perl", script("perl", "loop.pl"), exact=True),
        Reader(
            "command",
            "nflogcap: `nflogcap -w /dev/null`",
            command("-w", "/dev/null"),
            count=count_of_command,
            exact=True,
        ),
        Reader(
            "command-json",
            "nflogcap: `nflogcap --json > /dev/null`",
            command("--json", output="/dev/null"),
            count=count_of_command,
            exact=True,
        ),
        Reader("scapy", "nflogcap: scapy", script("python", "listener.py", "nflog"), exact=True),
        Reader("ctypes", "nflogcap: nflog_ctypes", script("python", "generator.py")),
        Reader("lnl", "libnetfilter_log", program("netfilter_log", "defaults"), LONG),
        Reader("lnl-tuned", "libnetfilter_log, tuned", program("netfilter_log", "tuned")),
        Reader("pcap", "libpcap", program("pcap", "normal"), LONG),
        Reader("pcap-immediate", "libpcap, immediate", program("pcap", "immediate"), LONG),
        Reader("tcpdump", "tcpdump", tcpdump, LONG, count_of_tcpdump),
        Reader("ulogd", "ulogd2, to a pcap file", ulogd, LONG, count_of_ulogd),
        Reader("scapy-packet", "scapy over AF_PACKET", scapys_own, once=True),
    )
}
