# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors of the kernel as exceptions of Python."""

import errno
import os
import unittest

import live
import nflogcap


class RefusalTest(live.LiveTest):
    def test_a_group_that_this_process_captures_is_refused(self):
        self.with_capture(5)
        with self.assertRaisesRegex(PermissionError, "group 5: it is owned by .*this process") as (
            caught
        ):
            nflogcap.open(5)
        self.assertEqual(caught.exception.errno, errno.EPERM)
        self.assertIn("cannot bind group 5", caught.exception.strerror)

    def test_a_group_that_another_process_captures_is_refused_until_that_process_ends(self):
        owner = live.Child(
            """
            import nflogcap
            capture = nflogcap.open([4, 5])
            print("bound", flush=True)
            capture.next()
            """
        )
        try:
            self.assertEqual(owner.line(), "bound")
            words = rf"group 5: it is owned by .*process {owner.process.pid}, python"
            with self.assertRaisesRegex(PermissionError, words):
                nflogcap.open([3, 5])
            nflogcap.open(3).close()  # the refused open released group 3
        finally:
            owner.process.kill()
            owner.finish()
        nflogcap.open([4, 5]).close()

    def test_a_missing_capability_is_named(self):
        said, status = live.Child(
            """
            import errno, nflogcap
            try:
                nflogcap.open(5)
            except PermissionError as refused:
                print(refused.errno == errno.EPERM, refused.strerror)
            """,
            "setpriv",
            "--bounding-set=-net_admin",
            "--inh-caps=-net_admin",
        ).finish()
        self.assertEqual(status, 0, said)
        self.assertRegex(said, "^True cannot bind group 5: CAP_NET_ADMIN is missing")

    # UBSan needs a descriptor to examine an exception, so that this test cannot run with it. tests/errors has the
    # same test in C.
    if "libasan" not in os.environ.get("LD_PRELOAD", ""):
        def test_open_fails_if_the_process_has_too_few_descriptors(self):
            said, status = live.Child(
                """
                import errno, os, resource, nflogcap
                nflogcap.open(5).close()
                resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
                taken = []
                try:
                    while True:
                        taken.append(os.dup(1))
                except OSError:
                    pass
                for spare in range(8):
                    try:
                        nflogcap.open(5)
                        print("opened with", spare, "to spare")
                        break
                    except OSError as failure:
                        assert failure.errno == errno.EMFILE, failure
                    os.close(taken.pop())
                """
            ).finish()
            self.assertEqual(status, 0, said)
            self.assertRegex(said, r"^opened with [1-7] to spare\n$")


if __name__ == "__main__":
    unittest.main()
