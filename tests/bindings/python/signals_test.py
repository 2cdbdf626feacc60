# SPDX-License-Identifier: GPL-2.0-or-later
"""Signals that arrive while a capture waits."""

import signal
import time
import unittest

import live


class SignalsTest(live.LiveTest):
    def test_ctrl_c_ends_a_wait(self):
        for wait in ("for packet in capture: pass", "capture.next()", "capture.next(1000)"):
            child = live.Child(
                f"""
                import nflogcap
                capture = nflogcap.open(5)
                print("waiting", flush=True)
                try:
                    {wait}
                except KeyboardInterrupt:
                    print("interrupted", flush=True)
                """
            )
            self.assertEqual(child.line(), "waiting")
            time.sleep(0.3)
            child.process.send_signal(signal.SIGINT)
            self.assertEqual(child.finish(), ("interrupted\n", 0))

    def test_a_handler_runs_and_the_wait_continues_for_the_rest_of_its_time(self):
        said, status = live.Child(
            """
            import signal, time, nflogcap
            handled = []
            signal.signal(signal.SIGALRM, lambda *_: handled.append(time.monotonic()))
            capture = nflogcap.open(5)
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
            start = time.monotonic()
            packet = capture.next(1)
            took = time.monotonic() - start
            signal.setitimer(signal.ITIMER_REAL, 0)
            assert packet is None
            assert len(handled) >= 3, handled
            assert 1 <= took < 10, took
            """
        ).finish()
        self.assertEqual(status, 0, said)

    def test_an_exception_in_a_handler_ends_the_wait(self):
        said, status = live.Child(
            """
            import signal, nflogcap
            def handler(*_):
                raise LookupError("by the handler")
            signal.signal(signal.SIGALRM, handler)
            with nflogcap.open(5) as capture:
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                try:
                    list(capture)
                except LookupError as raised:
                    print(raised)
            """
        ).finish()
        self.assertEqual((said, status), ("by the handler\n", 0))

    def test_a_handler_may_call_stop_wakeup_and_close(self):
        for use, outcome in (
            ("stop", "EOFError()"),
            ("wakeup", "None"),
            ("close", "EOFError()"),
        ):
            said, status = live.Child(
                f"""
                import signal, nflogcap
                capture = nflogcap.open(5)
                signal.signal(signal.SIGALRM, lambda *_: capture.{use}())
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                try:
                    print(capture.next())
                except EOFError:
                    print("EOFError()")
                """
            ).finish()
            self.assertEqual((said, status), (outcome + "\n", 0))


    def test_a_handler_may_drop_the_last_reference_to_a_capture_that_waits(self):
        said, status = live.Child(
            """
            import gc, signal, nflogcap
            owner = [nflogcap.open(5)]
            def drop(*_):
                owner.clear()
                gc.collect()
            signal.signal(signal.SIGALRM, drop)
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            print(owner[0].next(0.5), owner)
            nflogcap.open(5).close()
            """
        ).finish()
        self.assertEqual((said, status), ("None []\n", 0))


if __name__ == "__main__":
    unittest.main()
