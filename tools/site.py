# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py site`: docs/ as a static site in dist/site; no link in it is broken, and it asks no other server."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import docs, pythons
from .environment import ensure
from .talk import DIST, ROOT, Stop, say

SOURCE = DIST / "site-source"
SITE = DIST / "site"
CACHE = DIST / "site-cache"
PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "bench/README.md": "benchmarks.md",
    "img3d_addon/providers/README.md": "provider-rules.md",
    "tests/faults/README.md": "faults.md",
}
"""Pages of the site that stand elsewhere in the repository."""

_LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")
_LOADED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|link)\b[^>]*?\b(?:src|href)\s*=\s*["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:url\(|@import\s+)\s*["']?((?:https?:)?//[^"')\s]+)""",
    re.IGNORECASE,
)


def main(_args: argparse.Namespace) -> int:
    """Check the generated pages, build the site, and judge it; 0 when there is nothing to mend."""
    docs.main(argparse.Namespace(check=True))
    env = ensure(pythons.default_blender(), "dev")
    stage(SOURCE)
    make(env.python, SOURCE, SITE, cache=CACHE)
    if asked := loads_from_elsewhere(SITE):
        raise Stop("The site would ask other servers:\n" + "\n".join(asked))
    say(f"{len(list(SITE.glob('*.html')))} pages without a broken link; begin with {SITE / 'index.html'}")
    return 0


def make(python: Path, source: Path, target: Path, *, cache: Path) -> None:
    """Run Sphinx of `python`'s environment; `Stop` at the first warning, after all of them are shown."""
    shutil.rmtree(target, ignore_errors=True)
    options = ("--fail-on-warning", "--keep-going", "--nitpicky", "--quiet", "--fresh-env", "--doctree-dir", cache)
    command = [python, "-m", "sphinx", *options, source, target]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "0"}  # the same pages twice are the same bytes
    if subprocess.run([str(word) for word in command], cwd=ROOT, env=environ, check=False).returncode:
        raise Stop(f"The site has faults; Sphinx names the pages and lines above, in {source}.")


def stage(folder: Path) -> None:
    """Copy docs/ to `folder`, with the pages from elsewhere beside the others and the files that pages link to."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "blender_manifest.toml", folder / "manifest.toml")
    pages = {path.relative_to(ROOT).as_posix(): path.name for path in (ROOT / "docs").glob("*.md")}
    for origin, name in {**pages, **PAGES}.items():
        text = (ROOT / origin).read_text(encoding="utf-8")
        (folder / name).write_text(relinked(text, origin, folder), encoding="utf-8", newline="\n")


def relinked(text: str, origin: str, folder: Path) -> str:
    """Return the page `origin` with its relative links as they are in the staged `folder`; copy files they name."""

    def moved(link: re.Match[str]) -> str:
        target = link[2]
        if "://" in target or target.startswith("mailto:"):
            return link[0]
        path = Path(os.path.normpath((ROOT / origin).parent / target))
        if not path.exists():
            raise Stop(f"{origin} links to {target}, which does not exist.")
        return f"{link[1]}{_staged(path, folder)}{link[3]}"

    return _LINK.sub(moved, text)


def _staged(path: Path, folder: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    if name in PAGES:
        return PAGES[name]
    if name.startswith("docs/"):
        return name.removeprefix("docs/")
    if path.is_dir() or path.suffix == ".md":
        raise Stop(f"A page links to {name}, which is no page of the site. Link to a file, or add it to PAGES.")
    copy = folder / "files" / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, copy)
    return f"files/{name}"


def loads_from_elsewhere(site: Path) -> list[str]:
    """Return what the pages of `site` would load from other servers, a line each; links to click are none of it."""
    found: list[str] = []
    for path in sorted(path for path in site.rglob("*") if path.suffix in (".html", ".css", ".svg", ".js")):
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(site)}: {hit[1] or hit[2]}" for hit in _LOADED.finditer(text)]
    return found
