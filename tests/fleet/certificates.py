# SPDX-License-Identifier: GPL-2.0-or-later
"""Creates certificates for tests, signed by a certificate authority of the test."""

import subprocess

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Authority:
    """A certificate authority. `certificate` is the path of its own certificate."""

    def __init__(self, directory, name="ca"):
        self._directory = directory
        self.certificate, self._key = directory / f"{name}.pem", directory / f"{name}.key"
        _openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self._key,
                 "-out", self.certificate)

    def sign(self, name, *hosts):
        """Signs a certificate with subject CN=name for these host names. Returns the paths of certificate and key."""
        certificate, key, request, extensions = (
            self._directory / f"{name}.{suffix}" for suffix in ("pem", "key", "csr", "ext"))
        _openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        extensions.write_text("subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" + (
            f"subjectAltName={','.join(f'DNS:{host}' for host in hosts)}\n" if hosts else ""))
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate)
        return certificate, key
