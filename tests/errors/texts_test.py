#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that docs/errors.md contains every error text of the library: texts_test.py SOURCE_DIR

The test fails if a new error has no row in docs/errors.md. Each string literal with a space is a text. If a message
consists of several literals, docs/errors.md must contain each of them.
"""
import pathlib
import re
import sys

TOKEN = re.compile(r"""//[^\n]*|'"'|static_assert\([^;]*;|"(?P<text>(?:[^"\\]|\\.)*)\"""")

# These files have texts that are not error messages: input for nft, parts of savefiles, formatted packets, and
# descriptions of fields, options and counters.
NOT_ERRORS = {"nft_script.hpp", "nft_script.cpp", "fields.cpp", "options.cpp", "counters.cpp",
              "line_format.cpp", "json_format.cpp", "json_pieces.cpp", "text_writer.cpp", "protocol_names.cpp",
              "pcapng_format.cpp", "packet_comment.cpp"}


def texts(source):
    """Returns the string literals of a source file. Consecutive literals are joined."""
    joined, end = [], None
    for token in TOKEN.finditer(source):
        text = token["text"]
        if text is None:
            continue
        if end is not None and not source[end:token.start()].strip():
            joined[-1] += text
        else:
            joined.append(text)
        end = token.end()
    return joined


def plain(text):
    return re.sub(r"\s+", " ", text)


def main(root):
    table = plain((root / "docs/errors.md").read_text())
    sources = [path for directory in ("core", "capi") for path in sorted((root / directory).rglob("*.[ch]pp"))
               if path.name not in NOT_ERRORS]
    found = {(path, text) for path in sources for text in texts(path.read_text())
             if re.search(r"\S \S|\S $|^ \S", text)}
    if len(found) < 30:
        sys.exit(f"only {len(found)} texts found in {root}: check SOURCE_DIR")
    missing = sorted(f"{path.relative_to(root)}: {text!r}" for path, text in found
                     if plain(text).strip() not in table)
    if missing:
        sys.exit("not in docs/errors.md:\n" + "\n".join(missing))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
