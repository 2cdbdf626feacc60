# SPDX-License-Identifier: GPL-2.0-or-later
"""The messages that the command sends to a service manager."""

import os
import signal
import subprocess
import time
import unittest

from service_manager import ServiceManager
from support import PORT, CommandTest, await_full_pipe, objects, rule, send


class ServiceManagerTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.path = self.directory / "notify"

    def capture(self, *arguments, address=None, environment=None, **options):
        return super().capture(*arguments, **options, env={
            **os.environ, "NOTIFY_SOCKET": str(self.path) if address is None else address, **(environment or {})})


class Notified(ServiceManagerTest):
    def test_ready_once_the_group_is_bound_and_stopping_at_the_end(self):
        rule("group 5")
        for address in (str(self.path), f"@nflogcap-{os.getpid()}"):
            with self.subTest(address):
                manager = ServiceManager(self, address.replace("@", "\0"))
                capture = self.capture("-g", "5", "--json", address=address)
                self.assertEqual(manager.await_word("STATUS="),
                                 "STATUS=0 packets received, 0 filtered, 0 lost")
                manager.await_word("READY=1")
                send(b"x")  # is captured, because it is sent after READY=1
                self.assertEqual(manager.await_word("STATUS="),
                                 "STATUS=1 packets received, 0 filtered, 0 lost")
                said, _words, status = capture.finish(signal.SIGTERM)
                self.assertEqual((len(objects(said)), status), (1, 0))
                self.assertIn("STOPPING=1", manager.rest())

    def test_not_ready_if_the_start_fails(self):
        manager = ServiceManager(self, str(self.path))
        for arguments in (["-g", "5", "-w", "/nonexistent/x"], ["-g", "5", "frob"]):
            self.assertEqual(self.capture(*arguments).finish(None)[2], 1)
        self.assertNotIn("READY=1", manager.rest())

    def test_a_missing_manager_does_not_end_the_capture(self):
        rule("group 5")
        for address, why in ((str(self.path), "No such file or directory"), (f"@gone-{os.getpid()}", "Connection refused"),
                             ("vsock:2:1", "it is neither a path nor '@'"), ("/" + "x" * 107, "107 bytes")):
            with self.subTest(address):
                capture = self.capture("-g", "5", "-c", "1", address=address)
                send(b"x")
                said, words, status = capture.finish(None)
                self.assertEqual((len(said.splitlines()), status), (1, 0))
                self.assertRegex(words, f"^nflogcap: cannot notify the service manager at NOTIFY_SOCKET={address}: "
                                        f".*{why}.*; this process continues without it\n1 packet printed")

    def test_a_manager_that_reads_nothing_does_not_delay_the_capture(self):
        ServiceManager(self, str(self.path))
        rule("group 5")
        capture = self.capture("-g", "5", "-c", "1", environment={"WATCHDOG_USEC": "4000"})
        time.sleep(0.5)  # long enough for the manager's socket to become full
        send(b"x")
        self.assertEqual(capture.finish(None)[2], 0)


class Watchdog(ServiceManagerTest):
    def watched(self, *arguments, stdout=subprocess.PIPE, **environment):
        manager = ServiceManager(self, str(self.path))
        return manager, self.capture(*arguments, environment=environment, stdout=stdout)

    def test_it_gets_signs_of_life_without_packets_and_with_many(self):
        rule("group 5")
        manager, capture = self.watched("-g", "5", "--json", WATCHDOG_USEC="200000", stdout=subprocess.DEVNULL)
        for _ in range(3):
            manager.await_word("WATCHDOG=1")
        with subprocess.Popen([os.environ["SEND_UDP"], str(PORT), "--count", "1000000000"]) as flood:
            for _ in range(3):
                manager.await_word("WATCHDOG=1")
            flood.kill()
        self.assertEqual(capture.finish()[2], 0)

    def test_it_gets_no_message_while_the_loop_is_blocked(self):
        """In this test the loop is blocked because nobody reads the command's output."""
        rule("group 5")
        manager, capture = self.watched("-g", "5", "-x", WATCHDOG_USEC="200000")
        manager.await_word("WATCHDOG=1")
        send(*[b"x" * 1000] * 100)
        await_full_pipe(capture.process)
        manager.rest().clear()
        time.sleep(0.5)
        self.assertEqual(manager.rest(), [])
        self.assertEqual(capture.finish()[2], 0)

    def test_a_watchdog_of_another_process_is_not_its_own(self):
        for watched in ("1", "x"):
            manager, capture = self.watched("-g", "5", WATCHDOG_USEC="1000", WATCHDOG_PID=watched)
            manager.await_word("READY=1")
            capture.finish()
            self.assertNotIn("WATCHDOG=1", manager.rest())
            self.path.unlink()


if __name__ == "__main__":
    unittest.main(verbosity=2)
