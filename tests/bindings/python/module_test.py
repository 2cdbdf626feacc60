# SPDX-License-Identifier: GPL-2.0-or-later
"""python3 -m nflogcap, the logger, and the types of all public names."""

import ast
import inspect
import logging
import pathlib
import subprocess
import sys
import unittest

import live
import nflogcap
from nflogcap import _nflogcap
from nflogcap.options import OPTIONS


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout, done.returncode


def nodes_of(path):
    return [node for node in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(node, "name")]


class MainTest(live.LiveTest):
    def test_a_user_with_the_capability_gets_a_message(self):
        nflogcap_open = self.with_capture(65535)  # the program tries this group first
        said, status = run(sys.executable, "-m", "nflogcap")
        self.assertEqual(status, 0, said)
        self.assertRegex(said, rf"(?m)^nflogcap +{nflogcap.__version__}$")
        self.assertRegex(said, r"(?m)^NFLOG +yes$")
        self.assertRegex(said, r"(?m)^conntrack +(yes|no)$")
        self.assertRegex(said, r"(?m)^may capture +yes$")
        self.assertFalse(nflogcap_open.closed)

    def test_a_user_without_the_capability_gets_the_reason(self):
        powerless = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
        said, status = run(*powerless, sys.executable, "-m", "nflogcap")
        self.assertEqual(status, 1, said)
        self.assertRegex(said, r"(?m)^may capture +no: .*CAP_NET_ADMIN is missing")


class LogTest(live.LiveTest):
    def test_losses_are_logged_when_the_capture_closes(self):
        self.with_rule(901, "group 5")
        capture = self.with_capture(5, socket_buffer=4096, batch_size=4096)
        live.send(901, *[b"x" * 64] * 20000)
        live.await_kernel_delivery()
        while capture.next(0) is not None:
            pass
        with self.assertLogs("nflogcap", logging.WARNING) as logged:
            capture.close()
        self.assertRegex(logged.output[0], r"lost \d+ packets and received \d+: read faster")

    def test_without_losses_only_debug_messages_are_logged(self):
        with self.assertLogs("nflogcap", logging.DEBUG) as logged:
            nflogcap.open(5).close()
        self.assertEqual([record.levelname for record in logged.records], ["DEBUG", "DEBUG"])
        self.assertRegex(logged.output[0], "groups \\[5\\], open>: opened")
        program = "import nflogcap; nflogcap.open(5).close()"
        self.assertEqual(run(sys.executable, "-c", program), ("", 0))


def mypy(*arguments):
    package = pathlib.Path(nflogcap.__file__).parent.parent
    return run(
        *("env", "-u", "LD_PRELOAD", f"MYPYPATH={package}"),
        *("mypy", "--strict", "--cache-dir=/dev/null", *arguments),
    )


class TypesTest(unittest.TestCase):
    def test_the_stubs_have_all_names(self):
        package = pathlib.Path(nflogcap.__file__).parent
        for name, module in {
            "__init__": nflogcap,
            "_nflogcap": _nflogcap,
            "opening": nflogcap.opening,
            "stats": nflogcap.stats,
        }.items():
            nodes = ast.parse((package / f"{name}.pyi").read_text(encoding="utf-8")).body
            for node in nodes:
                if isinstance(node, ast.AnnAssign):
                    self.assertTrue(hasattr(module, node.target.id), node.target.id)
                elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    self.assertTrue(hasattr(module, node.name), node.name)
                if isinstance(node, ast.ClassDef):
                    declared = {getattr(member, "name", None) or member.target.id for member in node.body}
                    has = set(dir(getattr(module, node.name)))
                    self.assertEqual(declared - has, set(), node.name)
                    if node.name in ("Packet", "Stats"):
                        public = {member for member in has if not member.startswith("_")}
                        self.assertEqual(public - declared - {"count", "index"}, set())
        signature = next(node for node in nodes_of(package / "opening.pyi") if node.name == "open")
        declared = [each.arg for each in (*signature.args.args, *signature.args.kwonlyargs)]
        self.assertEqual(declared, list(inspect.signature(nflogcap.open).parameters))

    def test_open_describes_each_option_with_its_range(self):
        for option in OPTIONS.values():
            described = " ".join(nflogcap.open.__doc__.split())
            self.assertIn(f"{option.name} {option.description}", described)
            if option.kind == _nflogcap.INTEGER:
                self.assertIn(f"({option.minimum} to {option.maximum} {option.unit}", described)

    def test_mypy_finds_nothing_in_a_program_that_uses_every_public_name(self):
        said, status = mypy(str(pathlib.Path(__file__).with_name("every_name.py")))
        self.assertEqual(status, 0, said)

    def test_mypy_finds_errors_in_a_call(self):
        for call in ("(5, snaplne=96)", "(group=5)", "(5, snaplen='long')", "(5).next('soon')"):
            said, status = mypy("-c", f"import nflogcap; nflogcap.open{call}")
            self.assertEqual(status, 1, said)
            self.assertIn("error: ", said)

    def test_every_public_name_is_described(self):
        for name in nflogcap.__all__:
            given = getattr(nflogcap, name)
            if isinstance(given, int):
                continue
            self.assertTrue((given.__doc__ or "").strip(), name)
            for member in dir(given) if isinstance(given, type) else ():
                if not member.startswith("_"):
                    self.assertTrue((inspect.getdoc(getattr(given, member)) or "").strip(), member)

    def test_every_name_py_uses_every_public_name(self):
        """The program need not use every field, counter and constant, because the stubs declare all of them."""
        program = pathlib.Path(__file__).with_name("every_name.py").read_text(encoding="utf-8")
        names = {node.attr for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Attribute)}
        public = set(nflogcap.__all__) - set(_nflogcap.constants)
        for kind in (nflogcap.Packet, nflogcap.Capture, nflogcap.Batch, nflogcap.Dump):
            public |= {
                name
                for name in dir(kind)
                if not name.startswith("_") and not inspect.isgetsetdescriptor(getattr(kind, name))
            }
        self.assertEqual(public - names - {"count", "index"}, set())  # Batch has these two from Sequence


class OtherSwigModulesTest(unittest.TestCase):
    def test_the_type_that_all_swig_modules_share_is_unchanged(self):
        base = nflogcap._nflogcap.Handle.__mro__[1]
        self.assertEqual(base.__name__, "SwigPyObject")
        for name in ("acquire", "append", "disown", "next", "own"):
            self.assertTrue(hasattr(base, name), name)
            self.assertFalse(hasattr(nflogcap.Packet, name), name)


class SubinterpreterTest(unittest.TestCase):
    def test_the_main_interpreter_can_use_the_module_after_a_subinterpreter_was_refused(self):
        said, status = live.Child(
            """
            import subinterpreter
            subinterpreter.run('''
            try:
                import nflogcap
            except ImportError as error:
                print(error, flush=True)
            ''')
            import nflogcap
            nflogcap.open(5).close()
            print("main", flush=True)
            """
        ).finish()
        self.assertEqual(status, 0, said)
        self.assertRegex(said, "^nflogcap cannot be imported in a subinterpreter; .*\nmain\n$")

    def test_the_types_of_the_main_interpreter_still_work_after_a_subinterpreter_was_refused(self):
        said, status = live.Child(
            """
            import nflogcap
            import subinterpreter
            record = b"\\2\\0\\0\\5" + b"\\5\\0\\x09\\0x\\0\\0\\0"  # IPv4, group 5 and a payload
            packet = nflogcap.parse_packet(record, 1)
            subinterpreter.run('''
            try:
                import nflogcap
            except ImportError:
                print("refused", flush=True)
            ''')
            with nflogcap.dump_open("/dev/null") as dump:
                dump.write(packet)
            print(nflogcap.parse_packet(record, 1) == packet)
            """
        ).finish()
        self.assertEqual(status, 0, said)
        self.assertEqual(said, "refused\nTrue\n")


if __name__ == "__main__":
    unittest.main()
