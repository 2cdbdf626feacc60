# SPDX-License-Identifier: GPL-2.0-or-later
"""Helpers for tests of the page in a browser, with a real broker and the user `watch` of fleet/config/nats-server.conf.

Environment variables, besides those of broker.py and browser.py: SITE is the directory where the page is installed,
SCREENSHOTS the directory for screenshots.
"""

import functools
import http.server
import json
import os
import pathlib
import re
import tempfile
import threading
import unittest
import urllib.request

from broker import Broker
from browser import Browser, await_condition, require_browser
from nats_client import Client

require_browser()
ROOT = pathlib.Path(__file__).parent.parent.parent.parent
SCREENSHOTS = pathlib.Path(os.environ["SCREENSHOTS"])
STREAM = json.loads((ROOT / "fleet/config/stream.json").read_text())
MONITOR = 8222
SOCKET = "ws://127.0.0.1:8443"

COLUMNS = ("host", "group", "rate", "line", "lag", "logged", "filtered", "lost", "missing", "seen")
ROWS = """
const scroller = document.getElementById("host-scroller");
const rows = new Map();
const read = () => {
  for (const row of document.querySelectorAll("#host-grid tbody tr:not(.spacer)"))
    rows.set(row.getAttribute("aria-rowindex"), Array.from(row.cells, (cell) => cell.innerText));
};
const before = scroller.scrollTop;
for (scroller.scrollTop = 0, read(); ;) {
  const top = scroller.scrollTop;
  scroller.scrollTop += scroller.clientHeight / 2;
  scroller.dispatchEvent(new Event("scroll"));
  read();
  if (scroller.scrollTop === top)
    break;
}
scroller.scrollTop = before;
scroller.dispatchEvent(new Event("scroll"));
return [...rows].sort(([one], [other]) => one - other).map(([, cells]) => cells);
"""


def example_user(name):
    """Returns a user's block of the example configuration, with the password 'of-NAME'."""
    text = (ROOT / "fleet/config/nats-server.conf").read_text()
    block = re.search(rf'^    \{{\n      user: "{name}"\n.*?^    \}}\n', text, re.M | re.S)[0]
    return block.replace(f"${name}", f'"of-{name}"')


def broker_config(more=""):
    """Returns a configuration in which clients without a user name can do everything; the page signs in as `watch`."""
    return f"""
http: 127.0.0.1:{MONITOR}
websocket {{ listen: "127.0.0.1:8443", no_tls: true }}
authorization {{ users = [
    {{ user: "all", password: "none" }}
{example_user("watch")}
    {{ user: "nobody", password: "of-nobody", permissions: {{ publish: ["x"], subscribe: ["x"] }} }}
] }}
no_auth_user: all
{more}"""


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves the page's files, and config.json if the test sets `settings`."""

    settings = None  # the text of config.json

    def do_GET(self):
        if self.path != "/config.json" or self.settings is None:
            return super().do_GET()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.settings.encode())

    def log_message(self, *_):
        pass


class PageTest(unittest.TestCase):
    maxDiff = None
    has_stream = True
    config = ""
    stream = {}  # settings of the stream that differ from the example
    site = Site

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.make_broker()
        self.addCleanup(self.client.close)
        if self.has_stream:
            # Without the example's max_bytes, because the disk of the test is smaller.
            self.client.create_stream(**{**STREAM, "max_bytes": -1, **self.stream})
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(self.site, directory=os.environ["SITE"]))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}/"
        self.browser = None

    def make_broker(self):
        """Starts the broker, and connects a client."""
        self.broker = Broker(self, self.directory, config=broker_config(self.config), address="0.0.0.0")
        self.client = Client()

    def open(self, socket=SOCKET, **options):
        self.browser = Browser(self, self.directory, **options)
        self.browser.open(self.url + "#" + socket)
        await_condition(lambda: self.browser.focused() in ("password", "server"), "the form")

    def sign_in(self, user="watch", password="of-watch"):
        self.browser.type("input[name=user]", user)
        self.browser.type("input[name=password]", password)
        self.browser.press("Enter")

    def start(self, **options):
        """Opens the page and signs in. Returns when the page shows the table of hosts."""
        self.open(**options)
        self.sign_in()
        await_condition(lambda: self.browser.focused() == "host-grid", "the table")

    def connections(self):
        """Returns the number of connections of clients to the broker."""
        with urllib.request.urlopen(f"http://127.0.0.1:{MONITOR}/connz") as answer:
            return json.load(answer)["num_connections"]

    def rows(self):
        """Returns the cells of each row as text, by host and group."""
        rows = [dict(zip(COLUMNS, cells)) for cells in self.browser.run(ROWS)]
        return {(row["host"], int(row["group"])): row for row in rows}

    def figures(self):
        """Returns the counts that the page shows, as numbers, by host and group."""
        return {key: {name: int(row[name].replace(",", "")) for name in ("logged", "filtered", "lost", "missing")}
                for key, row in self.rows().items()}

    def await_figures(self, expected):
        """Waits until figures() returns `expected`, or the value that the function `expected` returns."""
        is_right = expected if callable(expected) else lambda: expected
        try:
            await_condition(lambda: self.figures() == is_right(), "these figures")
        except AssertionError:
            self.assertEqual(self.figures(), is_right())
            raise

    def screenshot(self, name):
        self.browser.screenshot(SCREENSHOTS / f"{name}.png")

    def tearDown(self):
        if self.browser is not None:
            unexpected = [error for error in self.browser.errors() if "WebSocket connection" not in error
                          and "config.json" not in error]
            self.assertEqual(unexpected, [])
