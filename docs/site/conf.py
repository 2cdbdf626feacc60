# SPDX-License-Identifier: GPL-2.0-or-later
"""Sphinx builds the site by this, from a copy of the sources that scripts/docs makes."""
import pathlib
import sys

from sphinx import addnodes

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import prose  # noqa: E402

project = html_title = "nflogcap"
extensions = ["myst_parser", "sphinx.ext.autodoc", "c_header"]
include_patterns = ["*.md", "docs/*.md", "docs/man/*.md", "docs/site/*.rst", "capi/include/nflogcap.h"]
root_doc = "README"
myst_heading_anchors = 6
smartquotes = False  # they change --options too
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
suppress_warnings = ["ref.python"]  # Sphinx 9 finds counters of the name `bytes` for the type
html_theme = "sphinx_rtd_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False

# Other pages of docs/ are guides, and those beside the README are about the project.
NAVIGATION = {
    "Languages": ["docs/python", "docs/scapy", "docs/lua", "docs/ruby", "docs/perl", "docs/behaviours"],
    "Reference": ["docs/man/nflogcap", "docs/man/nflogcap-ship", "docs/man/nflogcap-collect",
                  "docs/man/nflogcap-watch", "capi/include/nflogcap", "docs/site/python-reference",
                  "docs/errors", "docs/json", "docs/attributes"],
    "Project": ["docs/architecture", "docs/performance", "docs/abi", "docs/packaging", "docs/testing", "docs/licences"],
}


def add_navigation(app, page, source):
    """Sphinx takes it from the front page."""
    if page != root_doc:
        return
    named = {name for names in NAVIGATION.values() for name in names}
    others = sorted(app.env.found_docs - named - {root_doc})
    groups = {"Guides": [name for name in others if "/" in name], **NAVIGATION,
              "Project": NAVIGATION["Project"] + [name for name in others if "/" not in name]}
    for group, names in groups.items():
        source[0] += "\n".join(["", "", "```{toctree}", ":hidden:", f":caption: {group}", "", *names, "```", ""])


def redirect_directories(app, doctree):
    """A link to a directory, which a forge lists, leads to the front page, which has the navigation."""
    page = pathlib.Path(app.env.doc2path(app.env.docname))
    for link in doctree.findall(addnodes.pending_xref):
        if link["reftype"] == "myst" and (page.parent / link["reftarget"]).is_dir():
            link.attributes.update(refdomain="std", reftype="doc", reftarget=f"/{root_doc}", refexplicit=True)


def read_docstring(app, what, name, documented, options, lines):
    lines[:] = prose.rst("\n".join(lines))


def hide_constructor(app, what, name, documented, options, signature, returned):
    """Functions make the objects."""
    return ("", returned) if what == "class" and signature else None


def is_left_out(app, what, name, documented, is_skipped, options):
    """The constants: they are the members of the enumerations too."""
    return True if what == "module" and isinstance(documented, int) else None


def setup(app):
    app.connect("source-read", add_navigation)
    app.connect("doctree-read", redirect_directories)
    app.connect("autodoc-process-docstring", read_docstring)
    app.connect("autodoc-process-signature", hide_constructor)
    app.connect("autodoc-skip-member", is_left_out)
