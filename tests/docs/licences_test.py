#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares docs/licences.md with the libraries that the built files link: licences_test.py PART=FILE...

PART is the first cell of a row of the first table, and FILE the library or program that was built for it.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/licences.md").read_text()
RUNTIME = {"libc", "libm", "libgcc_s", "libstdc++", "ld-linux-x86-64", "ld-linux"}  # every part links these


def rows(title):
    """Returns the cells of each row of the table in a section, by the first cell."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)[1]
    lines = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*", section, re.M)]
    return {cells[0]: cells[1:] for cells in lines[2:]}


def libraries_in(cell):
    return set(re.findall(r"\blib[\w+-]+", cell))


def linked_by(path):
    shown = subprocess.run(["objdump", "-p", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name.split(".so")[0] for name in re.findall(r"NEEDED +(\S+)", shown)} - RUNTIME


def loaded():
    """Returns the names of the libraries that libnflogcap opens at run time."""
    sources = "".join(path.read_text() for path in (ROOT / "core").rglob("*.cpp"))
    return set(re.findall(r'"(lib\w+)\.so', sources))


def differences(parts):
    links, licences = rows("What links what"), {name for cell in rows("Libraries") for name in libraries_in(cell)}
    for part, path in parts.items():
        if libraries_in(links[part][0]) != linked_by(path):
            yield f"{part} links {sorted(linked_by(path))}, and the page says {sorted(libraries_in(links[part][0]))}"
        yield from (f"the page has no licence of {name}" for name in linked_by(path) - licences - {"libnflogcap"})
    if libraries_in(links["libnflogcap"][1]) != loaded():
        yield f"libnflogcap loads {sorted(loaded())}, and the page says {sorted(libraries_in(links['libnflogcap'][1]))}"
    packages = json.loads((ROOT / "fleet/page/package-lock.json").read_text())["packages"]
    locked = {path.removeprefix("node_modules/"): package["license"] for path, package in packages.items() if path}
    if locked != {name: cells[0] for name, cells in rows("The page of the fleet").items()}:
        yield f"package-lock.json has {locked}"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wrong = list(differences(dict(argument.split("=") for argument in sys.argv[1:])))
    print(*wrong, sep="\n", file=sys.stderr)
    sys.exit(1 if wrong else 0)
