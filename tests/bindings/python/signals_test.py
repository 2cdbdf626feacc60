# SPDX-License-Identifier: GPL-2.0-or-later
"""Signals while Python waits."""

import signal
import time
import unittest

import live


class SignalsTest(live.LiveTest):
    WAITS = {
        "for loop": "for packet in capture: pass",
        "next()": "capture.next()",
        "next(60)": "capture.next(60)",
    }

    def test_ctrl_c_ends_a_wait(self):
        for name, wait in self.WAITS.items():
            child = live.Child(
                f"""
                import time, nflogcap
                capture = nflogcap.open(5)
                print("waiting", flush=True)
                try:
                    {wait}
                except KeyboardInterrupt:
                    print(time.monotonic(), flush=True)
                """
            )
            self.assertEqual(child.line(), "waiting")
            time.sleep(0.3)
            sent = time.monotonic()
            child.process.send_signal(signal.SIGINT)
            said, status = child.finish()
            self.assertEqual(status, 0, said)
            took = float(said) - sent
            print(f"{name}: KeyboardInterrupt {took * 1000:.1f} ms after the signal ... ", end="")
            self.assertLess(took, 1)

    def test_a_handler_runs_and_the_wait_goes_on_with_what_is_left_of_it(self):
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

    def test_what_a_handler_raises_ends_the_wait(self):
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

    def test_a_handler_may_stop_wake_and_close(self):
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


if __name__ == "__main__":
    unittest.main()
