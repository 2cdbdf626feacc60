#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests the site that scripts/docs built, in a headless Chromium.

Environment variables, besides those of browser.py: SITE is the directory of the site, SCREENSHOTS the directory for
screenshots. Python must import the nflogcap module that the site describes.
"""
import functools
import http.server
import os
import pathlib
import tempfile
import threading
import unittest

import nflogcap
from browser import Browser, await_condition, require_browser

SITE = pathlib.Path(os.environ["SITE"])
C_REFERENCE = "capi/include/nflogcap.html"
PYTHON_REFERENCE = "docs/site/python-reference.html"
REQUESTS = "return [location.href, ...performance.getEntriesByType('resource').map((each) => each.name)]"
HAS_ID = "return document.getElementById(arguments[0]) !== null"


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class InABrowser(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.browser = Browser(self, directory.name)

    def serve(self):
        """Starts a web server for the site. Returns its address."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=SITE))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}/"

    def go(self, page):
        """Clicks a link to a page, and waits until the browser shows the page."""
        self.browser.click(f'a[href$="{page}"]')
        await_condition(lambda: self.browser.run("return location.pathname").endswith(page), page)

    def search(self, words):
        self.browser.type("input[name=q]", words)
        self.browser.press("Enter")
        self.browser.await_text("#search-results", "Search finished")

    def assert_local(self, address):
        """Checks that the page requested nothing from another address."""
        requests = self.browser.run(REQUESTS)
        self.assertEqual([request for request in requests if not request.startswith(address)], [])
        self.assertEqual([error for error in self.browser.errors() if "/favicon.ico" not in error], [])

    def test_the_references_are_reached_by_links_and_have_functions_and_fields(self):
        address = self.serve()
        self.browser.open(address)
        self.browser.screenshot(pathlib.Path(os.environ["SCREENSHOTS"], "docs-front.png"))
        self.assertGreater(len(self.browser.run(REQUESTS)), 5)
        self.assert_local(address)
        self.go(C_REFERENCE)
        self.assertIn("int nflogcap_next(nflogcap *handle, ", self.browser.text("[id='c.nflogcap_next']"))
        self.assert_local(address)
        self.go(PYTHON_REFERENCE)
        fields = [name for name in dir(nflogcap.Packet) if not name.startswith("_")]
        self.assertIn("lost_before", fields)
        for field in fields:
            self.assertTrue(self.browser.run(HAS_ID, f"nflogcap.Packet.{field}"), field)
        self.assert_local(address)

    def test_the_search_finds_functions_and_words(self):
        address = self.serve()
        self.browser.open(address)
        self.search("wakeup")
        found = self.browser.await_text("#search-results", "nflogcap_wakeup (C function")
        self.assertIn("nflogcap.Capture.wakeup (Python method", found)
        self.assert_local(address)
        self.search("JetStream")
        self.browser.click('#search-results a[href*="docs/fleet.html"]')
        self.browser.await_text("[role=main]", "NATS JetStream")

    def test_files_need_no_server(self):
        self.browser.open((SITE / "index.html").as_uri())
        self.assert_local(SITE.as_uri())
        self.search("wakeup")
        self.browser.await_text("#search-results", "nflogcap_wakeup (C function")


if __name__ == "__main__":
    require_browser()
    unittest.main(verbosity=2)
