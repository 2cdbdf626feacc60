# SPDX-License-Identifier: GPL-2.0-or-later
"""Comments and docstrings, which are plain text, as reStructuredText.

    A paragraph.

      -EINVAL  an item with its description, which goes on
               below its beginning

      an indented block without such items is code
"""
import re
import textwrap

ITEM = re.compile(r"(\S+(?: \S+)*) {2,}(\S.*)")
NUMBERED = re.compile(r"\d+\. ")


def escaped(text):
    return re.sub(r"([\\*`|_]|(?<=:):)", r"\\\1", text)


def inline(text, names=None):
    """A line or more. `names`: a pattern of what the reference has, and how it is marked up."""
    pattern, role = names or (re.compile(r"(?!)"), None)
    parts = []
    for part in re.split(r"(`[^`\n]+`)", text):
        if part.startswith("`") and len(part) > 1:
            parts.append(f"`{part}`")
            continue
        end = 0
        for match in pattern.finditer(part):
            parts += [escaped(part[end:match.start()]), role(match)]
            end = match.end()
        parts.append(escaped(part[end:]))
    return "".join(parts)


def chunks(lines):
    """Runs of lines that are all indented, or all not. Lines that go on below an item belong to it."""
    chunk = []
    for line in map(str.rstrip, lines):
        is_indented = line.startswith(" ")
        if chunk and (not line or (is_indented != chunk[0].startswith(" ") and
                                   not (is_indented and ITEM.fullmatch(chunk[0])))):
            yield chunk
            chunk = []
        if line:
            chunk.append(line)
    if chunk:
        yield chunk


def items(lines):
    """[term, description] of each item; None if these lines are no list."""
    found = []
    for line in lines:
        match = ITEM.fullmatch(line)
        if not line.startswith(" "):
            found.append(list(match.groups()) if match else [line, ""])
        elif found and found[-1][1]:
            found[-1][1] += " " + line.strip()
        else:
            return None
    return found if any(description for _, description in found) else None


def block(lines, names):
    is_indented = lines[0].startswith(" ")
    lines = textwrap.dedent("\n".join(lines)).split("\n")
    if NUMBERED.match(lines[0]):
        return [inline(line, names) for line in lines]
    found = items(lines)
    if found:
        rows = []
        for term, description in found:
            shown = inline(term, names) if " " in term else f"``{term}``"  # which is never broken into lines
            rows += [f"* - {shown}", f"  - {inline(description, names)}"]
        return [".. list-table::", "   :widths: auto", "", *(f"   {row}" for row in rows)]
    if is_indented:
        return ["::", "", *(f"   {line}" for line in lines)]
    return inline("\n".join(lines), names).split("\n")


def rst(text, names=None):
    """The lines of a text without a common indentation."""
    result = []
    was_code = False
    for chunk in chunks(text.split("\n")):
        lines = block(chunk, names)
        is_code = lines[0] == "::"
        result += [*(lines[2:] if is_code and was_code else lines), ""]
        was_code = is_code
    return result
