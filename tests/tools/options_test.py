# SPDX-License-Identifier: GPL-2.0-or-later
"""Invalid command lines, --help and --version, and whether the manual describes the same options as the command.

Environment variables, besides those of support.py: MANUAL is the path of nflogcap(1).
"""

import itertools
import os
import pathlib
import re
import resource
import subprocess
import unittest

from support import COMMAND, CommandTest, nft, run

MANUAL = pathlib.Path(os.environ["MANUAL"])


def options_of(*command):
    """Returns the options that --help lists."""
    return set(re.findall(r"(?<![\w'-])--?[A-Za-z][a-z-]*", re.search(
        r"^Options:\n((?:  .*\n)+)", run(*command, "--help").stdout, re.M)[1]))


def with_value(*command):
    """Returns the options in --help that take a value."""
    return set(re.findall(r"(?:^  |,)(--?[A-Za-z][a-z-]*)(?=(?:,\S+)? [A-Z|]+ )", run(
        *command, "--help").stdout, re.M))


# These options are for Wireshark, and --help does not list them.
EXTCAP_FLAGS = {"--extcap-interfaces", "--extcap-dlts", "--extcap-config", "--capture"}
EXTCAP = {"--extcap-interface", "--extcap-version", "--extcap-capture-filter", "--fifo"}


class Wrong(CommandTest):
    def test_options(self):
        for arguments, words in (
            ([], "nothing to capture: give -g GROUP, --tap MATCH or -r FILE"),
            (["-g", "x"], "-g: 'x' is not a number from 0 to 65535"),
            (["-g", "-1"], "-g.*"),
            (["-g", "65536"], "'65536' is not a number from 0 to 65535"),
            (["-g", "5", "-c", "0"], "-c: '0' is not a number from 1 to 18446744073709551615"),
            (["-g", "5", "-c", "18446744073709551616"], "-c: .* is not a number from 1 to"),
            (["-g", "5", "-w", "x", "-G", "0"], "-G: '0' is not a number from 1 to 2147483647"),
            (["-g", "5", "-w", "x", "-G", "-1"], "-G"),
            (["-g", "5", "-w", "x", "-G", "1000000000000000000"], "-G: .* from 1 to 2147483647"),
            (["-g", "5", "-w", "x", "-G", "1", "-W", "2147483648"], "-W: .* from 1 to 2147483647"),
            (["-g", "5", "-w", "x", "-C", "0"], "-C: '0' is not a number from 1 to 9223372036854"),
            (["-g", "5", "-s", "65532"], "0 to 65531"),
            (["-g"], "-g|--group"),
            (["--frob", "-g", "5"], "no option --frob"),
            (["-g", "5", "--jsn"], "no option --jsn; the nearest is --json"),
            (["-g", "5", "udp", "--frob"], "no option --frob"),
            (["-g", "5", "ip[2:2]", "-20", ">", "5"], "no option -20.*Arguments after -- are never options"),
            (["-g", "5,x"], "-g: 'x' is not a number from 0 to 65535"),
            (["-g", "5,"], "-g: '' is not a number from 0 to 65535"),
            (["-g", "5,70000"], "-g: '70000' is not a number from 0 to 65535"),
            (["-i", "eth0"], "-i: 'eth0' is not an NFLOG device such as nflog:5.*--tap"),
            (["-i", "nflogx"], "-i: 'nflogx' is not an NFLOG device"),
            (["-i", "nflog:x"], "-i: 'x' is not a number"),
            (["-g", "5", "-B", "3"], "-B: '3' is not a number from 4 to 1048575"),
            (["-g", "5", "-tttttt"], "-t is given 6 times; give it at most five times"),
            (["-g", "5", "--color", "red"], "--color: 'red' is not always, never or auto"),
            *((["-g", "5", "--for", time], f"--for: '{time}' is not a time such as 10s") for time in (
                "0", "0s", "s", "5x", "-1s", "1.5s", "2147483648", "24856d", "99999999999999999999s")),
            *((["-g", "5", option], f"{option} is not an option of nflogcap: .*") for option in ("-v", "-q", "-e", "-p")),
            (["lst"], "there is no command 'lst'; the nearest is 'list'"),
            (["help", "lst"], "there is no command 'lst'; the nearest is 'list'"),
            (["help", "list", "demo"], "one command"),
            (["-D", "-g", "5"], "-g has no effect with -D"),
            (["-g", "5", "-c", "1", "-c", "2"], "-c is given more than once; give it once"),
            (["--capture", "--extcap-interface", "nflogcap-5", "--fifo", "x", "--fifo", "y"],
             "--fifo is given more than once"),
            (["--capture", "--extcap-interface", "nflogcap-5", "--fifo"], "--fifo: .* missing"),
            (["-g", "5", "--json", "-x"], "--json excludes -x; leave one of them out"),
            (["-g", "5", "--no-payload"], "--no-payload requires --json"),
            (["-g", "5", "--json", "-w", "x", "-y", "raw"], "--json|-y"),
            (["-g", "5", "-x", "-w", "x"], "-x|-w"),
            (["-r", "x", "--tap", "udp"], "--tap"),
            (["-r", "x", "--netns", "x"], "--netns"),
            (["-r", "x", "-s", "1"], "-s"),
            (["-r", "x", "--conntrack"], "--conntrack"),
            (["-r", "x", "-Z", "root"], "-Z"),
            (["-r", "x", "-w", "y", "-G", "1"], "-G"),
            (["-g", "5", "--hook", "input"], "--hook requires --tap"),
            (["--tap="], "--tap: the value is empty.*shell variable"),
            (["-g", "5", "-C", "1"], "-C requires -w; give it too, or leave -C out"),
            (["-g", "5", "-w", "x", "-C", "9223372036855"], "-C: .* from 1 to 9223372036854"),
            (["-g", "5", "-w", "x", "-W", "2"], "-W requires -C or -G; give it too, or leave -W out"),
            (["-g", "5", "-w", "-", "-C", "1"], "'-w -'"),
            (["-r", "x", "-y", "raw"], "-y requires -w"),
            (["-g", "5", "-z", "gzip"], "-z requires -w"),
            (["-g", "5", "-w", "x", "-z", "no-such-program"], "-z: there is no program 'no-such-program'"),
            (["-g", "5", "-w", "x", "-z", "/etc/passwd"], "-z: there is no program '/etc/passwd'"),
            (["list", "--json", "--color", "never"], "--json|--color"),
            (["-r", "x", "-w", "y", "-y", "foo"], "-y: the link type 'foo' cannot be written; choose nflog, raw or "
             "ethernet"),
            (["-r", "x", "-w", "y", "-y", "147"], "-y: the link type '147' cannot be written"),
            (["-r", "x", "-w", "y", "-y", "raw", "-y", "nflog"], "-y is given more than once; give it once"),
            (["-g", "5", "-Z", "no-such-user"], "there is no such user"),
            (["list", "x"], "'x'"),
            (["doctor", "-g", "x"], "-g: 'x' is not a number"),
            (["demo", "x"], "'x'"),
            (["top"], "nothing to capture.*'nflogcap top --help' explains them"),
            (["top", "list"], "nothing to capture"),
            (["--color", "never", "list"], "the command 'list' must be the first word"),
            (["top", "-g", "5", "--by", "perfix"], "--by: there is no key 'perfix'; did you mean 'prefix'\\? The "
             "keys are prefix, source, destination, port, uid, device, group"),
            (["top", "-g", "5", "--by", ""], "--by: .*''"),
            (["top", "-g", "5", "--by"], "--by: .* missing"),
            (["top", "-g", "5", "--by", "uid", "--by", "port"], "--by is given more than once"),
            (["top", "-g", "5", "--once", "0"], "--once: '0' is not a number from 1 to 2147483647"),
            (["top", "-g", "5", "--once", "1.5"], "--once: '1.5' is not a number"),
            (["top", "-g", "5", "-w", "x"], "no option -w"),
            (["top", "-r", "x", "--once", "1"], "--once excludes -r; leave one of them out"),
            (["top", "-r", "x", "-Z", "root"], "-Z"),
            (["top", "-g", "5", "--hook", "input"], "--hook requires --tap"),
        ):
            with self.subTest(arguments):
                self.assert_refused(arguments, words)
        self.assertEqual(list(self.directory.iterdir()), [])

    def test_no_option_takes_an_empty_value(self):
        others = {
            "-g": [], "--group": [], "-r": [], "--tap": [],
            **{option: ["--tap", "udp"] for option in with_value() if option == "--hook" or option.startswith("--tap-")},
            **{option: ["-g", "5", "-w", str(self.directory / "x")] for option in ("-y", "-C", "-G", "-W", "-z")},
        }
        for command in ([], ["list"], ["doctor"], ["top"]):
            options = with_value(*command) | (set() if command else EXTCAP)
            self.assertIn("--netns", options)
            for option in options:
                captures = command in ([], ["top"])
                before = [*command, *(others.get(option, ["-g", "5"]) if captures else [])]
                # The second form checks that the word after "--option=" is not used as its value.
                forms = [[option, ""], [f"{option}=", "x"]] if option.startswith("--") else [[option, ""]]
                for form in forms:
                    with self.subTest(command=command, form=form):
                        self.assert_refused([*before, *form], f"(?:{option}|{option[1:3]}\\b).*(?:''|empty)")
        self.assertEqual(list(self.directory.iterdir()), [])

    def test_no_flag_takes_a_value(self):
        for command in ([], ["list"], ["doctor"], ["top"], ["spool"], ["demo"]):
            flags = options_of(*command) - with_value(*command) | (set() if command else EXTCAP_FLAGS)
            self.assertIn("--help", flags)
            for flag in sorted(flags):
                for value in ("5", "1", "false", "true", ""):
                    with self.subTest(command=command, flag=flag, value=value):
                        self.assert_refused([*command, f"{flag}={value}", *([] if command else ["-g", "x"])],
                                            f"{flag} takes no value; leave '={value}' out")

    def test_wireshark_passes_an_empty_value_for_an_empty_field(self):
        capture = self.capture("--extcap-interface", "nflogcap-tap", "--capture", "--fifo",
                               str(self.directory / "x"), "--tap", "", "--hook", "", "--netns", "",
                               "--extcap-capture-filter", "", group=65535)
        self.assertEqual(capture.finish()[2], 0)
        for option, value in (("--extcap-interface", ""), ("--fifo", ""), ("--extcap-version", "")):
            with self.subTest(option):
                arguments = {"--extcap-interface": "nflogcap-5", "--fifo": "x", option: value}
                self.assert_refused(["--capture", *(word for pair in arguments.items() for word in pair)],
                                    option)

    def test_errors_that_only_the_system_can_find(self):
        for arguments, words in (
            (["-r", "/nonexistent/x"], "/nonexistent/x.*No such file"),
            (["-r", COMMAND], "pcap"),
            (["-g", "5", "-w", "/nonexistent/x"], "cannot create the savefile /nonexistent/x: No such file "
             "or directory; make its directory first, or write elsewhere"),
            (["-g", "5", "--netns", "nonexistent"], "/run/netns/nonexistent.*No such file"),
            (["-g", "5", "--netns", "/dev/null"], "/dev/null"),
            (["list", "--netns", "nonexistent"], "/run/netns/nonexistent"),
            (["top", "-r", "/nonexistent/x"], "/nonexistent/x.*No such file"),
            (["top", "-g", "5", "udp", "prt", "5"], "filter 'udp prt 5'.*syntax error"),
            (["-g", "5", "-g", "5"], "group 5"),
            (["-g", "5", "udp", "prt", "5"], "filter 'udp prt 5'.*syntax error"),
            (["--tap", "udp dport frob"], "nft says"),
            (["--tap", "udp", "--hook", "frob"], "a hook is prerouting"),
        ):
            with self.subTest(arguments):
                self.assert_refused(arguments, words, status=1)

    if not os.environ["SANITIZER"]:  # because the sanitizer's runtime opens files of its own

        def test_too_many_open_files(self):
            path = self.file_of_one_packet()
            nft("table inet t { chain c { type filter hook output priority 0; log group 5; }; }\n")
            said = set()
            for arguments in (["-r", path], ["-r", path, "-w", self.directory / "y"], ["list"], ["doctor"],
                              ["list", "--netns", "/proc/self/ns/net"], ["demo"]):
                for most in range(5, 12):  # with fewer descriptors, the dynamic loader fails
                    done = run(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE,
                                                                                 (most, most)))
                    said |= {line for line in (done.stdout + done.stderr).splitlines()
                             if "Too many open files" in line and "libnftables1" not in line}
            self.assertGreater(len(said), 4)
            for line in said:
                self.assertRegex(line, r"Too many open files; raise the limit of open files \('ulimit -n'\)$")

    def test_where_a_savefile_cannot_be_written(self):
        where = self.directory / "x"
        where.mkdir(mode=0o700)
        self.directory.chmod(0o711)
        path = where / "x"
        for options in ([], ["-C", "1"]):
            self.assert_refused(["-g", "5", "-w", path, "-Z", "nobody", *options],
                                f"{path}.*: Permission denied; allow nobody to write this file and its directory", 1)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", where], check=True)
        self.addCleanup(subprocess.run, ["umount", where], check=True)
        for options in ([], ["-C", "1"]):
            self.assert_refused(["-g", "5", "-w", path, *options],
                                f"{path}.*: Read-only file system; its file system is mounted read-only", 1)

    def test_the_error_for_a_group_that_is_captured_names_the_process(self):
        owner = self.capture("-g", "5")
        self.assert_refused(["-g", "5"], rf"group 5.*process {owner.process.pid}, nflogcap", status=1)

    def test_without_the_capability(self):
        done = subprocess.run(["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin",
                               COMMAND, "-g", "5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, "^nflogcap: .*CAP_NET_ADMIN is missing; run as root")


class Asked(CommandTest):
    def test_version_and_help(self):
        self.assertRegex(run("--version").stdout, r"^nflogcap \d+\.\d+\.\d+\n$")
        for command in ([], ["list"], ["doctor"], ["top"], ["spool"], ["demo"]):
            with self.subTest(command):
                done = run(*command, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
                self.assertEqual(done.stdout, run(*command, "-h").stdout)
                self.assertEqual(done.stdout, run("help", *command).stdout)

    def test_help_has_each_command(self):
        commands = run("--help").stdout.split("Commands:\n")[1].split("\nExamples:")[0]
        listed = re.findall(r"^  nflogcap (\w+) ", commands, re.M)
        self.assertEqual(listed, ["list", "doctor", "top", "spool", "ship", "collect", "watch", "demo",
                                  "help"])

    def test_the_manual_passes_mandoc(self):
        for check in (["mandoc", "-Tlint", "-W", "warning"], ["groff", "-mdoc", "-ww", "-z", "-Tutf8"]):
            done = subprocess.run([*check, MANUAL], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_the_manual_has_each_option_and_no_other(self):
        page = MANUAL.read_text()
        listed = re.findall(r"^\.It (Fl .*)", page, re.M)
        named = {"-" + name for line in listed for name in re.findall(r"Fl (?:Fl )?([\w-]+)", line)}
        documented = {re.sub("^--", "-", option) for option in options_of() | options_of("top") | options_of("demo")}
        self.assertGreater(len(documented), 15)
        self.assertEqual(named, documented)

    def test_the_manual_says_which_options_require_or_exclude_others(self):
        values = {"-g": "5", "--tap": "udp", "--hook": "input", "--tap-priority": "raw",
                  "--tap-prefix": "x", "--tap-limit": "1/second", "--tap-sample": "2", "-r": "x", "--netns": "x", "-s": "1",
                  "-c": "1", "-Z": "root", "-w": "x", "-y": "raw", "--pcapng": None, "-C": "1", "-G": "1", "-W": "1",
                  "-z": "true", "--conntrack": None, "--spool": "x", "--spool-size": "16M", "--spool-sync": "never", "--json": None,
                  "--no-payload": None,
                  "-x": None, "-X": None, "-A": None, "-t": None, "--utc": None, "--color": "never",
                  "-B": "64", "-F": "x", "--for": "1s", "--config": "x", "--metrics": "x", "--hand-over": None, "-D": None,
                  "--by": "uid", "--once": "1"}
        page = MANUAL.read_text()

        def documented_by(verb):
            """Returns the pairs of options for which the manual has a sentence "Requires ..." or "Excludes ..."."""
            pairs = set()
            for item in re.split(r"^\.It ", page, flags=re.M):
                sentence = re.search(rf"^{verb}\n((?:\.Fl .*\n|and\n|or\n)+)", item, re.M)
                if sentence:
                    of, *others = (name.replace("Fl ", "-") for name in re.findall(
                        r"((?:Fl )+[\w-]+)", item.splitlines()[0].split(" ,")[0] + sentence[1]))
                    pairs |= {(of, other) for other in others}
            return pairs

        def refusal(command, verb, *options):
            """Returns the option that the command refuses and the options named as the reason, or None."""
            words = [word for option in options for word in (option, values[option]) if word is not None]
            # The group is given twice, which causes an error after the one searched for: no run starts a capture.
            found = re.search(rf"(-\S+) {verb} (-[\w-]+(?: or -[\w-]+)*)",
                              run(*command, *words, "-g", "5", "-g", "5").stderr)
            return found and (found[1], found[2].split(" or "))

        def needs_of(command, option):
            """Returns lists of options. The option requires one option of each list."""
            needs = []
            while refused := refusal(command, "requires", option, *(names[0] for names in needs)):
                self.assertEqual(refused[0], option)
                needs.append(refused[1])
            return needs

        self.assertEqual(set(values), (options_of() | options_of("top")) - {
            "-h", "--help", "--version", "--group", "--snaplen", "-i", "--interface"})
        needed = set()
        excluded = set()
        for command in ([], ["top"]):
            options = [option for option in values if option in options_of(*command)]
            needs = {option: needs_of(command, option) for option in options}
            needed |= {(option, other) for option in options for names in needs[option] for other in names}
            required = {option: {names[0] for names in needs[option]} for option in options}
            for one, other in itertools.combinations(options, 2):
                others = required[one] | required[other]
                if refused := refusal(command, "excludes", one, other, *(others - {one, other})):
                    excluded.add(frozenset({refused[0], *refused[1]}))
        self.assertEqual(needed, documented_by("Requires"))
        self.assertEqual({frozenset(pair) for pair in documented_by("Excludes")}, excluded)


if __name__ == "__main__":
    unittest.main(verbosity=2)
