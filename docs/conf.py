# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx, which `build.py site` runs. The pages are plain Markdown; their order is here."""

import tomllib
from pathlib import Path

_HERE = Path(__file__).parent
_MANIFEST = next(path for path in (_HERE / "manifest.toml", _HERE.parent / "blender_manifest.toml") if path.is_file())

PAGES = {
    "Use it": ("install", "guide", "offline", "services", "parameters", "troubleshooting"),
    "Script it": ("console", "console-reference", "command-line", "batch", "farm"),
    "Work on it": (
        "contributing",
        "adding-a-provider",
        "provider-rules",
        "architecture",
        "decisions",
        "benchmarks",
        "faults",
    ),
    "The project": ("changelog",),
}

project = "img3d"
author = "The img3d developers"
copyright = "2026, The img3d developers"  # noqa: A001 - Sphinx wants this name
release = version = tomllib.loads(_MANIFEST.read_text(encoding="utf-8"))["version"]
root_doc = "index"

extensions = ["myst_parser"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
nitpicky = True
smartquotes = False  # it would make one dash of the two of an option

html_theme = "furo"
html_title = f"img3d {release}"
html_static_path = ["static"]
html_css_files = ["tables.css"]
html_show_sourcelink = False
html_copy_source = False
html_last_updated_fmt = None


def _with_contents(_app, name, source):
    """Give the first page the table of contents, which would stand as a code block on GitHub."""
    if name == root_doc:
        for title, pages in PAGES.items():
            lines = "\n".join(pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{lines}\n```\n"


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", _with_contents)
