# SPDX-License-Identifier: GPL-2.0-or-later
"""What the kernel refuses, as exceptions of Python."""

import errno
import os
import unittest

import live
import nflogcap


class RefusalTest(live.LiveTest):
    def test_a_group_of_this_process(self):
        self.with_capture(5)
        with self.assertRaisesRegex(PermissionError, "group 5: it is owned by .*this process") as (
            caught
        ):
            nflogcap.open(5)
        self.assertEqual(caught.exception.errno, errno.EPERM)
        self.assertIn("cannot bind group 5", caught.exception.strerror)

    def test_a_group_of_another_process_until_that_is_killed(self):
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
            nflogcap.open(3).close()  # the refused open has let go of it
        finally:
            owner.process.kill()
            owner.finish()
        nflogcap.open([4, 5]).close()

    def test_a_missing_capability(self):
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

    # ubsan looks at exceptions through descriptors of its own; tests/errors has this in C.
    if "libasan" not in os.environ.get("LD_PRELOAD", ""):
        def test_no_descriptor_left(self):
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
