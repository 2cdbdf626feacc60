# SPDX-License-Identifier: GPL-2.0-or-later
"""One capture that several threads use."""

import os
import sys
import threading
import time
import unittest

import live
import nflogcap


def setUpModule():
    sys.setswitchinterval(1e-5)  # seconds: threads switch very often


class ThreadsTest(live.LiveTest):
    def waiting(self, function, *arguments):
        task = live.Task(function, *arguments)
        live.await_sleep(task)
        self.assertTrue(task.is_alive())
        return task

    def test_wakeup_ends_the_wait_and_not_the_capture(self):
        self.with_rule(931, "group 5")
        capture = self.with_capture(5)
        for wait in (capture.next, lambda: capture.next(60), lambda: next(iter(capture), None)):
            task = self.waiting(wait)
            capture.wakeup()
            self.assertIsNone(task.result())
        live.send(931, b"hello")
        self.assertEqual(live.udp_payload(self.next_of(capture)), b"hello")

    def test_stop_and_hand_over_end_the_wait(self):
        for end in (nflogcap.Capture.stop, nflogcap.Capture.hand_over):
            for wait, ended in (("next", EOFError), ("list", None)):
                capture = self.with_capture(5)
                capture.descriptors()
                task = self.waiting({"next": capture.next, "list": lambda: list(capture)}[wait])
                end(capture)
                if ended:
                    self.assertRaises(ended, task.result)
                else:
                    self.assertEqual(task.result(), [])
                capture.close()

    def test_other_threads_run_while_an_adoption_waits(self):
        capture = self.with_capture(5)
        task = live.Task(nflogcap.adopt, capture.descriptors())  # waits for a second, and then fails
        progress = 0
        while task.is_alive():
            progress += 1
        self.assertGreater(progress, 1000)
        with self.assertRaisesRegex(OSError, f"process {os.getpid()}"):
            task.result()

    def test_close_ends_the_waits_of_all_threads_and_releases_the_group(self):
        capture = nflogcap.open(5)
        loops = [self.waiting(lambda: list(capture)) for _ in range(3)]
        nexts = [self.waiting(capture.next, 60) for _ in range(3)]
        capture.close()
        nflogcap.open(5).close()  # close() has returned, so the group is free
        for task in loops:
            self.assertEqual(task.result(), [])
        for task in nexts:
            self.assertRaises(EOFError, task.result)

    def test_close_ends_all_readers_under_load(self):
        self.with_rule(932, "group 5")
        done = threading.Event()

        def traffic():
            while not done.is_set():
                live.send(932, *[b"x"] * 50)

        def read(capture):
            read = 0
            try:
                while True:
                    read += capture.next(0.001) is not None
            except (EOFError, ValueError):
                return read

        sender = live.Task(traffic)
        total = 0
        try:
            for _ in range(30):
                capture = nflogcap.open(5)
                readers = [live.Task(read, capture) for _ in range(3)]
                live.await_condition(lambda: capture.stats.received > 100)
                closers = [live.Task(capture.close) for _ in range(2)]
                for task in closers:
                    task.result()
                total += sum(task.result() for task in readers)
        finally:
            done.set()
            sender.result()
        self.assertGreater(total, 30 * 100 - 30 * 3)

    def test_threads_share_the_packets_of_one_capture(self):
        self.with_rule(933, "group 5")
        capture = self.with_capture(5)
        readers = [live.Task(lambda: [packet.seq for packet in capture]) for _ in range(4)]
        for _ in range(40):
            live.send(933, *[b"x"] * 50)
            time.sleep(0.001)
        live.await_condition(lambda: capture.stats.received == 2000)
        capture.stop()
        shares = [task.result() for task in readers]
        self.assertEqual(sorted(seq for share in shares for seq in share), list(range(2000)))
        for share in shares:
            self.assertEqual(share, sorted(share))

    def test_counters_can_be_read_while_another_thread_waits(self):
        self.with_rule(934, "group 5")
        capture = self.with_capture(5)
        task = self.waiting(lambda: [packet.seq for packet in capture])
        self.assertEqual(capture.stats.received, 0)
        live.send(934, b"hello")
        live.await_condition(lambda: capture.stats.delivered == 1)
        self.assertEqual(capture.group_stats(5).received, 1)
        capture.stop()
        self.assertEqual(task.result(), [0])

    def test_other_threads_run_while_one_waits(self):
        capture = self.with_capture(5)
        task = self.waiting(capture.next)
        progress = sum(1 for _ in range(100000))  # needs the GIL, which the waiting thread must release
        self.assertEqual(progress, 100000)
        self.assertTrue(task.is_alive())
        capture.wakeup()
        self.assertIsNone(task.result())

    def test_a_program_can_end_while_a_daemon_thread_waits(self):
        said, status = live.Child(
            """
            import live, nflogcap
            capture = nflogcap.open(5)
            task = live.Task(capture.next)
            live.await_sleep(task)
            print("over")
            """
        ).finish()
        self.assertEqual((said, status), ("over\n", 0))

    def test_a_forked_child_takes_the_capture_over(self):
        def in_child():
            self.assertRaises(ChildProcessError, capture.next, 0)
            capture.take_over()
            live.send(936, b"hello")
            self.assertEqual(live.udp_payload(capture.next(live.LONG)), b"hello")

        self.with_rule(936, "group 5")
        capture = self.with_capture(5)
        self.assertEqual(live.in_child(in_child), 0)
        # The owner has ended: the capture belongs to the first process that uses it.
        live.send(936, b"again")
        self.assertEqual(live.udp_payload(capture.next(live.LONG)), b"again")

    def test_a_forked_child_closes_its_copy_and_nothing_else(self):
        self.with_rule(935, "group 5")
        capture = self.with_capture(5)
        task = self.waiting(lambda: live.udp_payload(capture.next()))
        self.assertEqual(live.in_child(capture.close), 0)
        live.send(935, b"still here")
        self.assertEqual(task.result(), b"still here")

    def test_after_a_refused_stop_the_next_call_still_waits_for_the_owners_end(self):
        reader, writer = os.pipe()

        def daemon(refused, parent):
            for refuse in (parent.stop, parent.wakeup):
                self.assertRaises(ChildProcessError, refuse)
            os.write(refused, b"r")
            self.assertIsNone(parent.next(0))  # waits for the owner's end
            os.write(writer, b"owner")

        def owner():
            capture = nflogcap.open(5)
            started, refused = os.pipe()
            if os.fork() == 0:
                try:
                    daemon(refused, capture)
                finally:
                    os._exit(0)
            os.read(started, 1)
            time.sleep(0.1)  # so that the daemon calls next() before the owner ends
            os._exit(0)

        self.assertEqual(live.in_child(owner), 0)
        os.close(writer)
        with open(reader, "rb") as said:
            self.assertEqual(said.read(), b"owner")


if __name__ == "__main__":
    unittest.main()
