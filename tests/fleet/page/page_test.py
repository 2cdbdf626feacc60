# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the fleet in a browser, with messages that the tests construct.

Environment variables: those of page_support.py.
"""

import json
import signal
import struct
import subprocess
import unittest

import messages
from broker import Broker
from browser import await_condition
from messages import Host
from nats_client import Client
from page_support import ROOT, SOCKET, STREAM, PageTest, Site


def named(name):
    """Returns the counts of one host with one packet in group 5."""
    return {(name, 5): {"logged": 1, "filtered": 0, "lost": 0, "missing": 0}}


class Figures(PageTest):
    def test_one_host_that_sent_before(self):
        Host(self.client, "web-1").send(b"a", b"b", lost=7, filtered=5, dropped=3)
        self.start()
        self.await_figures({("web-1", 5): {"logged": 14, "filtered": 5, "lost": 7, "missing": 3}})
        self.assertEqual(self.browser.text("#prefixes-note").split(" since")[0], "Of 0 packets received")
        self.screenshot("one-host-light")
        self.browser.set_dark(True)
        self.screenshot("one-host-dark")

    def test_packets_that_arrive_while_it_is_open(self):
        host = Host(self.client, "web-1")
        self.start()
        self.await_figures({})
        host.send(b"a", b"b")
        self.await_figures({("web-1", 5): {"logged": 2, "filtered": 0, "lost": 0, "missing": 0}})
        host.send(b"c", skip=4, lost=3)
        self.await_figures({("web-1", 5): {"logged": 10, "filtered": 0, "lost": 3, "missing": 4}})
        Host(self.client, "web-1", 6, spool="f" * 16).send(end=1)
        await_condition(lambda: "ended" in self.rows().get(("web-1", 6), {}).get("seen", ""), "the end")
        self.browser.await_text("#total-logged", "10")
        self.assertEqual(self.browser.text("#total-rows"), "2")
        self.assertEqual(self.browser.text("#prefix-rows"), "test:\t3\t100.0 %")

    def test_a_user_that_reads_only_sees_packets_with_their_fields(self):
        host = Host(self.client, "web-1")
        host.send(b"a")
        self.start()
        self.await_figures(named("web-1"))
        self.browser.press("ArrowDown", "Enter")
        self.browser.await_text("#packets-title", "Last packets of web-1, group 5")
        self.browser.await_text("#packet-rows", "input")
        cells = self.browser.text("#packet-rows").split("\t")
        self.assertEqual(cells[1:], ["test:", "input", "", "", "UDP", "192.0.2.1", "1024", "192.0.2.2", "4242",
                                     "29", "", ""])
        host.send(*(b"x" * i for i in range(250)))
        self.browser.await_text("#packets-note", "200 packets (at most 200), newest first")
        self.assertEqual(self.browser.run("return document.querySelectorAll('#packet-rows tr').length"), 200)
        self.assertIn("\t277\t", self.browser.text("#packet-rows tr"))

    def test_hosts_are_chosen_by_a_pattern_and_sorted(self):
        for name, packets in (("web-1", 1), ("web-10", 3), ("web-2", 2), ("db", 9)):
            Host(self.client, name).send(*[b"x"] * packets)
        self.start()
        await_condition(lambda: len(self.rows()) == 4, "the hosts")
        self.assertEqual([host for host, _ in self.rows()], ["db", "web-1", "web-2", "web-10"])
        self.browser.click(".column-logged button")
        self.assertEqual([host for host, _ in self.rows()], ["db", "web-10", "web-2", "web-1"])
        self.assertEqual(self.browser.run("return document.querySelector('.column-logged').ariaSort"), "descending")
        self.browser.type("#pattern", "web-?")
        self.assertEqual([host for host, _ in self.rows()], ["web-2", "web-1"])
        self.assertEqual(self.browser.text("#shown"), "2 of 4")
        self.browser.await_text("#total-logged", "15")  # the total counts all hosts, also those not shown


class Hostile(PageTest):
    """Names, prefixes and messages that an attacker could send."""

    def test_names_and_prefixes_are_never_interpreted_as_html(self):
        name = "<script>alert(1)</script>\x1b[31m\u202e" + "w" * 60
        shown = "<script>alert(1)</script>\\x1b[31m\\xe2\\x80\\xae" + "w" * 60
        prefix = b"<img src=x onerror=alert(1)>\x07\xff\x1b]0;x"
        record = messages.record(messages.nflog(messages.udp(), prefix))
        self.start()
        self.client.request(messages.subject(name), messages.head() + record, messages.headers(name, 1, 1, 1))
        self.await_figures(named(shown))
        self.browser.await_text("#prefix-rows", "<img src=x onerror=alert(1)>\\x07\\xff\\x1b]0;x")
        self.browser.press("ArrowDown", "Enter")
        self.browser.await_text("#packet-rows", "<img src=x onerror=alert(1)>\\x07\\xff\\x1b]0;x")
        self.assertIn(shown, self.browser.text("#packets-title"))
        self.assertEqual(self.browser.run("return document.querySelectorAll('main script, main img').length"), 0)
        self.screenshot("hostile")

    def test_damaged_messages_and_those_of_a_later_version_are_counted_and_named(self):
        host = Host(self.client, "web-1")
        host.send(b"a")
        self.start()
        self.await_figures(named("web-1"))
        self.client.request(messages.subject("web-1"), b"x" * 30, messages.headers("web-1", 2, 1, 2))
        self.browser.await_text("#notices", "1 message is not counted, because nflogcap-ship does not send such messages. "
                                "The last one: nflog.pcap.web-1.g5: its packets do not match its account.")
        self.client.request(messages.subject("web-2"), b"", messages.headers("web-2", 1, 0, 0, version=2))
        self.browser.await_text("#notices", "1 message is not counted, because a later version of nflogcap-ship sent "
                                "them")
        self.assertIn("The last one: nflog.pcap.web-2.g5", self.browser.text("#notices"))
        self.client.request("nflog.pcap.no.group", b"")
        self.browser.await_text("#notices", "2 messages are not counted, because nflogcap-ship does not send")
        self.assertEqual(self.figures(), named("web-1"))

    def test_a_damaged_packet_is_shown_as_damaged(self):
        host = Host(self.client, "web-1")
        content = messages.nflog(messages.udp()) + struct.pack("=HH", 100, 1)
        self.start()
        self.client.request(messages.subject(host.name), messages.head() + messages.record(content),
                            messages.headers(host.name, 1, 1, 1))
        self.await_figures(named("web-1"))
        self.browser.press("ArrowDown", "Enter")
        self.browser.await_text("#packet-rows", "damaged UDP")

    def test_a_host_of_the_other_byte_order(self):
        content = messages.udp()
        record = struct.pack(">BBH", 2, 0, 5) + struct.pack(">HH", 9, 10) + b"big \0\0\0\0" + \
            struct.pack(">HH", 4 + len(content), 9) + content
        self.start()
        self.client.request(messages.subject("big"), messages.head(">") + messages.record(record, order=">"),
                            messages.headers("big", 1, 1, 1))
        self.await_figures(named("big"))
        self.browser.await_text("#prefix-rows", "big")
        self.browser.press("ArrowDown", "Enter")
        self.browser.await_text("#packet-rows", "192.0.2.2")


class Connection(PageTest):
    def test_a_wrong_password_is_refused_with_a_message_and_not_shown(self):
        self.open()
        self.sign_in(password="wrong-secret")
        self.browser.await_text("#sign-in-error", "refuses the user 'watch' or the password")
        self.assertNotIn("wrong-secret", self.browser.run("return document.documentElement.outerHTML"))
        self.assertEqual(self.browser.run("return document.querySelector('input[name=password]').value"), "")
        self.screenshot("refused")
        self.sign_in()
        await_condition(lambda: self.browser.focused() == "host-grid", "the table")

    def test_the_password_is_kept_nowhere(self):
        self.start()
        self.assertNotIn("of-watch", self.browser.run(
            "return location.href + JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie + "
            "document.documentElement.outerHTML"))

    def test_a_user_that_may_not_read_is_refused_with_a_message(self):
        self.open()
        self.sign_in("nobody", "of-nobody")
        self.browser.await_text("#sign-in-error", "Cannot subscribe to nflog.pcap.>: 'Permissions Violation for "
                                "Subscription to \"nflog.pcap.>\"'; allow the broker's user to subscribe to it")

    def test_an_address_without_a_broker_is_an_error(self):
        self.open()
        for address, words in (("broker", "'broker' is not an address"), ("http://broker", "not the address of a websocket"),
                               ("ws://u:p@127.0.0.1:8443", "contains a user or a password"),
                               ("ws://127.0.0.1:9", "nothing listens there, or this browser does not trust"),
                               ("ws://127.0.0.1:4222", "Cannot connect to")):
            self.browser.type("input[name=server]", address)
            self.sign_in()
            self.browser.await_text("#sign-in-error", words)

    def test_it_reports_when_it_is_cut_off_and_continues(self):
        host = Host(self.client, "web-1")
        other = Host(self.client, "web-2", spool="2" * 16)
        other.send(b"x")
        self.start()
        host.send(b"a")
        self.await_figures(named("web-1") | named("web-2"))
        self.broker.kill()
        words = self.browser.await_text("#notices", "Cut off from the broker since ")
        self.assertRegex(words, r"since \d\d:\d\d:\d\d\. The figures are older\. Reconnecting\.")
        self.assertTrue(self.browser.run("return document.body.classList.contains('is-old')"))
        await_condition(lambda: self.rows()["web-1", 5]["rate"] == "–", "an unknown rate")
        self.screenshot("cut-off")
        self.broker.start()
        self.client.close()
        self.client = host.client = other.client = self.broker_client()
        host.send(b"b", lost=2)  # the page may be connected again before or after this message
        other.send(end=1, lost=4)
        await_condition(lambda: "Cut off" not in self.browser.text("#notices"), "the page to connect again")
        self.assertFalse(self.browser.run("return document.body.classList.contains('is-old')"))
        host.send(b"c", lost=2)
        self.await_figures({("web-1", 5): {"logged": 5, "filtered": 0, "lost": 2, "missing": 0},
                            ("web-2", 5): {"logged": 5, "filtered": 0, "lost": 4, "missing": 0}})
        self.assertIn("ended", self.rows()["web-2", 5]["seen"])

    def broker_client(self):
        client = self.broker.client()
        made = client.__enter__()
        self.addCleanup(client.__exit__, None, None, None)
        return made

    def test_messages_not_received_are_counted_but_not_missing(self):
        host = Host(self.client, "web-1")
        self.start()
        host.send(b"a")
        self.await_figures(named("web-1"))
        self.browser.signal(signal.SIGSTOP)
        self.broker.kill()
        self.broker.start()
        self.client.close()
        self.client = host.client = self.broker_client()
        for content in (b"b", b"c", b"d", b"e"):
            host.send(content)
        self.browser.signal(signal.SIGCONT)
        self.browser.await_text("#notices", "3 messages were not received, because the page was cut off, or was so slow")
        self.assertEqual(self.figures(), {("web-1", 5): {"logged": 5, "filtered": 0, "lost": 0, "missing": 0}})


class ExampleConfiguration(PageTest):
    """The example fleet/config/nats-server.conf, with TLS, and with users that have only the rights that they need."""

    has_stream = False

    def make_broker(self):
        (self.directory / "nats").mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=broker", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-addext", "keyUsage=critical,digitalSignature,keyCertSign",
                        "-keyout", "server.key", "-out", "server.pem"], cwd=self.directory, check=True,
                       stderr=subprocess.DEVNULL)
        (self.directory / "nats/passwords.conf").write_text(
            "".join(f'{name} = "of-{name}"\n' for name in ("web_1", "web_2", "collect", "watch")))
        text = (ROOT / "fleet/config/nats-server.conf").read_text()
        for old, new in (('listen: "0.0.0.0:4222"', ""), ("/etc/nats/", f"{self.directory}/"),
                         ("/var/lib/nats", f"{self.directory}/store")):
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.broker = Broker(self, self.directory, config=text, jetstream=False)
        self.client_of("collect").create_stream(**STREAM)
        self.client = self.client_of("web-1")

    def client_of(self, user):
        client = Client(user=user, password="of-" + user.replace("-", "_"), ca=self.directory / "server.pem",
                        name="localhost", inbox="_INBOX_" + user)
        self.addCleanup(client.close)
        return client

    def test_the_page_reads_by_tls(self):
        host = Host(self.client, "web-1")
        host.send(b"a")
        self.start(socket="wss://localhost:8443", arguments=("--ignore-certificate-errors",))
        self.await_figures(named("web-1"))
        host.send(b"b", lost=1)
        self.await_figures({("web-1", 5): {"logged": 3, "filtered": 0, "lost": 1, "missing": 0}})

    def test_a_certificate_that_the_browser_does_not_trust(self):
        self.open(socket="wss://localhost:8443")
        self.sign_in()
        self.browser.await_text("#sign-in-error", "this browser does not trust the broker's certificate; check that "
                                "nats-server runs with websocket {} in its configuration, and open https://localhost:8443")


class Settings(PageTest):
    class site(Site):
        pass

    def test_the_address_and_the_stream_are_read_from_config_json(self):
        self.site.settings = json.dumps({"server": SOCKET, "stream": "OTHER"})
        self.start(socket="")
        self.browser.await_text("#notices", "Cannot read the stream OTHER: 'Permissions Violation for Publish to "
                                "\"$JS.API.STREAM.INFO.OTHER\"'; allow the broker's user to publish to that subject.")

    def test_an_invalid_config_json(self):
        self.site.settings = "{"
        self.open(socket="")
        self.browser.await_text("#sign-in-error", "config.json beside this page is not valid")
        self.browser.type("input[name=server]", SOCKET)
        self.sign_in()
        await_condition(lambda: self.browser.focused() == "host-grid", "the table")


class SlowPage(PageTest):
    config = "write_deadline: \"1s\""
    stream = {"max_msgs": 5}

    def test_a_slow_page_reports_the_messages_it_did_not_receive(self):
        host = Host(self.client, "web-1")
        self.start()
        host.send(b"a")
        self.await_figures(named("web-1"))
        self.browser.signal(signal.SIGSTOP)
        records = messages.head() + messages.record(messages.nflog(messages.udp(b"x" * 60_000))) * 15
        for _ in range(50):  # more data than the socket buffers have room for
            host.number += 1
            host.total += 15
            self.client.publish(messages.subject(host.name), records,
                                messages.headers(host.name, host.number, 15, host.total))
        await_condition(lambda: self.connections() == 1, "the end of the page's connection")
        self.browser.signal(signal.SIGCONT)
        await_condition(lambda: self.connections() == 2, "the page's connection")
        host.send(b"b")
        self.browser.await_text("#notices", "were not received, because the page was cut off, or was so slow")
        await_condition(lambda: self.figures()["web-1", 5]["logged"] == host.total, "all logged packets on the page")
        self.assertEqual(self.figures()["web-1", 5]["missing"], 0)


class NoStream(PageTest):
    has_stream = False

    def test_it_reports_a_missing_stream_and_tries_again(self):
        self.start()
        words = self.browser.await_text("#notices", "Cannot read the stream NFLOG: ")
        self.assertIn("the broker has no stream of this name; create it with nflogcap-collect --stream-config", words)
        self.client.create_stream()
        Host(self.client, "web-1").send(b"x")
        self.await_figures(named("web-1"))
        await_condition(lambda: self.browser.text("#notices") == "", "the notice to disappear")


class Keyboard(PageTest):
    def test_everything_can_be_reached_with_the_keyboard(self):
        for i in range(100):
            Host(self.client, f"host-{i}").send(b"x")
        self.open()
        self.sign_in()
        await_condition(lambda: self.browser.focused() == "host-grid", "the table")
        await_condition(lambda: self.browser.text("#total-rows") == "100", "the hosts")
        self.assert_active(None)
        for key, expected in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("ArrowUp", 0), ("End", 99),
                              ("Home", 0)):
            self.browser.press(key)
            self.assert_active(f"host-{expected}")
        self.browser.press("PageDown", "PageDown")
        self.assertGreater(int(self.active().removeprefix("host-")), 20)
        chosen = self.active()
        self.browser.press("Enter")
        self.browser.await_text("#packets-title", f"Last packets of {chosen}, group 5")
        self.assertEqual(self.browser.focused(), "packets-title")
        self.browser.press("Escape")
        self.assertEqual(self.browser.focused(), "host-grid")
        self.assert_active(chosen)
        self.assertFalse(self.browser.run("return document.getElementById('packets').checkVisibility()"))
        seen = []
        for _ in range(40):
            self.browser.press("Tab")
            focused = self.browser.run("""
                const one = document.activeElement;
                const style = getComputedStyle(one);
                return [one === document.body ? "" : one.id || one.textContent.trim(),
                        style.outlineStyle !== "none" || one.id === "host-grid"]""")
            if focused[0] == "":  # the focus left the page after its last element
                continue
            seen.append(focused[0])
            self.assertTrue(focused[1], f"{focused[0]} shows no focus")
        for name in ("skip", "theme", "disconnect", "pattern", "host-grid", "Lost"):
            self.assertIn(name, seen)
        self.browser.run("document.getElementById('skip').focus()")
        self.browser.press("Enter")
        self.assertEqual(self.browser.focused(), "host-grid")
        self.browser.run("document.getElementById('disconnect').focus()")
        self.browser.press("Enter")
        await_condition(lambda: self.browser.focused() == "password", "the form")

    def active(self):
        """Returns the host of the row that is active for assistive technology, such as a screen reader."""
        return self.browser.run("""
            const id = document.getElementById("host-grid").getAttribute("aria-activedescendant");
            const row = id && document.getElementById(id);
            return row && row.getAttribute("aria-selected") === "true" ? row.cells[0].textContent : null""")

    def assert_active(self, host):
        self.assertEqual(self.active(), host)


class Colours(PageTest):
    def ground(self):
        """Returns the lightness of the page and of a text on it."""
        def lightness(name):
            return sum(map(int, self.browser.run(
                f"return getComputedStyle(document.body).{name}.match(/\\d+/g).slice(0, 3)"))) / 3
        return lightness("backgroundColor"), lightness("color")

    def test_light_and_dark_are_of_the_system_or_chosen(self):
        self.start()
        for is_dark in (False, True):
            self.browser.set_dark(is_dark)
            ground, ink = self.ground()
            self.assertEqual(ground < ink, is_dark)
        for choice in ("light", "dark"):
            self.browser.run("""
                const theme = document.getElementById("theme");
                theme.value = arguments[0];
                theme.dispatchEvent(new Event("change"))""", choice)
            ground, ink = self.ground()
            self.assertEqual(ground < ink, choice == "dark")


class Sizes(PageTest):
    def test_a_narrow_window_cuts_nothing_off(self):
        for i in range(30):
            Host(self.client, f"host-{i}").send(b"x")
        self.start()
        await_condition(lambda: len(self.rows()) == 30, "the hosts")
        self.browser.press("ArrowDown", "Enter")
        for width, height in ((1400, 900), (900, 700), (500, 800)):
            self.browser.resize(width, height)
            sizes = "return [document.documentElement.scrollWidth, innerWidth]"
            await_condition(lambda: (size := self.browser.run(sizes))[0] <= size[1], f"a page of {width} pixels")
            self.screenshot(f"width-{width}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
