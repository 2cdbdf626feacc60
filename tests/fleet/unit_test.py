# SPDX-License-Identifier: GPL-2.0-or-later
"""The units of the fleet's services: what systemd says about them, and that they fit together.

Expects in the environment: NFLOGCAP, the command, and PROGRAMS, the directory of the fleet's programs.
"""

import configparser
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent
UNITS = {
    "nflogcap-spool@.service": os.environ["NFLOGCAP"],
    "nflogcap-ship@.service": os.environ["PROGRAMS"] + "/nflogcap-ship",
    "nflogcap-collect.service": os.environ["PROGRAMS"] + "/nflogcap-collect",
}
LONG = 300


def settings(name):
    """Of the unit, those of the service alone."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#")
    unit.optionxform = str
    unit.read(ROOT / f"fleet/systemd/{name}.in")
    return unit["Service"]


class Units(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        for program in map(pathlib.Path, UNITS.values()):
            (self.directory / program.name).symlink_to(program)

    def analyze(self, name, *arguments):
        unit = self.directory / name.replace("@.", "@web.")
        text = (ROOT / f"fleet/systemd/{name}.in").read_text()
        unit.write_text(text.replace("@CMAKE_INSTALL_FULL_BINDIR@", str(self.directory)))
        return subprocess.run(["systemd-analyze", "--no-pager", *arguments, unit], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=LONG)

    def test_systemd_understands_each(self):
        for name in UNITS:
            with self.subTest(name):
                done = self.analyze(name, "verify", "--man=no")
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_exposure_of_each_is_at_most_1_5(self):
        for name in UNITS:
            with self.subTest(name):
                done = self.analyze(name, "security", "--offline=true", "--threshold=15")
                self.assertEqual(done.returncode, 0, done.stdout)

    def test_each_unit_is_one_of_these(self):
        self.assertEqual({path.name for path in (ROOT / "fleet/systemd").iterdir()},
                         {f"{name}.in" for name in UNITS})

    def test_the_capture_and_what_ships_share_a_directory_and_a_user_and_nothing_else(self):
        spool, ship = settings("nflogcap-spool@.service"), settings("nflogcap-ship@.service")
        for name in ("User", "DynamicUser", "StateDirectory", "StateDirectoryMode"):
            self.assertEqual(spool[name], ship[name])
        self.assertNotEqual(spool["RuntimeDirectory"], ship["RuntimeDirectory"])
        for unit in (spool, ship):
            self.assertTrue(unit["ExecStart"].endswith(" --spool %S/" + unit["StateDirectory"]))

    def test_the_capture_has_no_network_and_the_others_have_no_privilege(self):
        self.assertEqual(settings("nflogcap-spool@.service")["IPAddressDeny"], "any")
        for name in ("nflogcap-ship@.service", "nflogcap-collect.service"):
            self.assertEqual(settings(name)["CapabilityBoundingSet"], "")
            self.assertNotIn("AmbientCapabilities", settings(name))


class Examples(unittest.TestCase):
    """The configurations: each names what its unit has."""

    def test_a_secret_is_where_the_unit_puts_it(self):
        for program, unit in (("ship", "nflogcap-ship@web.service"), ("collect", "nflogcap-collect.service")):
            text = (ROOT / f"fleet/config/{program}.conf").read_text()
            self.assertIn(f"\n--password-file /run/credentials/{unit}/password\n", text)
            units = (ROOT / f"fleet/systemd/{unit.replace('@web', '@')}.in").read_text()
            self.assertIn(f"\nLoadCredential=password:nflogcap-{program}.password\n", units)

    def test_metrics_are_where_the_unit_may_write(self):
        for program, unit in (("spool", "nflogcap-spool@"), ("ship", "nflogcap-ship@"),
                              ("collect", "nflogcap-collect")):
            directory = settings(f"{unit}.service")["RuntimeDirectory"].replace("%i", "web")
            text = (ROOT / f"fleet/config/{program}.conf").read_text()
            self.assertIn(f"\n--metrics /run/{directory}/", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
