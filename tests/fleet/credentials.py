# SPDX-License-Identifier: GPL-2.0-or-later
"""Creates NATS credentials. A file of credentials contains a signed statement of a user's rights, a JWT, and the seed
of the user's key. With the key, a program proves that the statement is about itself."""

import base64
import json
import os
import subprocess
import time

# The first byte of each kind of key, before the key is encoded as text.
OPERATOR, ACCOUNT, USER, SEED = 14 << 3, 0, 20 << 3, 18 << 3
# PKCS #8, without the 32 bytes of the Ed25519 key at its end.
DER_OF_SEED = bytes.fromhex("302e020100300506032b657004220420")


def _text(data):
    """Encodes a key as text: base32, with a checksum at the end (CRC-16/XMODEM)."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xffff
    return base64.b32encode(data + crc.to_bytes(2, "little")).decode().rstrip("=")


def _base64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Key:
    def __init__(self, directory, kind):
        self._kind = kind
        self._seed = os.urandom(32)
        self._path = directory / f"{time.monotonic_ns()}.der"
        self._path.write_bytes(DER_OF_SEED + self._seed)
        public = self._openssl("pkey", "-inform", "DER", "-in", self._path, "-pubout", "-outform", "DER")
        self.name = _text(bytes([kind]) + public[-32:])

    @staticmethod
    def _openssl(*arguments):
        return subprocess.run(["openssl", *map(str, arguments)], check=True, stdout=subprocess.PIPE).stdout

    def seed(self):
        return _text(bytes([SEED | self._kind >> 5, (self._kind & 31) << 3]) + self._seed)

    def statement(self, about, kind, rights):
        """Returns a JWT about another key, signed with this key."""
        claims = {"jti": "test", "iat": int(time.time()), "iss": self.name, "name": kind, "sub": about.name,
                  "nats": {**rights, "type": kind, "version": 2}}
        words = ".".join(_base64(json.dumps(part).encode()) for part in (
            {"typ": "JWT", "alg": "ed25519-nkey"}, claims))
        signed = self._path.with_suffix(".words")
        signed.write_text(words)
        signature = self._openssl("pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", self._path, "-in", signed)
        return f"{words}.{_base64(signature)}"


class Operator:
    """An operator with an account for users and the system account of the server. Creates credentials files."""

    def __init__(self, directory):
        self._directory = directory
        self._key, self._account, self._system = (Key(directory, kind) for kind in (OPERATOR, ACCOUNT, ACCOUNT))

    def configuration(self):
        """Returns lines for the configuration of nats-server."""
        limits = {"wildcards": True, **dict.fromkeys(
            ("subs", "data", "payload", "imports", "exports", "conn", "leaf"), -1)}
        storage = dict.fromkeys(("mem_storage", "disk_storage", "streams", "consumer"), -1)
        accounts = "".join(
            f"{account.name}: {self._key.statement(account, 'account', {'limits': its_limits})}\n"
            for account, its_limits in ((self._account, {**limits, **storage}), (self._system, limits)))
        return (f"operator: {self._key.statement(self._key, 'operator', {})}\nresolver: MEMORY\n"
                f"system_account: {self._system.name}\nresolver_preload: {{ {accounts} }}\n")

    def credentials(self, name, publish=(">",), subscribe=(">",)):
        """Creates a user with these rights. Returns the path of a file with the user's credentials."""
        user = Key(self._directory, USER)
        statement = self._account.statement(user, "user", {
            "pub": {"allow": list(publish)}, "sub": {"allow": list(subscribe)}, "subs": -1, "data": -1, "payload": -1})
        path = self._directory / f"{name}.creds"
        path.write_text(f"-----BEGIN NATS USER JWT-----\n{statement}\n------END NATS USER JWT------\n\n"
                        f"-----BEGIN USER NKEY SEED-----\n{user.seed()}\n------END USER NKEY SEED------\n")
        return path
