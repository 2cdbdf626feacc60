# SPDX-License-Identifier: GPL-2.0-or-later
"""The scenarios: the readers, and the traffic of each."""

from typing import NamedTuple, Tuple

from catalogue import LIMIT, READERS

LATENCY_READERS = (
    LIMIT,
    "bare-0",
    "c",
    "c-immediate",
    "c-adaptive",
    "lnl",
    "pcap",
    "pcap-immediate",
)
CPU_READERS = tuple(key for key in READERS if key not in ("bare-0", "pcap-immediate"))
SWEEP_READERS = (
    LIMIT,
    "c",
    "c-immediate",
    "c-adaptive",
    "python",
    "lnl",
    "lnl-tuned",
    "pcap",
    "ulogd",
)
SWEEP_RATES = (1000, 5000, 20000, 100000, 300000, 0)
SWEEP_SECONDS = 1.5
SWEEP_PACKETS_AT_FULL_RATE = 400000


class Load(NamedTuple):
    """The traffic of a run."""

    title: str
    packets: int  # sent
    brief: int  # sent in a test
    size: int = 64  # bytes of UDP payload
    rate: int = 0  # per second; 0: full speed
    rules: int = 1  # the number of rules that log each packet
    ages: bool = False  # also measure the latency
    readers: Tuple[str, ...] = CPU_READERS


LOADS = {
    "full64": Load("64 bytes, at full speed", 600000, 3000),
    "full1400": Load("1400 bytes, at full speed", 300000, 3000, size=1400),
    "rules8": Load(
        "64 bytes, each logged by 8 rules, at full speed",
        100000,
        500,
        rules=8,
        readers=tuple(key for key in CPU_READERS if not READERS[key].once),
    ),
    "paced": Load("64 bytes, 20,000 packets/s", 40000, 2000, rate=20000),
    "latency10": Load("10 packets/s", 30, 3, rate=10, ages=True, readers=LATENCY_READERS),
    "latency1000": Load("1,000 packets/s", 2000, 200, rate=1000, ages=True, readers=LATENCY_READERS),
}
SCENARIOS = (*LOADS, "rulesets", "sweep", "cores", "ways")

# With --brief, the first scenario runs all readers. The other scenarios run only these.
BRIEF_READERS = (LIMIT, "c", "c-immediate")
BRIEF_RATES = (1000, 0)


def sweep_load(rate):
    packets = int(rate * SWEEP_SECONDS) if rate else SWEEP_PACKETS_AT_FULL_RATE
    return Load(f"{rate:,}/s" if rate else "full rate", packets, 300, rate=rate)
