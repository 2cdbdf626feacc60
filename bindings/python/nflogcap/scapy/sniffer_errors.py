# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors in the thread of an AsyncSniffer reach the caller of join()."""

import threading
import traceback


def raise_errors_in_join(sniffer_class):
    """Makes join() and stop() of an AsyncSniffer raise the error of its thread. scapy 2.5 loses
    the error; in scapy 2.6 stop() raises another one, and a sniffer that was started again
    raises the old error again."""
    run, join = sniffer_class._run, sniffer_class.join

    def run_and_keep_error(self, *arguments, **keywords):
        self.exception = None
        self.stop_cb = lambda: None  # stop() calls it if _run() fails before it sets its own
        try:
            run(self, *arguments, **keywords)
        except Exception as error:
            if threading.current_thread() is not self.thread:
                raise  # to the caller of sniff()
            traceback.clear_frames(error.__traceback__)  # the frames hold the sockets that were opened
            self.exception = error

    def join_and_raise(self, *arguments, **keywords):
        join(self, *arguments, **keywords)  # raises the error itself since scapy 2.6
        if getattr(self, "exception", None) is not None:
            raise self.exception

    sniffer_class._run = run_and_keep_error
    sniffer_class.join = join_and_raise
