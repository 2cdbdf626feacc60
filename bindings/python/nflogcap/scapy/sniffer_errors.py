# SPDX-License-Identifier: GPL-2.0-or-later
"""What goes wrong in the thread of an AsyncSniffer reaches who joins it."""

import threading
import traceback


def raise_errors_in_join(sniffer_class):
    """Does for the AsyncSniffer of scapy before 2.6 what that of later versions does itself: without
    it a thread that could not open its socket ends, and join() and stop() tell nothing of it."""
    if "exception" in vars(sniffer_class()):
        return
    run, join = sniffer_class._run, sniffer_class.join

    def run_and_keep_error(self, *arguments, **keywords):
        self.exception = None
        self.stop_cb = lambda: None  # what stop() calls where _run() does not come so far
        try:
            run(self, *arguments, **keywords)
        except Exception as error:
            if threading.current_thread() is not self.thread:
                raise  # to the caller of sniff()
            traceback.clear_frames(error.__traceback__)  # which hold the sockets that did open
            self.exception = error

    def join_and_raise(self, *arguments, **keywords):
        join(self, *arguments, **keywords)
        if getattr(self, "exception", None) is not None:
            raise self.exception

    sniffer_class._run = run_and_keep_error
    sniffer_class.join = join_and_raise
