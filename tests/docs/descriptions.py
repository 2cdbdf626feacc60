#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the header's comments with the library's descriptions of its fields, counters and options.

Usage: descriptions.py LIBRARY
"""
import ctypes
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parent.parent.parent
HEADER = (ROOT / "capi/include/nflogcap.h").read_text()
C_TYPES = {"uint32_t": ctypes.c_uint32, "uint64_t": ctypes.c_uint64, "const char *": ctypes.c_char_p}


def comments(struct):
    """Returns the comment of each field of a struct, in order."""
    body = re.search(rf"^struct {struct} {{(.*?)^}};", HEADER, re.M | re.S)[1]
    return {name: " ".join(words.split())
            for name, words in re.findall(r"(\w+)(?:\[\d+\])?;\s*/\* (.*?) \*/", body, re.S)}


def described(library, kind, list_of=""):
    """Returns the library's descriptions of a kind, as objects with the members of struct nflogcap_KIND."""
    body = re.search(rf"^struct nflogcap_{kind} {{(.*?)^}};", HEADER, re.M | re.S)[1]
    members = re.findall(r"^    (const char \*|uint\d+_t )(\w+);", body, re.M)
    struct = type(kind, (ctypes.Structure,),
                  {"_fields_": [(name, C_TYPES[type_.strip()]) for type_, name in members]})
    at = getattr(library, f"nflogcap_{list_of}{kind}_at")
    at.restype, at.argtypes = ctypes.POINTER(struct), [ctypes.c_size_t]
    found = []
    while at(len(found)):
        found.append(at(len(found)).contents)
    return found


def text(value):
    return value.decode()


def differences(library):
    """Yields the differences between a comment in the header and the library's description."""
    for kind, list_of, structs in (("field", "", ("nflogcap_packet", "nflogcap_dissection")),
                                   ("field", "conntrack_", ("nflogcap_conntrack",)),
                                   ("field", "tuple_", ("nflogcap_tuple",)),
                                   ("counter", "", ("nflogcap_stats",))):
        said = {name: words for struct in structs for name, words in comments(struct).items()}
        for each in described(library, kind, list_of):
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    wrong = list(differences(ctypes.CDLL(sys.argv[1])))
    print(*wrong, sep="\n", file=sys.stderr)
    sys.exit(1 if wrong else 0)
