# SPDX-License-Identifier: GPL-2.0-or-later
"""Savefiles in Python: pipes, threads and signals. Also compares with tshark and tcpdump on the same files."""

import json
import fcntl
import os
import pathlib
import pickle
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import live
import nflogcap

PORT = 904


def run(*command, **options):
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=live.environment(), **options
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr.decode()}")
    return done.stdout.decode()


class SavefileTest(live.LiveTest):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        self.path = self.directory / "x.pcap"

    def captured(self, *payloads, **options):
        with live.rule(PORT, 'prefix "web: " group 5', before="meta mark set 7"):
            with nflogcap.open(5, **options) as capture:
                live.send(PORT, *payloads)
                return [self.next_of(capture) for _ in payloads]

    def written(self, packets):
        with nflogcap.dump_open(self.path) as dump:
            for packet in packets:
                dump.write(packet)


class PipeTest(SavefileTest):
    def test_writing_to_a_pipe_without_a_reader_raises_broken_pipe_error(self):
        (packet,) = self.captured(b"x")
        reader, writer = os.pipe()
        dump = nflogcap.dump_open(f"/proc/self/fd/{writer}")
        os.close(reader)
        os.close(writer)
        dump.write(packet)
        with self.assertRaisesRegex(BrokenPipeError, "cannot write to the savefile"):
            dump.flush()
        with self.assertRaises(BrokenPipeError):
            dump.close()
        self.assertTrue(dump.closed)

    def test_a_thread_reads_what_another_writes_into_a_full_pipe(self):
        packets = self.captured(b"x" * 1000, b"y" * 1000)
        os.mkfifo(self.path)
        count = 500  # more than a pipe can hold

        def write():
            with nflogcap.dump_open(self.path) as dump:
                for _ in range(count):
                    for packet in packets:
                        dump.write(packet)

        writer = live.Task(write)
        with nflogcap.open(savefile=self.path) as capture:
            read = [live.udp_payload(packet)[:1] for packet in capture]
        writer.result()
        self.assertEqual(read, [b"x", b"y"] * count)

    def test_a_signal_handler_that_raises_ends_the_wait_for_a_full_pipe(self):
        class Interrupted(Exception):
            pass

        def interrupt(number, frame):
            raise Interrupted

        (packet,) = self.captured(b"x" * 1000)
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        dump = nflogcap.dump_open(f"/proc/self/fd/{writer}")
        os.close(writer)
        before = signal.signal(signal.SIGALRM, interrupt)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with self.assertRaises(Interrupted):
            while True:
                dump.write(packet)
        drain = live.Task(self.drained, reader)
        dump.close()
        drain.result()

    def writing_into_a_full_pipe(self):
        """Returns a Dump, a thread that waits in the Dump's write(), and the reading end of the pipe."""
        (packet,) = self.captured(b"x" * 1000)
        reader, writer = os.pipe()
        dump = nflogcap.dump_open(f"/proc/self/fd/{writer}")
        os.close(writer)

        def write():
            for _ in range(200):  # more than a pipe can hold and a Dump can buffer
                dump.write(packet)

        task = live.Task(write)
        live.await_sleep(task)
        return dump, task, reader

    def test_the_state_is_read_while_another_thread_writes(self):
        dump, task, reader = self.writing_into_a_full_pipe()
        self.assertFalse(dump.closed)
        self.assertEqual(repr(dump), "<nflogcap.Dump: open>")
        self.assertEqual(dump.written, 0)
        self.assertGreater(dump.position, 64 * 1024)
        self.assertTrue(task.is_alive())
        taking = live.Task(dump.take_over)  # waits for the write, and lets this thread run
        drain = live.Task(self.drained, reader)
        task.result()
        taking.result()
        dump.flush()
        self.assertEqual(dump.written, 200)
        dump.close()
        drain.result()
        os.close(reader)

    def test_a_child_of_fork_closes_its_copy_while_another_thread_writes(self):
        dump, task, reader = self.writing_into_a_full_pipe()

        def in_child():
            self.assertFalse(dump.closed)
            with self.assertRaisesRegex(ChildProcessError, "savefile belongs to process"):
                dump.flush()
            dump.close()
            self.assertTrue(dump.closed)

        self.assertEqual(live.in_child(in_child), 0)
        drain = live.Task(self.drained, reader)
        task.result()
        length = dump.position
        dump.close()
        self.assertEqual(drain.result(), length)
        os.close(reader)

    def test_other_threads_run_while_one_drops_a_savefile_with_a_full_pipe(self):
        packets = self.captured(b"x" * 1000)
        self.written(packets)
        said, status = live.Child(
            f"""
            import fcntl, os, live, nflogcap
            packet = nflogcap.open(savefile="{self.path}").next()
            reader, writer = os.pipe()
            fcntl.fcntl(writer, 1031, 4096) # F_SETPIPE_SZ: the pipe holds less than a Dump buffers
            def drop():
                dump = nflogcap.dump_open(f"/proc/self/fd/{{writer}}")
                for _ in range(50):
                    dump.write(packet)
            dropping = live.Task(drop)
            live.await_sleep(dropping)
            print(dropping.is_alive())
            os.close(writer)
            with open(reader, "rb") as pipe:
                print(len(pipe.read()))
            dropping.result()
            """
        ).finish()
        record = len(self.path.read_bytes()) - 24
        self.assertEqual((said, status), (f"True\n{24 + 50 * record}\n", 0))

    def test_a_signal_ends_the_wait_of_a_savefile_that_is_dropped(self):
        (packet,) = self.captured(b"x" * 1000)
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
        before = signal.signal(signal.SIGALRM, lambda *_: None)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        dump = nflogcap.dump_open(f"/proc/self/fd/{writer}")
        os.close(writer)
        for _ in range(50):
            dump.write(packet)
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        with self.assertWarns(ResourceWarning):
            del dump
        self.assertLess(self.drained(reader), 50_000)

    @staticmethod
    def drained(reader):
        """Reads to the end. Returns the number of bytes."""
        count = 0
        while data := os.read(reader, 65536):
            count += len(data)
        return count

    def test_other_threads_run_while_one_waits_for_the_writer_and_the_header_of_a_fifo(self):
        self.written(self.captured(b"one"))
        bytes_ = self.path.read_bytes()
        fifo = self.directory / "fifo"
        os.mkfifo(fifo)
        opening = live.Task(lambda: nflogcap.open(savefile=fifo))
        live.await_sleep(opening)
        with open(fifo, "wb", buffering=0) as writer:
            writer.write(bytes_[:10])
            live.await_sleep(opening)
            self.assertTrue(opening.is_alive())
            writer.write(bytes_[10:30])  # the rest of the header, and a part of a record
            with opening.result() as capture:
                waiting = live.Task(capture.next)
                live.await_sleep(waiting)
                writer.write(bytes_[30:])
                self.assertEqual(live.udp_payload(waiting.result()), b"one")

    def test_a_signal_handler_that_returns_does_not_end_an_open(self):
        os.mkfifo(self.path)
        ticks = []
        opened = []

        def tick(*_):
            ticks.append(1)
            if len(ticks) == 3:
                opened.append(live.Task(nflogcap.dump_open, self.path))

        before = signal.signal(signal.SIGALRM, tick)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        with nflogcap.open(savefile=self.path) as capture:
            signal.setitimer(signal.ITIMER_REAL, 0)
            opened[0].result().close()
            self.assertEqual(list(capture), [])

    def test_a_signal_between_two_parts_of_a_header_loses_no_bytes(self):
        self.written(self.captured(b"one"))
        bytes_ = self.path.read_bytes()
        fifo = self.directory / "fifo"
        os.mkfifo(fifo)
        main = threading.main_thread()
        ticks = []
        before = signal.signal(signal.SIGUSR1, lambda *_: ticks.append(1))
        self.addCleanup(signal.signal, signal.SIGUSR1, before)

        def write():
            with open(fifo, "wb", buffering=0) as writer:
                for at in range(0, 24, 4):
                    writer.write(bytes_[at : at + 4])
                    live.await_sleep(main)
                    signal.pthread_kill(main.ident, signal.SIGUSR1)
                    live.await_condition(lambda: len(ticks) > at // 4)
                writer.write(bytes_[24:])

        writing = live.Task(write)
        with nflogcap.open(savefile=fifo) as capture:
            self.assertEqual([live.udp_payload(packet) for packet in capture], [b"one"])
        writing.result()

    def test_next_waits_for_a_pipe_until_its_timeout(self):
        self.written(self.captured(b"one"))
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        bytes_ = self.path.read_bytes()
        os.write(writer, bytes_[:24])
        with nflogcap.open(savefile=f"/proc/self/fd/{reader}") as capture:
            self.assertIsNone(capture.next(0))
            start = time.monotonic()
            self.assertIsNone(capture.next(0.1))
            self.assertGreaterEqual(time.monotonic() - start, 0.1)
            self.assertEqual(live.readable(capture, timeout=0), [])
            os.write(writer, bytes_[24:])
            self.assertEqual(live.readable(capture), [capture])
            self.assertEqual(live.udp_payload(capture.next(live.LONG)), b"one")
            os.close(writer)
            with self.assertRaises(EOFError):
                capture.next()


class PacketTest(SavefileTest):
    def test_packets_that_were_pickled_or_in_a_batch_can_be_written(self):
        with live.rule(PORT, "group 5"), nflogcap.open(5, flush_timeout=3600000) as capture:
            live.send(PORT, b"one", b"two")
            capture.stop()  # makes the kernel deliver the packets that it collected
            batch = capture.read_batch(live.LONG)
        self.written([pickle.loads(pickle.dumps(batch[0])), batch[1]])
        with nflogcap.open(savefile=self.path) as capture:
            self.assertEqual([live.udp_payload(packet) for packet in capture], [b"one", b"two"])

    def test_any_thread_may_write_and_close(self):
        (packet,) = self.captured(b"x")
        dump = nflogcap.dump_open(self.path)

        def write():
            written = 0
            try:
                while True:
                    dump.write(packet)
                    written += 1
            except ValueError:
                return written

        writers = [live.Task(write) for _ in range(4)]
        time.sleep(0.2)
        dump.close()
        written = sum(writer.result() for writer in writers)
        with nflogcap.open(savefile=self.path) as capture:
            self.assertEqual(sum(1 for _ in capture), written)

    def test_all_packets_are_written_if_an_open_dump_is_dropped(self):
        packets = self.captured(b"one")
        dump = nflogcap.dump_open(self.path)
        dump.write(packets[0])
        del dump
        with nflogcap.open(savefile=self.path) as capture:
            self.assertEqual([live.udp_payload(packet) for packet in capture], [b"one"])


class ScapyTest(SavefileTest):
    def test_sniff_reads_a_savefile_to_its_end(self):
        from scapy.all import UDP, sniff
        from scapy.config import conf
        from nflogcap.scapy import NFLOGListenSocket, install_nflog_listener

        self.written(self.captured(b"one", b"two"))
        savefile = {"savefile": self.path}
        self.addCleanup(setattr, conf, "L2listen", conf.L2listen)
        install_nflog_listener(**savefile)
        for arguments in (  # first the group of the file, then all groups
            {"opened_socket": NFLOGListenSocket(queues=5, nflog_kwargs=savefile)},
            {"opened_socket": NFLOGListenSocket(queues=(), nflog_kwargs=savefile)},
            {"opened_socket": NFLOGListenSocket(nflog_kwargs=savefile)},
            {},
        ):
            sniffed = sniff(timeout=live.LONG, **arguments)
            self.assertEqual([bytes(packet[UDP].payload) for packet in sniffed], [b"one", b"two"])
            self.assertEqual({packet.nflog.prefix for packet in sniffed}, {"web: "})


class PeersTest(SavefileTest):
    PAYLOADS = [b"%d" % number * (1 + number % 50) for number in range(200)]

    def of_tshark(self, path):
        """Returns what tshark shows for each packet: prefix, timestamp, group, UDP payload and time."""
        fields = ("nflog.prefix", "nflog.timestamp", "nflog.res_id", "udp.payload", "frame.time_epoch")
        shown = run(
            "tshark", "-r", path, "-T", "json", *(word for field in fields for word in ("-e", field))
        )
        return [
            [packet["_source"]["layers"].get(field, [None])[0] for field in fields]
            for packet in json.loads(shown)
        ]

    def test_tshark_shows_the_same_packets(self):
        packets = self.captured(*self.PAYLOADS)
        self.written(packets)
        shown = self.of_tshark(self.path)
        self.assertEqual(len(shown), len(packets))
        for (prefix, _, group, payload, when), packet in zip(shown, packets):
            self.assertEqual(prefix, packet.prefix)
            self.assertEqual(int(group), packet.group)
            self.assertEqual(bytes.fromhex(payload), live.udp_payload(packet))
            seconds, _, fraction = when.partition(".")
            self.assertEqual(int(seconds) * 10**9 + int(fraction), packet.timestamp_ns)

    def test_tshark_dissects_a_payload_that_the_snaplen_cut(self):
        self.written(self.captured(b"x" * 100, snaplen=40))
        self.assertEqual(run("tshark", "-r", self.path, "-T", "fields", "-e", "udp.dstport").split(),
                         [str(PORT)])

    def test_tcpdump_shows_the_same_packets(self):
        packets = self.captured(*self.PAYLOADS, snaplen=60)
        self.written(packets)
        shown = run("tcpdump", "-nntt", "--nano", "-r", self.path).splitlines()
        self.assertEqual(len(shown), len(packets))
        for line, packet, payload in zip(shown, packets, self.PAYLOADS):
            self.assertRegex(line, rf"> 127\.0\.0\.1\.{PORT}: UDP, length {len(payload)}$")
            seconds, _, fraction = line.split()[0].partition(".")
            self.assertEqual(int(seconds) * 10**9 + int(fraction), packet.timestamp_ns)

    def test_a_file_that_tcpdump_wrote_is_read(self):
        self.with_rule(PORT, 'prefix "web: " group 5')
        count = len(self.PAYLOADS)
        tcpdump = subprocess.Popen(
            ["tcpdump", "-i", "nflog:5", "-U", "-w", self.path, "-c", str(count)],
            stderr=subprocess.PIPE,
            env=live.environment(),
        )
        self.addCleanup(tcpdump.stderr.close)
        while b"listening" not in tcpdump.stderr.readline():
            self.assertIsNone(tcpdump.poll())
        live.send(PORT, *self.PAYLOADS)
        tcpdump.wait(live.LONG)
        with nflogcap.open(5, savefile=self.path) as capture:
            packets = list(capture)
            self.assertEqual(capture.stats.malformed, 0)
        self.assertEqual([live.udp_payload(packet) for packet in packets], self.PAYLOADS)
        self.assertEqual({packet.prefix for packet in packets}, {"web: "})

    def test_a_file_cut_by_editcap_is_read_up_to_the_cut(self):
        packets = self.captured(b"x" * 100)
        self.written(packets)
        cut = self.directory / "cut.pcap"
        run("editcap", "-F", "nsecpcap", "-s", str(200), self.path, cut)
        with nflogcap.open(savefile=cut) as capture:
            (packet,) = capture
        self.assertLess(len(packet.payload), 128)
        self.assertTrue(packets[0].payload.startswith(packet.payload))
        self.assertEqual(packet.wire_length, 128)

    def test_a_pcapng_file_saved_by_wireshark_reads_the_same(self):
        packets = self.captured(*self.PAYLOADS)
        self.written(packets)
        saved = self.directory / "x.pcapng"
        run("editcap", "-F", "pcapng", self.path, saved)
        with nflogcap.open(savefile=saved) as capture:
            self.assertEqual(
                [pickle.dumps(packet) for packet in capture],
                [pickle.dumps(packet) for packet in nflogcap.open(savefile=self.path)],
            )


if __name__ == "__main__":
    unittest.main()
