# SPDX-License-Identifier: GPL-2.0-or-later
"""The behaviours of ../behaviours.txt, in Python."""

import contextlib
import gc
import json
import os
import pathlib
import resource
import selectors
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import time
import weakref

import live
import nflogcap
from live import bound_groups

PORT = 4900
LO = 1
NFULA_TIMESTAMP = 3
NFULA_SEQ = 12
NFULA_SEQ_GLOBAL = 13


class Interrupted(Exception):
    pass


@contextlib.contextmanager
def raises(kind, *words):
    try:
        yield
    except kind as error:
        for word in words:
            assert word in str(error), f"{word!r} is not in {error}"
    else:
        raise AssertionError(f"no {kind.__name__} was raised")


def equal(is_so, should):
    assert is_so == should, f"{is_so!r} is not {should!r}"


def numbered(count):
    return [b"%d" % number for number in range(count)]


def test_open():
    for groups in (5, [5]):
        with live.rule(PORT, "group 5"), nflogcap.open(groups) as capture:
            live.send(PORT, *numbered(100))
            equal([live.udp_payload(capture.next(live.LONG)) for _ in range(100)], numbered(100))


def test_busy_group():
    with nflogcap.open(5):
        with raises(PermissionError, "group 5", "(this process)"):
            nflogcap.open([6, 5])
        equal(bound_groups(), [5])


def test_permission():
    with raises(PermissionError, "CAP_NET_ADMIN", "group 5"):
        nflogcap.open(5)


def test_options():
    with live.rule(PORT, "group 5"):
        with nflogcap.open(
            5,
            snaplen=24,
            delivery=nflogcap.IMMEDIATE,
            queue_threshold=1,
            flush_timeout=0,
            batch_size=8192,
            socket_buffer=65536,
            conntrack=False,
            netns="/proc/self/ns/net",
            filter="udp",
        ) as capture:
            live.send(PORT, b"x" * 100)
            packet = capture.next(live.LONG)
            equal((len(packet.payload), packet.wire_length), (24, 128))
            equal(capture.stats.delivery, nflogcap.IMMEDIATE)
            equal(capture.stats.socket_buffer, 2 * 65536)
            equal(capture.stats.socket_buffer_used, 0)


def test_bad_values():
    for groups, kind in (
        ("five", TypeError),
        (None, ValueError),
        (5.5, TypeError),
        ([5, "6"], TypeError),
        (-1, ValueError),
        (65536, ValueError),
        (10**30, ValueError),
        ([], ValueError),
        ([5, 5], ValueError),
    ):
        with raises(kind):
            nflogcap.open(groups)
    for options, kind, word in (
        ({"snaplen": -1}, ValueError, "cannot set the snaplen to -1: it must be 0 to 65531 bytes"),
        ({"snaplen": 65532}, ValueError, "cannot set the snaplen to 65532"),
        ({"snaplen": 9.5}, TypeError, "snaplen"),
        ({"snaplen": "96"}, TypeError, "snaplen"),
        ({"socket_buffer": 2**64}, ValueError, "socket_buffer"),
        ({"delivery": 77}, ValueError, "77"),
        ({"netns": "/no/such/file"}, FileNotFoundError, "/no/such/file"),
    ):
        with raises(kind, word):
            nflogcap.open(5, **options)
    equal(bound_groups(), [])


def test_filter():
    with live.rule(PORT, "group 5"), nflogcap.open(5, filter="udp[8] = 0x61") as capture:
        live.send(PORT, b"b", b"a1", b"b", b"a2", b"b3", b"a4")
        equal([live.udp_payload(capture.next(live.LONG)) for _ in range(2)], [b"a1", b"a2"])
        capture.set_filter("udp[8] = 0x62")
        equal(live.udp_payload(capture.next(live.LONG)), b"b3")
        for none in (None, ""):
            capture.set_filter("tcp")
            live.send(PORT, b"c")
            equal(capture.next(0.1), None)
            capture.set_filter(none)
            live.send(PORT, b"d")
            equal(live.udp_payload(capture.next(live.LONG)), b"d")
        stats = capture.stats
        equal((stats.received, stats.delivered, stats.filtered, stats.lost), (10, 5, 5, 0))


def test_wrong_filter():
    with raises(ValueError, "'udp prt 53'", "syntax error"):
        nflogcap.open(5, filter="udp prt 53")
    equal(bound_groups(), [])
    with live.rule(PORT, "group 5"), nflogcap.open(5, filter="udp[8] = 0x61") as capture:
        for wrong, kind, word in (
            ("udp prt 53", ValueError, "syntax error"),
            ("udp and tcp", ValueError, "rejects all packets"),
            ("udp\0port", ValueError, "NUL"),
            (5, TypeError, "filter"),
            (b"udp", TypeError, "filter"),
        ):
            with raises(kind, word):
                capture.set_filter(wrong)
        live.send(PORT, b"b", b"a")
        equal(live.udp_payload(capture.next(live.LONG)), b"a")


def test_unknown_option():
    with raises(TypeError, "'snap_len'", "'snaplen'"):
        nflogcap.open(5, snap_len=96)
    equal(bound_groups(), [])


def test_netns():
    holder = subprocess.Popen(["unshare", "--net", "sleep", "60"], env=live.environment())
    try:
        path = f"/proc/{holder.pid}/ns/net"
        here = os.stat("/proc/self/ns/net").st_ino
        live.await_condition(lambda: os.stat(path).st_ino != here)
        inside = ["nsenter", f"--net={path}"]
        rules = f"table ip t {{ chain c {{ type filter hook output priority 0; udp dport {PORT} log group 5; }}; }}"
        subprocess.run(
            [*inside, "ip", "link", "set", "lo", "up"], env=live.environment(), check=True
        )
        subprocess.run([*inside, "nft", rules], env=live.environment(), check=True)
        with nflogcap.open(5, netns=path) as capture, nflogcap.open(5):
            send = [*inside, *shlex.split(os.environ["NFLOGCAP_TEST_SEND_UDP"]), str(PORT), "6869"]
            subprocess.run(send, check=True)
            equal(live.udp_payload(capture.next(live.LONG)), b"hi")
    finally:
        holder.kill()
        holder.wait()


def ruleset():
    return subprocess.run(
        ["nft", "list", "ruleset"],
        env=live.environment(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


def test_tap():
    before = ruleset()
    udp = f"udp dport {PORT}"
    for taps, copies in ((udp, 1), ([udp, f"udp dport {{ {PORT}, 9 }}"], 2)):
        with nflogcap.open(tap=taps, hook="output", snaplen=96) as capture:
            equal(capture.tap_group, 65535)
            live.send(PORT, b"tapped")
            for _ in range(copies):
                packet = capture.next(live.LONG)
                equal((packet.group, packet.hook), (65535, 3))
                equal(live.udp_payload(packet), b"tapped")
            assert "nflogcap-65535" in ruleset()
    with nflogcap.open(5, tap=udp, hook="ingress:lo") as capture:
        equal(capture.tap_group, 5)
    with nflogcap.open(tap="") as capture:
        live.send(PORT, b"anything")
        equal([capture.next(live.LONG).hook for _ in range(2)], [3, 0])
    with nflogcap.open(5) as capture:
        equal(capture.tap_group, None)
    equal(ruleset(), before)


def test_bad_tap():
    for options, kind, *words in (
        ({"tap": "udp dprt 9"}, ValueError, "nft says", "at 'dprt'"),
        ({"tap": "udp dport 9 drop"}, ValueError, "at 'drop'"),
        ({"tap": "meta mark set 5"}, ValueError, "does more than match"),
        ({"tap": "udp dport 9; drop"}, ValueError, "this has ;"),
        ({"tap": "udp dport 9\0"}, ValueError, "tap contains a NUL"),
        ({"tap": 9}, TypeError, "tap must be a str"),
        ({"tap": b"udp"}, TypeError, "tap must be a str"),
        ({"tap": ["udp", 9]}, TypeError, "tap must be a str, not 'int'"),
        ({"tap": "udp", "hook": "somewhere"}, ValueError, "cannot tap at 'somewhere'"),
        ({"tap": "udp", "hook": "input\0"}, ValueError, "hook contains a NUL"),
        ({"tap": "udp", "hook": 1}, TypeError, "hook must be a str"),
        ({"tap": "udp", "hook": "ingress:eth7"}, OSError, "no such device"),
        ({"groups": 5, "hook": "input"}, ValueError, "has no tap"),
        ({"tap": []}, ValueError, "no group"),
    ):
        with raises(kind, *words):
            nflogcap.open(**options)
    equal(bound_groups(), [])
    equal(ruleset(), "")


def test_iterate():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        live.send(PORT, *numbered(1000))
        capture.stop()
        equal([live.udp_payload(packet) for packet in capture], numbered(1000))
        equal((list(capture), capture.ended), ([], True))


def test_close_in_loop():
    with live.rule(PORT, "group 5"):
        for wait in (lambda capture: None, lambda capture: live.await_condition(lambda: capture.closed)):
            capture = nflogcap.open(5)
            live.send(PORT, b"first", b"second")
            taken = []

            def read():
                for packet in capture:
                    taken.append(live.udp_payload(packet))
                    wait(capture)

            reader = live.Task(read)
            live.await_condition(lambda: taken)
            capture.close()
            reader.result()
        capture = nflogcap.open(5)
        live.send(PORT, b"first", b"second")
        for packet in capture:
            capture.close()
        equal(live.udp_payload(packet), b"first")
        capture = nflogcap.open(5)
        live.send(PORT, b"first", b"second")
        packets = iter(capture)
        next(packets)
        capture.close()
        equal(next(packets, "the end"), "the end")


def test_error_in_loop():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        live.send(PORT, b"first", b"second")
        with raises(ZeroDivisionError):
            for packet in capture:
                equal(live.udp_payload(packet), b"first")
                1 // 0
        equal(live.udp_payload(capture.next(live.LONG)), b"second")


def test_several_groups():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 65535"):
        with nflogcap.open([5, 65535]) as capture:
            live.send(PORT, b"a", b"b")
            live.send(PORT + 1, b"c")
            packets = [capture.next(live.LONG) for _ in range(3)]
            equal(
                sorted((packet.group, live.udp_payload(packet)) for packet in packets),
                [(5, b"a"), (5, b"b"), (65535, b"c")],
            )
            equal((capture.group_stats(5).received, capture.group_stats(65535).received), (2, 1))
            equal(capture.stats.received, 3)
            with raises(ValueError, "group 7"):
                capture.group_stats(7)


def test_absent_fields():
    with live.rule(PORT, "group 5", hook="output"), nflogcap.open(5) as capture:
        live.send_and_ignore_refusal(PORT, b"hi")
        packet = capture.next(live.LONG)
        equal((packet.uid, packet.gid, packet.outdev, packet.prefix), (0, 0, LO, ""))
        absent = "mark indev physindev physoutdev hw_type hw_address hw_header l2_header"
        for name in f"{absent} vlan_tci vlan_protocol ct ct_info indev_name".split():
            assert getattr(packet, name) is None, name
        equal(packet.present & nflogcap.HAS_MARK, 0)
        assert packet.present & nflogcap.HAS_UID
        assert packet.attribute(2) is None


def logged_packet(log="group 5", payload=b"x"):
    with live.rule(PORT, log), nflogcap.open(5) as capture:
        live.send(PORT, payload)
        return capture.next(live.LONG)


def test_unknown_field():
    packet = logged_packet()
    with raises(AttributeError, "payloda"):
        packet.payloda


def test_dissection():
    packet = logged_packet()
    equal((packet.source, packet.destination, packet.ip_version), ("127.0.0.1", "127.0.0.1", 4))
    equal((packet.protocol, packet.destination_port, packet.transport_offset), (17, PORT, 20))
    equal(packet.source_port, int.from_bytes(packet.payload[20:22], "big"))
    equal((packet.tcp_flags, packet.icmp_type, packet.vlan_ids, packet.fragment_id), (None,) * 4)
    with nflogcap.open(5, tap="icmp", hook="output") as capture:
        live.send(PORT, b"nobody listens")
        refusal = capture.next(live.LONG)
    equal((refusal.protocol, refusal.icmp_type, refusal.icmp_code), (1, 3, 3))
    equal((refusal.source_port, refusal.asdict()["icmp_type"]), (None, 3))


def test_text():
    line = str(logged_packet('prefix "web: " group 5'))
    for part in ("group 5", "web: ", "in lo", "UDP 127.0.0.1:", f" > 127.0.0.1:{PORT}"):
        assert part in line, line
    assert "\n" not in line, line


def test_json():
    packet = logged_packet('prefix "\udcff\\\\" group 5', b"\0")
    said = json.loads(packet.to_json())
    for name in ("group", "timestamp_ns", "source", "destination_port", "indev_name", "wire_length"):
        equal(said[name], getattr(packet, name))
    equal(bytes.fromhex(said["payload"]), packet.payload)
    assert "icmp_type" not in said and "\n" not in packet.to_json(), packet.to_json()


def test_batch():
    with live.rule(PORT, 'prefix "many: " group 5'), nflogcap.open(5) as capture:
        assert capture.read_batch(0) is None
        live.send(PORT, *numbered(100))
        capture.stop()
        batch = capture.read_batch(live.LONG)
        equal([live.udp_payload(packet) for packet in batch], numbered(100))
        equal(batch.payloads(), [packet.payload for packet in batch])
        for field in batch[0].asdict():
            equal(batch.column(field), [getattr(packet, field) for packet in batch])
        with raises(ValueError, "there is no field 'marc'; did you mean 'mark'"):
            batch.column("marc")
        with raises(EOFError):
            capture.read_batch()


def test_loop_of_batches():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        live.send(PORT, *numbered(1000))
        capture.stop()
        equal(sum(map(len, capture.batches())), 1000)
        equal(list(capture.batches()), [])
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        capture.wakeup()
        equal(list(capture.batches()), [])
        live.send(PORT, b"x")
        for batch in capture.batches():
            equal(len(batch), 1)
            capture.close()


def test_all_fields():
    packet = logged_packet('prefix "all: " group 5')
    fields = packet.asdict()
    equal(fields, {name: getattr(packet, name) for name in fields})
    equal((fields["prefix"], fields["destination_port"], fields["icmp_type"]), ("all: ", PORT, None))


HOSTILE = "a\x1b[31m\u009b\u202e\x7f"
ESCAPED = r"a\x1b[31m\xc2\x9b\xe2\x80\xae\x7f"


def test_hostile_text():
    with live.rule(PORT, f'prefix "{HOSTILE}" group 5'), nflogcap.open(5) as capture:
        for call, kind in (
            (lambda: nflogcap.open(6, filter=HOSTILE), ValueError),
            (lambda: nflogcap.open(6, delivery=HOSTILE), ValueError),
            (lambda: nflogcap.open(6, tap="udp", hook=HOSTILE), ValueError),
            (lambda: nflogcap.open(6, netns="/no/such/" + HOSTILE), FileNotFoundError),
            (lambda: nflogcap.open(6, **{HOSTILE: 1}), TypeError),
            (lambda: nflogcap.open(savefile="/no/such/" + HOSTILE), FileNotFoundError),
            (lambda: nflogcap.dump_open("/no/such/" + HOSTILE), FileNotFoundError),
            (lambda: capture.set_filter(HOSTILE), ValueError),
        ):
            try:
                call()
            except kind as error:
                assert ESCAPED in str(error) and str(error).isprintable(), repr(error)
            else:
                raise AssertionError(f"no {kind.__name__} was raised")
        live.send(PORT, b"x")
        packet = capture.next(live.LONG)
    equal(packet.prefix, HOSTILE)
    assert ESCAPED in str(packet), packet
    for text in (str(packet), repr(packet), packet.to_json()):
        assert text.isprintable(), ascii(text)
    equal(json.loads(packet.to_json())["prefix"], HOSTILE)


def test_interface_names():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 5", hook="output"):
        with nflogcap.open(5) as capture:
            live.send(PORT, b"in")
            incoming = capture.next(live.LONG)
            live.send_and_ignore_refusal(PORT + 1, b"out")
            outgoing = capture.next(live.LONG)
    equal((incoming.indev, incoming.indev_name, incoming.outdev_name), (LO, "lo", None))
    equal((outgoing.outdev, outgoing.outdev_name, outgoing.indev_name), (LO, "lo", None))


def test_binary_payload():
    payload = bytes(range(256)) + b"\0\0"
    with live.rule(PORT, 'prefix "a\udcff\udc80b" group 5'), nflogcap.open(5) as capture:
        live.send(PORT, payload)
        packet = capture.next(live.LONG)
        equal(live.udp_payload(packet), payload)
        equal(packet.prefix.encode("utf-8", "surrogateescape"), b"a\xff\x80b")
        equal(packet.frame(), packet.hw_header + packet.payload)


def test_big_integers():
    with live.rule(PORT, "group 5", before="meta mark set 0xffffffff"):
        with nflogcap.open(5) as capture:
            live.send(PORT, b"a", b"b")
            for number in range(2):
                packet = capture.next(live.LONG)
                seconds, microseconds = struct.unpack("!QQ", packet.attribute(NFULA_TIMESTAMP))
                equal(packet.timestamp_ns, seconds * 10**9 + microseconds * 1000)
                assert abs(seconds - time.time()) < 60
                equal(packet.mark, 0xFFFFFFFF)
                equal(packet.seq, number)
                equal(struct.pack("!I", packet.seq), packet.attribute(NFULA_SEQ))
                equal(struct.pack("!I", packet.seq_global), packet.attribute(NFULA_SEQ_GLOBAL))


def test_timeout():
    with nflogcap.open(5) as capture:
        for timeout in (0, 0.05):
            before = time.monotonic()
            assert capture.next(timeout) is None
            took = time.monotonic() - before
            assert timeout <= took < timeout + 5, took
        for bad in (-1, float("nan")):
            with raises(ValueError, "timeout"):
                capture.next(bad)
        with raises(TypeError, "timeout"):
            capture.next("1")
        equal(capture.ended, False)


def test_wakeup():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        capture.wakeup()
        capture.wakeup()
        assert capture.next(live.LONG) is None
        equal(capture.ended, False)
        capture.wakeup()
        equal(list(capture), [])
        live.send(PORT, b"still there")
        equal(live.udp_payload(capture.next(live.LONG)), b"still there")


def test_interrupt():
    def handler(number, frame):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with nflogcap.open(5) as capture:
            for wait in (capture.next, lambda: list(capture), lambda: capture.next(live.LONG)):
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                with raises(Interrupted):
                    wait()
            assert capture.next(0) is None
    finally:
        signal.signal(signal.SIGALRM, before)


def test_rejected_flood():
    def handler(number, frame):
        raise Interrupted

    # Each term is true of no packet, and costs time.
    slow = " or ".join(f"udp[{at}] = {value}" for at in range(16, 72) for value in range(1, 9))
    before = signal.signal(signal.SIGALRM, handler)
    flood = None
    try:
        with live.rule(PORT, "group 5"), nflogcap.open(5, filter=slow) as capture:
            program = shlex.split(os.environ["NFLOGCAP_TEST_SEND_UDP"])
            flood = subprocess.Popen([*program, str(PORT), "--count", "100000000"])
            while capture.stats.filtered < 10000:
                equal(capture.next(0.1), None)
            begun = time.monotonic()
            equal([capture.next(0), capture.next(0.2)], [None, None])
            assert 0.2 <= time.monotonic() - begun < 5
            for _ in range(3):
                begun = time.monotonic()
                signal.setitimer(signal.ITIMER_REAL, 0.2)
                with raises(Interrupted):
                    capture.next(live.LONG)
                assert time.monotonic() - begun < 5
    finally:
        signal.signal(signal.SIGALRM, before)
        if flood is not None:
            flood.kill()
            flood.wait()


def test_stop():
    with live.rule(PORT, "group 5"), nflogcap.open(5, flush_timeout=3600000) as capture:
        live.send(PORT, b"held")
        capture.stop()
        equal(live.udp_payload(capture.next(live.LONG)), b"held")
        equal(capture.ended, False)
        for _ in range(2):
            with raises(EOFError, "ended"):
                capture.next(live.LONG)
        equal(capture.ended, True)


def test_loss():
    sent = 20000
    with live.rule(PORT, "group 5"):
        with nflogcap.open(5, socket_buffer=4096, batch_size=4096) as capture:
            live.send(PORT, *[b"x" * 64] * sent)
            time.sleep(0.1)  # the kernel flushes what it gathered
            seen, lost = 0, 0
            while (packet := capture.next(0)) is not None:
                seen, lost = seen + 1, lost + packet.lost_before
            live.send(PORT, b"the last shows the gap before it")
            capture.stop()
            for packet in capture:
                seen, lost = seen + 1, lost + packet.lost_before
            stats = capture.stats
            assert stats.lost > 0
            equal((seen + lost, stats.received, stats.lost), (sent + 1, seen, lost))


def test_event_wait():
    with live.rule(PORT, "group 5"), nflogcap.open(5) as capture:
        with selectors.DefaultSelector() as selector:
            selector.register(capture, selectors.EVENT_READ)
            equal(selector.select(0), [])
            live.send(PORT, *numbered(10))
            for number in range(10):
                assert selector.select(live.LONG)
                # what the kernel delivers in one batch is queued in the library
                equal(live.udp_payload(capture.next(0)), b"%d" % number)
            equal(selector.select(0.05), [])
            capture.stop()
            assert selector.select(live.LONG)


def test_two_captures():
    with live.rule(PORT, "group 5"), live.rule(PORT + 1, "group 6"):
        with nflogcap.open(5) as first, nflogcap.open(6) as second:
            live.send(PORT + 1, b"second")
            live.send(PORT, b"first")
            equal(live.udp_payload(first.next(live.LONG)), b"first")
            equal(live.udp_payload(second.next(live.LONG)), b"second")
            assert first.next(0) is None and second.next(0) is None


def test_packet_outlives():
    with live.rule(PORT, 'prefix "kept: " group 5'):
        capture = nflogcap.open(5)
        live.send(PORT, b"kept")
        packet = capture.next(live.LONG)
        capture.close()
        del capture
        gc.collect()
        equal((live.udp_payload(packet), packet.prefix, packet.group), (b"kept", "kept: ", 5))
        equal(packet.frame()[-4:], b"kept")


@contextlib.contextmanager
def recorded(*groups):
    """A savefile of a packet to each of the groups, and the packets."""
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as rules:
        for group in set(groups):
            rules.enter_context(live.rule(PORT + group, f'prefix "kept: " group {group}'))
        with nflogcap.open(set(groups), delivery=nflogcap.IMMEDIATE) as capture:
            for group in groups:
                live.send(PORT + group, b"x" * 100)
            packets = [capture.next(live.LONG) for _ in groups]
        path = pathlib.Path(directory) / "x.pcap"
        with nflogcap.dump_open(path) as dump:
            for packet in packets:
                dump.write(packet)
            equal(dump.written, 0)
            dump.flush()
            equal((dump.written, dump.position), (len(packets), path.stat().st_size))
        yield path, packets


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


def test_equality():
    with recorded(5, 6) as (path, _):
        same, again = [list(nflogcap.open(savefile=path)) for _ in range(2)]
        equal(same, again)
        assert not same[0] != again[0]
        equal(hash(same[0]), hash(again[0]))
        assert same[0] != same[1]
        assert same[0] != "a packet"
        reference = weakref.ref(again[0])
        equal(reference(), again[0])
        again.clear()
        gc.collect()
        equal(reference(), None)


def test_long_words():
    path = "/no/" + "x" * 3000
    for use in (lambda: nflogcap.dump_open(path), lambda: nflogcap.open(savefile=path)):
        with raises(FileNotFoundError, "savefile /no/xx", "xx: No such file or directory"):
            use()
    with raises(ValueError, "'prt'", "pcap-filter(7) tells what there is"):
        nflogcap.open(5, filter="host 10.0.0.1 or " * 200 + "prt 5")


def test_dump_refused():
    with recorded(5) as (path, packets):
        dump = nflogcap.dump_open(path)
        with raises(TypeError, "packet must be a Packet"):
            dump.write(b"bytes")
        equal(dump.closed, False)
        dump.close()
        dump.close()
        equal(dump.closed, True)
        for use in (lambda: dump.write(packets[0]), dump.flush, lambda: dump.position, lambda: dump.written):
            with raises(ValueError, "the savefile is closed"):
                use()


def test_close_twice():
    capture = nflogcap.open(5)
    equal(capture.closed, False)
    capture.close()
    capture.close()
    equal((capture.closed, capture.ended), (True, True))
    equal(bound_groups(), [])


def test_use_after_close():
    capture = nflogcap.open(5)
    capture.close()
    for use in (
        capture.next,
        capture.read_batch,
        capture.fileno,
        capture.wakeup,
        capture.stop,
        lambda: capture.set_filter("udp"),
        lambda: capture.stats,
        lambda: capture.group_stats(5),
        lambda: list(capture),
    ):
        with raises(ValueError, "the capture is closed"):
            use()


def test_collected():
    capture = nflogcap.open(5)
    equal(bound_groups(), [5])
    del capture
    gc.collect()
    equal(bound_groups(), [])


def resident():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def test_no_growth():
    packets = int(os.environ["NFLOGCAP_TEST_PACKETS"])
    portion = 10000
    send = [*shlex.split(os.environ["NFLOGCAP_TEST_SEND_UDP"]), str(PORT), "--count", str(portion)]

    def read(count):
        with nflogcap.open(5) as capture:
            for _ in range(0, count, portion):
                subprocess.run(send, check=True)
                for _ in range(portion):
                    packet = capture.next(live.LONG)
                    packet.payload, packet.prefix, packet.mark, packet.timestamp_ns, packet.indev_name
            equal((capture.stats.received, capture.stats.lost), (count, 0))

    def opens(count):
        for _ in range(count):
            nflogcap.open(5)

    with live.rule(PORT, 'prefix "growth: " group 5'):
        read(2 * portion)
        opens(100)
        gc.collect()
        memory, descriptors = resident(), len(os.listdir("/proc/self/fd"))
        read(packets)
        opens(packets // 100)
        gc.collect()
        equal(len(os.listdir("/proc/self/fd")), descriptors)
        grown = resident() - memory
        # A few bytes a packet, or some hundred a capture, would be more than this.
        assert grown < max(packets, 2**20), f"{grown} bytes"
        equal(bound_groups(), [])


def main(names):
    tests = {name[5:]: test for name, test in globals().items() if name.startswith("test_")}
    if names == ["--list"]:
        print(*tests, sep="\n")
        return 0
    failed = 0
    for name in names:
        try:
            tests[name]()
            print(f"ok {name}", flush=True)
        except Exception as error:
            failed += 1
            where = error.__traceback__
            while where.tb_next is not None and where.tb_next.tb_frame.f_code.co_filename == __file__:
                where = where.tb_next
            why = f"{type(error).__name__}: {error} (line {where.tb_lineno})".replace("\n", " ")
            print(f"not ok {name}: {why}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
