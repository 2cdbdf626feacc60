# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates of a test's own authority."""

import subprocess

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Authority:
    """It has its certificate at `certificate`, and writes those that it signs into the directory."""

    def __init__(self, directory, name="ca"):
        self._directory = directory
        self.certificate, self._key = directory / f"{name}.pem", directory / f"{name}.key"
        _openssl("req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", self._key,
                 "-out", self.certificate)

    def sign(self, name, *hosts):
        """A certificate of the subject CN=name, for these names of hosts, and its key: their paths."""
        certificate, key, request, extensions = (
            self._directory / f"{name}.{suffix}" for suffix in ("pem", "key", "csr", "ext"))
        _openssl("req", *NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        extensions.write_text("".join(
            f"subjectAltName={','.join(f'DNS:{host}' for host in hosts)}\n" if hosts else ""))
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key,
                 "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate)
        return certificate, key
