# SPDX-License-Identifier: GPL-2.0-or-later
"""--metrics: the counters of a capture for Prometheus."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from prometheus_client.parser import text_string_to_metric_families

from support import PORT, CommandTest, Terminal, await_condition, objects, records, rule, send


def samples(path):
    """Returns the values of a metrics file by name and labels. Fails if the file does not follow the format exactly."""
    text = pathlib.Path(path).read_text()
    found = {}
    named = []
    for family in text_string_to_metric_families(text):
        assert family.documentation and family.type in ("counter", "gauge"), family
        named.append(family.name)
        for sample in family.samples:
            is_total = sample.name.endswith("_total")
            assert is_total == (family.type == "counter"), sample
            key = sample.name, *sorted(sample.labels.items())
            assert key not in found, key
            found[key] = sample.value
    assert len(named) == len(set(named)), named
    return found


class MetricsTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.where = self.directory / "metrics"
        self.where.mkdir()
        self.path = self.where / "web.prom"

    def value(self, name, group=None):
        labels = [("capture", "web")] + ([("group", str(group))] if group is not None else [])
        return samples(self.path)[f"nflogcap_{name}", *labels]

    def await_value(self, name, value, group=None):
        await_condition(lambda: self.path.exists() and self.value(name, group) == value, f"{name} {value}")


class Content(MetricsTest):
    def test_counters_are_those_of_the_traffic(self):
        rule("group 5")
        rule("group 6", PORT + 1)
        capture = self.capture("-g", "5,6", "--metrics", self.path, "udp port 4242 and len < 1000", group=6)
        self.await_value("received_packets_total", 0, 5)
        send(b"x" * 10, b"y" * 20, b"z" * 2000)
        send(b"x", port=PORT + 1)
        self.await_value("received_packets_total", 3, 5)
        self.await_value("received_packets_total", 1, 6)
        self.assertGreater(self.value("socket_buffer_bytes"), 0)
        capture.finish()
        self.assertEqual([self.value("filtered_packets_total", group) for group in (5, 6)], [1, 1])
        self.assertEqual([self.value("lost_packets_total", group) for group in (5, 6)], [0, 0])
        self.assertEqual(self.value("passed_bytes_total"), 28 + 10 + 28 + 20)
        self.assertEqual(self.value("output_packets_total"), 2)
        self.assertGreater(self.value("received_bytes_total", 5), 2000)
        self.assertEqual(self.value("socket_buffer_used_bytes"), 0)
        for name in ("dropped_batches_total", "truncated_batches_total", "malformed_messages_total",
                     "skipped_packets_total", "unaccounted_batches"):
            self.assertEqual(self.value(name), 0, name)

    def test_the_metrics_are_those_of_the_manual(self):
        page = pathlib.Path(os.environ["MANUAL"]).read_text()
        documented = set(re.findall(r"^\.It Li (nflogcap_\w+)$", page, re.M))
        self.capture("-g", "5", "--metrics", self.path, "--for", "1ms").finish(None)
        self.assertEqual({name for name, *_labels in samples(self.path)}, documented)

    def test_lost_packets(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-B", "4", "--metrics", self.path)
        await_condition(self.path.exists, "the file")
        capture.process.send_signal(signal.SIGSTOP)
        os.waitpid(capture.process.pid, os.WUNTRACED)
        send(*[b"x" * 60000] * 300)
        capture.process.send_signal(signal.SIGCONT)
        # A loss is counted only when a later packet shows the gap in the sequence numbers.
        await_condition(lambda: send(b"x") or self.value("lost_packets_total", 5) > 0, "a loss")
        words = capture.finish()[1]
        self.assertEqual(self.value("lost_packets_total", 5), int(re.search(r"(\d+) lost", words)[1]))
        self.assertGreater(self.value("dropped_batches_total"), 0)

    def test_with_every_output(self):
        rule("group 5")
        for arguments in (["--json"], ["-w", self.directory / "x"], [], ["-x"]):
            with self.subTest(arguments):
                capture = self.capture("-g", "5", "-c", "2", *arguments, "--metrics", self.path)
                send(b"x", b"y")
                self.assertEqual(capture.finish(None)[2], 0)
                self.assertEqual(self.value("output_packets_total"), 2)
        capture = self.capture("top", "-g", "5", "-c", "2", "--json", "--metrics", self.path)
        send(b"x", b"y")
        capture.finish(None)
        self.assertEqual(self.value("output_packets_total"), 2)

    def test_a_tap_has_the_group_that_it_logs_to(self):
        capture = self.capture("--tap", f"udp dport {PORT}", "--hook", "input", "-c", "1", "--json",
                               "--metrics", self.path, group=65535)
        await_condition(self.path.exists, "the file")  # it is written after the tap is added
        send(b"x")
        packet, = objects(capture.finish(None)[0])
        self.assertEqual(self.value("received_packets_total", packet["group"]), 1)

    def test_the_label_is_the_name_of_the_file(self):
        for name, label in (("a.prom", "a"), ("a.b.prom", "a.b"), ("a", "a"), ('q"\\.prom', 'q"\\'),
                            ("\x1b\udcff\n.prom", "\\x1b\\xff\\x0a")):
            path = self.where / name
            self.capture("-g", "5", "--metrics", path, "--for", "1ms").finish(None)
            self.assertEqual({dict(labels)["capture"] for _name, *labels in samples(path)}, {label})


class File(MetricsTest):
    def test_it_is_replaced_at_once_and_everyone_can_read_it(self):
        rule("group 5")
        capture = self.capture("-g", "5", "--metrics", self.path, umask=0o077)
        await_condition(self.path.exists, "the file")
        before = self.path.stat()
        with self.path.open() as old:
            await_condition(lambda: self.path.stat().st_ino != before.st_ino, "a new file")
            self.assertTrue(old.read().startswith("# HELP nflogcap_"))
        self.assertEqual(before.st_mode & 0o777, 0o644)
        capture.finish()
        self.assertEqual(list(self.where.iterdir()), [self.path])

    def test_a_file_left_by_a_killed_process_does_not_matter(self):
        left = self.where / "web.prom.tmp"
        left.symlink_to(self.directory / "victim")
        self.assertEqual(self.capture("-g", "5", "--metrics", self.path, "--for", "1ms").finish(None)[2], 0)
        self.assertEqual(list(self.where.iterdir()), [self.path])
        self.assertFalse((self.directory / "victim").exists())

    def test_a_missing_directory_does_not_end_the_capture_or_lose_packets(self):
        rule("group 5")
        file = self.directory / "x.pcap"
        capture = self.capture("-g", "5", "-w", file, "--metrics", self.path)
        await_condition(self.path.exists, "the file")
        self.path.unlink()
        self.where.rmdir()
        send(b"x" * 10)
        words = capture.process.stderr.readline()
        self.assertEqual(words, f"nflogcap: --metrics: cannot write {self.path}: No such file or directory; make "
                                "its directory first, or write elsewhere; the capture continues, and tries again "
                                "every 5 seconds\n")
        send(b"y" * 10)
        self.where.mkdir()
        self.assertEqual(capture.process.stderr.readline(),
                         f"nflogcap: the metrics are written to {self.path} again\n")
        self.assertEqual(self.value("received_packets_total", 5), 2)
        _said, rest, status = capture.finish()
        self.assertEqual((rest, status), ("2 packets written, 2 received, 0 filtered, 0 lost\n", 0))
        self.assertEqual(len(records(file)[1]), 2)

    def test_a_full_disk_leaves_the_file_unchanged_and_no_other_file(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", self.where], check=True)
        self.addCleanup(subprocess.run, ["umount", self.where], check=True)
        capture = self.capture("-g", "5", "--metrics", self.path)
        await_condition(self.path.exists, "the file")
        before = self.path.read_text()
        (self.where / "other").write_bytes(b"x" * 4096)
        self.assertRegex(capture.process.stderr.readline(), "No space left on device; free some space")
        self.assertEqual(self.path.read_text(), before)
        self.assertEqual({path.name for path in self.where.iterdir()}, {"web.prom", "other"})
        self.assertEqual(capture.finish()[2], 0)

    def test_a_directory_that_is_missing_at_the_start_does_not_end_the_capture(self):
        rule("group 5")
        capture = self.capture("-g", "5", "-c", "1", "--metrics", self.where / "gone" / "x.prom")
        send(b"x")
        said, words, status = capture.finish(None)
        self.assertEqual((len(said.splitlines()), status), (1, 0))
        self.assertEqual(len(re.findall("--metrics", words)), 1, words)

    def test_only_a_regular_file_is_replaced(self):
        fifo = self.fifo()
        link = self.where / "link"
        link.symlink_to("target")
        for path in (fifo, link, self.where):
            kind = path.lstat().st_mode
            words = self.capture("-g", "5", "--metrics", path, "--for", "1ms").finish(None)[1]
            self.assertRegex(words, f"cannot write {path}: it exists and is not a regular file")
            self.assertEqual(path.lstat().st_mode, kind)

    def test_the_output_is_not_replaced(self):
        path = self.directory / "x"
        self.assert_refused(["-g", "5", "-w", path, "--metrics", f"{self.directory}/./x"],
                            "is the file that packets are written to; name another one")
        with path.open("w") as output:
            capture = self.capture("-g", "5", "--metrics", path, stdout=output)
            self.assertRegex(capture.finish(None)[1], "is the file that packets are written to")

    def test_the_status_line_gives_way_to_a_warning(self):
        terminal = Terminal(self)
        process = subprocess.Popen([os.environ["NFLOGCAP"], "-g", "5", "--metrics", self.where / "gone" / "x"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=terminal.end)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        terminal.await_text("doctor -g 5")
        self.assertEqual([line for line in terminal.screen() if "--metrics" in line],
                         [line for line in terminal.screen() if line.startswith("nflogcap: --metrics: ")])

    def test_it_requires_a_live_capture_and_a_file_name(self):
        for arguments, words in ((["-r", "x", "--metrics", "y"], "--metrics excludes -r|-r excludes --metrics"),
                                 (["top", "-r", "x", "--metrics", "y"], "excludes"),
                                 (["-g", "5", "--metrics", "-"], "cannot write to '-'; name a file"),
                                 (["-g", "5", "--metrics", ""], "--metrics: the value is empty")):
            self.assert_refused(arguments, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
