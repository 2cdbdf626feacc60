# SPDX-License-Identifier: GPL-2.0-or-later
"""A parser for Sphinx that makes a page of nflogcap.h: each declaration with the comment above or beside it."""
import re
import textwrap

from docutils.statemachine import StringList
from sphinx.domains.c import CFunctionObject, CStructObject
from sphinx.parsers import RSTParser

import prose

PART = re.compile(r"""
    /\*(?P<comment>.*?)\*/\n
  | \#define\ (?P<macro>\w+)\ (?P<value>(?:\\\n|[^\n])*?)\s*(?:/\*(?P<macro_comment>[^\n]*)\*/)?\n
  | struct\ (?P<struct>\w+)\ \{\n(?P<members>.*?)^\};\n
  | typedef\ struct\ \w+\ (?P<alias>\w+);\s*/\*(?P<alias_comment>[^\n]*)\*/\n
  | typedef\ (?P<type>[^;]*);\n
  | (?P<function>\w[^;{}]*\));\n
  | (?P<blank>\n)
  | (?:\#[^\n]*|extern\ "C"\ \{|\})\n?
""", re.M | re.S | re.X)
MEMBER = re.compile(r"(\w[^;/]*);\s*(?:/\*(.*?)\*/)?", re.S)
NAME = re.compile(r"\b(nflogcap_\w+)\(\)|\bstruct (nflogcap_\w+)\b|\b(NFLOGCAP_\w+)\b(?!\*)|-E[A-Z0-9]+\b")


def reference(match):
    function, struct, macro = match.groups()
    if function:
        return f":c:func:`{function}`"
    if struct:
        return f":c:struct:`{struct}`"
    return f":c:macro:`{macro}`" if macro else f"``{match[0]}``"


def text_of(comment):
    """Without the asterisks at the beginning of lines."""
    return textwrap.dedent(re.sub(r"^ \*( |$)", "", comment, flags=re.M).lstrip(" ")).strip()


def rst(comment):
    return prose.rst(text_of(comment), (NAME, reference)) if comment else []


def one_line(comment):
    return [prose.inline(" ".join(comment.split()), (NAME, reference)), ""] if comment else []


def directive(kind, declarations, content):
    head = f".. c:{kind}:: "
    lines = ("\n" + " " * len(head)).join(" ".join(each.split()) for each in declarations)
    return [head + lines, "", *textwrap.indent("\n".join(content), "   ").split("\n"), ""]


class Page:
    """The lines of the page, as the parts of the header come."""

    def __init__(self, header):
        self.header = header
        self.lines = []
        self.aliases = {}
        self.comment = ""
        self.functions = []
        end = 0
        while end < len(header):
            part = PART.match(header, end)
            if not part:
                raise ValueError(f"nflogcap.h: not understood: {header[end:end + 80]!r}")
            end = part.end()
            self.add({name: text for name, text in part.groupdict().items() if text is not None})
        self.finish_paragraph()

    def finish_paragraph(self):
        """A blank line ends the declarations that a comment is about. A comment without any is a text of its own."""
        content = self.taken_comment()
        self.lines += directive("function", self.functions, content) if self.functions else content
        self.functions = []

    def taken_comment(self):
        comment, self.comment = self.comment, ""
        return rst(comment)

    def add(self, part):
        if "comment" in part and "SPDX" not in part["comment"]:
            self.comment = part["comment"]
        elif "blank" in part:
            self.finish_paragraph()
        elif "function" in part:
            self.functions.append(part["function"])
        elif "macro" in part:
            value = " ".join(part["value"].replace("\\\n", "").split())
            self.lines += self.taken_comment()
            self.lines += directive("macro", [part["macro"]],
                                    [f"``{value}``", "", *one_line(part.get("macro_comment"))])
        elif "alias" in part:
            name, about = part["alias"], part["alias_comment"].strip().capitalize() + "."
            self.aliases[name] = about
            if f"struct {name} {{" not in self.header:
                self.lines += directive("type", [name], one_line(about))
        elif "type" in part:
            self.lines += directive("type", [part["type"]], self.taken_comment())
        elif "struct" in part:
            members = [line for declaration, comment in MEMBER.findall(part["members"])
                       for line in directive("member", [declaration], one_line(comment))]
            about = self.taken_comment() or one_line(self.aliases[part["struct"]])
            self.lines += directive("struct", [part["struct"]], [*about, *members])


class HeaderParser(RSTParser):
    supported = ("c-header",)

    def parse(self, inputstring, document):
        title = "C reference"
        lines = [title, "=" * len(title), "", *Page(inputstring).lines]
        super().parse(StringList(lines, source=document["source"]), document)


class InContents:
    """Adds declarations to the contents of the page: Sphinx does so for Python, but not for C."""

    def _object_hierarchy_parts(self, signature):
        return (self._toc_entry_name(signature),)

    def _toc_entry_name(self, signature):
        return re.search(r"nflogcap\w*(\(|$)", signature.astext())[0].replace("(", "()")


class Function(InContents, CFunctionObject):
    pass


class Struct(InContents, CStructObject):
    pass


def setup(app):
    app.add_source_suffix(".h", "c-header")
    app.add_source_parser(HeaderParser)
    app.add_directive_to_domain("c", "function", Function, override=True)
    app.add_directive_to_domain("c", "struct", Struct, override=True)
