#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of fields, counters and options in nflogcap(3), written from the header and from what
the library says of itself:

    tables.py update LIBRARY     writes them into the page
    tables.py check LIBRARY      fails if the page, or a comment of the header, says otherwise
"""
import ctypes
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent.parent
HEADER = (ROOT / "capi/include/nflogcap.h").read_text()
PAGE = ROOT / "docs/man/nflogcap.3"
C_TYPES = {"uint32_t": ctypes.c_uint32, "uint64_t": ctypes.c_uint64, "const char *": ctypes.c_char_p}


def comments(struct):
    """The comment of each field, in order."""
    body = re.search(rf"^struct {struct} {{(.*?)^}};", HEADER, re.M | re.S)[1]
    return {name: " ".join(words.split())
            for name, words in re.findall(r"(\w+)(?:\[\d+\])?;\s*/\* (.*?) \*/", body, re.S)}


def described(library, kind):
    """All that the library has of a kind, as objects with the members of the header's struct."""
    body = re.search(rf"^struct nflogcap_{kind} {{(.*?)^}};", HEADER, re.M | re.S)[1]
    members = re.findall(r"^    (const char \*|uint\d+_t )(\w+);", body, re.M)
    struct = type(kind, (ctypes.Structure,),
                  {"_fields_": [(name, C_TYPES[type_.strip()]) for type_, name in members]})
    at = getattr(library, f"nflogcap_{kind}_at")
    at.restype, at.argtypes = ctypes.POINTER(struct), [ctypes.c_size_t]
    found = []
    while at(len(found)):
        found.append(at(len(found)).contents)
    return found


def text(value):
    return value.decode()


def bit_name(prefix, value):
    """The constant of the header for a bit."""
    bits = re.findall(rf"#define ({prefix}\w+) \(UINT\d+_C\(1\) << (\d+)\)", HEADER)
    return next(name for name, shift in bits if 1 << int(shift) == value)


def item(name, words, bit=None):
    words = (words[0].upper() + words[1:]).removesuffix(".").replace(". ", ".\n")
    lines = [f".It Va {name}", *([f".Dv {bit} ."] if bit else []), words + "."]
    return "\n".join(line.replace("\\", "\\e") for line in lines)


def table_of(struct, bits):
    return "\n".join(item(name, words, bits.get(name)) for name, words in comments(struct).items())


def option_item(option):
    words = text(option.description)
    if option.maximum:
        words += f"; {option.minimum} to {option.maximum} {text(option.unit)}".rstrip()
        if not option.is_repeatable:
            words += f", by default {option.default_value}"
    marks = (["may be set while capturing"] if option.is_live else []) + (
        ["may be set several times"] if option.is_repeatable else [])
    return item(text(option.name), "; ".join([words, *marks]))


def tables(library):
    fields = described(library, "field")
    bits = {text(field.name): bit_name("NFLOGCAP_KNOWS_" if field.is_dissected else "NFLOGCAP_HAS_",
                                       field.present)
            for field in fields if field.present}
    return {
        "nflogcap_packet": table_of("nflogcap_packet", bits),
        "nflogcap_dissection": table_of("nflogcap_dissection", bits),
        "nflogcap_stats": table_of("nflogcap_stats", {}),
        "options": "\n".join(map(option_item, described(library, "option"))),
    }


def with_tables(page, library):
    for name, rows in tables(library).items():
        pattern = rf'(?<=^\.\\" tables\.py: {name}\n\.Bl -tag -width Ds\n).*?(?=\n\.El)'
        page, replaced = re.subn(pattern, lambda _: rows, page, flags=re.M | re.S)
        if replaced != 1:
            raise ValueError(f"{PAGE} has {replaced} places for {name}")
    return page


def differences(library):
    """What the header says of a field or a counter, where the library says something else."""
    for kind, structs in (("field", ("nflogcap_packet", "nflogcap_dissection")),
                          ("counter", ("nflogcap_stats",))):
        said = {name: words for struct in structs for name, words in comments(struct).items()}
        for each in described(library, kind):
            words = text(each.description)
            if kind == "counter" and not each.is_per_group:
                words = "(handle) " + words
            if said[text(each.name)] != words:
                yield f"{text(each.name)}: the header says '{said[text(each.name)]}', the library '{words}'"
    for option in described(library, "option"):
        name = text(option.name)
        setter = re.search(rf"/\*((?:(?!\*/).)*)\*/\nint nflogcap_set_{name}\(", HEADER, re.S)
        if setter and option.maximum and option.maximum < 2**32 - 1:
            words = " ".join(re.sub(r"\n \*", " ", setter[1]).split())
            if f"{option.minimum} to {option.maximum}" not in words:
                yield f"nflogcap_set_{name}: the header lacks {option.minimum} to {option.maximum}"


def main(action, path):
    library = ctypes.CDLL(path)
    page = PAGE.read_text()
    wanted = with_tables(page, library)
    wrong = list(differences(library))
    if action == "update":
        PAGE.write_text(wanted)
    elif page != wanted:
        wrong.append(f"{PAGE} differs: run tests/docs/tables.py update LIBRARY")
    print(*wrong, sep="\n", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("check", "update"):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
