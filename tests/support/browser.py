# SPDX-License-Identifier: GPL-2.0-or-later
"""Controls a headless Chromium by chromedriver, with the WebDriver protocol.

Environment variable CHROMEDRIVER: the path of chromedriver.
"""

import base64
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

LONG = 120  # seconds; only a test that fails waits this long
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowDown": "\ue015", "ArrowUp": "\ue013",
        "End": "\ue010", "Home": "\ue011", "PageDown": "\ue00f", "Backspace": "\ue003"}


def require_browser():
    """Skips the test if the browser is missing, because Ubuntu has no package of it."""
    if not os.access(os.environ["CHROMEDRIVER"], os.X_OK):
        print("there is no chromedriver: install (these are Debian's names) chromium chromium-driver", file=sys.stderr)
        sys.exit(1 if os.environ.get("NFLOGCAP_REQUIRE_LIVE") == "1" else 77)


def await_condition(condition, what):
    end = time.monotonic() + LONG
    while not (found := condition()):
        assert time.monotonic() < end, f"timed out while waiting for: {what() if callable(what) else what}"
        time.sleep(0.05)
    return found


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Browser:
    """A browser with one window. It is closed at the end of the test."""

    def __init__(self, test, directory, width=1400, height=900, arguments=()):
        directory = pathlib.Path(directory)
        port = free_port()
        self._url = f"http://127.0.0.1:{port}"
        self._log = directory / "chromedriver.log"
        with self._log.open("wb") as log:
            driver = subprocess.Popen([os.environ["CHROMEDRIVER"], f"--port={port}"], stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log)
        test.addCleanup(driver.wait)
        test.addCleanup(driver.terminate)
        self.driver = driver.pid
        await_condition(self._is_ready, "chromedriver")
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                            "--no-first-run", "--disable-background-networking", "--disable-component-update",
                            f"--user-data-dir={directory / 'profile'}", f"--window-size={width},{height}",
                            *arguments]}
        made = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self._session = f"/session/{made['sessionId']}"
        test.addCleanup(self._call, "DELETE", self._session)

    def _is_ready(self):
        try:
            return self._call("GET", "/status")["ready"]
        except OSError:
            return False

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=LONG) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def _do(self, method, path, body=None):
        return self._call(method, self._session + path, body)

    def open(self, url):
        self._do("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """Runs a script in the page. Returns the value that the script returns."""
        return self._do("POST", "/execute/sync", {"script": script, "args": arguments})

    def devtools(self, command, **parameters):
        return self._do("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def set_dark(self, is_dark):
        """Selects dark or light colours, as the setting of the system does."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}])

    def find(self, selector):
        return self._do("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self._do("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        element = self.find(selector)
        self._do("POST", f"/element/{element}/clear", {})
        self._do("POST", f"/element/{element}/value", {"text": text})

    def press(self, *keys):
        """Presses keys, given as names or characters. The focused element receives them."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self._do("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def text(self, selector):
        """Returns the text of the first element that matches the selector; '' without such an element."""
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def focused(self):
        """Returns the id of the focused element, or its name."""
        return self.run("return document.activeElement.id || document.activeElement.name || "
                        "document.activeElement.tagName")

    def await_text(self, selector, part):
        """Waits until the text of an element contains a part. Returns the text."""
        await_condition(lambda: part in self.text(selector),
                        lambda: f"'{part}' in {selector}: '{self.text(selector)}'")
        return self.text(selector)

    def resize(self, width, height):
        self._do("POST", "/window/rect", {"width": width, "height": height})

    def _processes(self):
        """Returns the process ids of the browser, which chromedriver has started."""
        parents = {}
        for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # the process has ended
                parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
        found = [self.driver]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found[1:]

    def cpu(self):
        """Returns the CPU time of the browser in seconds."""
        ticks = 0
        for pid in self._processes():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def signal(self, number):
        for pid in self._processes():
            os.kill(pid, number)

    def errors(self):
        """Returns the errors in the browser's console: errors of scripts and violations of the page's policy."""
        return [entry["message"] for entry in self._do("POST", "/se/log", {"type": "browser"})
                if entry["level"] == "SEVERE"]

    def screenshot(self, path):
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._do("GET", "/screenshot")))
