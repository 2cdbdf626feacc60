# SPDX-License-Identifier: GPL-2.0-or-later
"""A NATS client for tests. It uses the text protocol of NATS on a socket, and the requests of JetStream."""

import contextlib
import json
import socket
import ssl
import time

LONG = 300  # seconds; only a test that fails waits this long


class Message:
    """A received message."""

    def __init__(self, subject, reply, headers, data):
        self.subject, self.reply, self.headers, self.data = subject, reply, headers, data

    def __repr__(self):
        return f"{self.subject} {self.headers} {len(self.data)} bytes"


def _headers(block):
    """Parses a block of headers. A status such as 404 gets the key 'Status'."""
    lines = block.decode().split("\r\n")
    headers = {}
    status = lines[0].removeprefix("NATS/1.0").strip()
    if status:
        headers["Status"] = status
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name] = value.strip()
    return headers


class Client:
    """A connection, for use by one thread."""

    def __init__(self, port=4222, user=None, password=None, ca=None, name=None, inbox="_INBOX",
                 address="127.0.0.1"):
        """`inbox`: the prefix of the subjects at which the client receives answers."""
        self._inbox = inbox
        self._socket = socket.create_connection((address, port), timeout=LONG)
        self._buffer = b""
        self._subscriptions = 0
        self._waiting = []  # (subscription, message)
        self.errors = []
        self.info = json.loads(self._line().removeprefix(b"INFO "))
        if ca is not None:
            context = ssl.create_default_context(cafile=str(ca))
            context.check_hostname = name is not None
            context.verify_flags |= ssl.VERIFY_X509_STRICT  # the default since Python 3.13
            self._socket = context.wrap_socket(self._socket, server_hostname=name)
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True,
                   "lang": "python", "version": "0", "protocol": 1}
        if user is not None:
            options |= {"user": user, "pass": password}
        self._socket.sendall(f"CONNECT {json.dumps(options)}\r\n".encode())
        self.flush()

    def close(self):
        self._socket.close()

    def _more(self):
        part = self._socket.recv(1 << 20)
        if not part:
            raise ConnectionError(f"the broker has closed the connection: {self.errors}")
        self._buffer += part

    def _line(self):
        while b"\r\n" not in self._buffer:
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _bytes(self, count):
        while len(self._buffer) < count + 2:
            self._more()
        data, self._buffer = self._buffer[:count], self._buffer[count + 2:]
        return data

    def _read(self):
        """Reads one operation that the broker sent. Returns its name."""
        words = self._line().split()
        operation = words[0].decode() if words else ""
        if operation == "PING":
            self._socket.sendall(b"PONG\r\n")
        elif operation == "-ERR":
            self.errors.append(b" ".join(words[1:]).decode())
        elif operation in ("MSG", "HMSG"):
            has_headers = operation == "HMSG"
            sizes = [int(word) for word in words[-2 if has_headers else -1:]]
            names = [word.decode() for word in words[1:-2 if has_headers else -1]]
            data = self._bytes(sizes[-1])
            head = sizes[0] if has_headers else 0
            reply = names[2] if len(names) > 2 else None
            self._waiting.append((int(names[1]), Message(
                names[0], reply, _headers(data[:head]) if has_headers else {}, data[head:])))
        return operation

    def flush(self):
        """Waits until the broker has read everything that this client sent."""
        self._socket.sendall(b"PING\r\n")
        while self._read() != "PONG":
            pass

    def subscribe(self, subject):
        self._subscriptions += 1
        self._socket.sendall(f"SUB {subject} {self._subscriptions}\r\n".encode())
        self.flush()
        return self._subscriptions

    def unsubscribe(self, subscription):
        self._socket.sendall(f"UNSUB {subscription}\r\n".encode())

    def next(self, subscription, timeout=LONG):
        """Returns the next message of a subscription, or None at the timeout."""
        end = time.monotonic() + timeout
        while True:
            for i, (number, message) in enumerate(self._waiting):
                if number == subscription:
                    del self._waiting[i]
                    return message
            self._socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                self._read()
            except TimeoutError:
                return None
            finally:
                self._socket.settimeout(LONG)

    def publish(self, subject, data=b"", headers=None, reply=""):
        if headers:
            head = "NATS/1.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
            line = f"HPUB {subject} {reply} {len(head)} {len(head) + len(data)}\r\n"
            self._socket.sendall(line.encode() + head.encode() + data + b"\r\n")
        else:
            self._socket.sendall(f"PUB {subject} {reply} {len(data)}\r\n".encode() + data + b"\r\n")

    def request(self, subject, data=b"", headers=None, timeout=LONG):
        """Sends a request. Returns the answer, or None at the timeout."""
        reply = f"{self._inbox}.{id(self)}.{self._subscriptions}"
        subscription = self.subscribe(reply)
        try:
            self.publish(subject, data, headers, reply)
            return self.next(subscription, timeout)
        finally:
            self.unsubscribe(subscription)

    # JetStream

    def api(self, subject, body=None):
        """Sends a request to JetStream's API. Returns the answer as an object; an error raises AssertionError."""
        answer = self.request(f"$JS.API.{subject}", json.dumps(body).encode() if body else b"")
        answer = json.loads(answer.data)
        assert "error" not in answer, answer["error"]
        return answer

    def create_stream(self, name="NFLOG", **settings):
        return self.api(f"STREAM.CREATE.{name}", {
            "name": name, "subjects": ["nflog.pcap.>"], "storage": "file", "retention": "limits",
            "discard": "old", "num_replicas": 1, "max_consumers": -1, "max_msgs": -1,
            "max_bytes": -1, "max_age": 0, "max_msg_size": -1, "duplicate_window": 120_000_000_000,
            "allow_direct": True, **settings})

    def update_stream(self, name="NFLOG", **settings):
        config = self.api(f"STREAM.INFO.{name}")["config"]
        return self.api(f"STREAM.UPDATE.{name}", {**config, **settings})

    def delete_stream(self, name="NFLOG"):
        self.api(f"STREAM.DELETE.{name}")

    def stream_state(self, name="NFLOG"):
        return self.api(f"STREAM.INFO.{name}")["state"]

    def delete_message(self, sequence, name="NFLOG"):
        self.api(f"STREAM.MSG.DELETE.{name}", {"seq": sequence})

    def messages(self, name="NFLOG"):
        """Returns all messages in the stream. Their sequence number is in the header Nats-Sequence."""
        state = self.stream_state(name)
        found = []
        for sequence in range(state["first_seq"], state["last_seq"] + 1):
            message = self.request(
                f"$JS.API.DIRECT.GET.{name}", json.dumps({"seq": sequence}).encode())
            if "Status" not in message.headers:
                message.subject = message.headers["Nats-Subject"]
                found.append(message)
        return found


@contextlib.contextmanager
def client(*arguments, **options):
    made = Client(*arguments, **options)
    try:
        yield made
    finally:
        made.close()
