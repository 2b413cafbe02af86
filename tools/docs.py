# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py docs`: write the tables of README.md and docs/console.md from the declarations in the code."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from . import pythons
from .environment import ensure
from .talk import ROOT, Stop

if TYPE_CHECKING:
    from img3d_addon.core.provider import Provider

README = ROOT / "README.md"
CONSOLE = ROOT / "docs" / "console.md"


def main(args: argparse.Namespace) -> int:
    """Write the tables, or with --check fail when one is old."""
    env = ensure(pythons.default_blender())
    for page, what, code in (
        (README, "providers", "from img3d_addon.providers import load; print(docs.table(load()), end='')"),
        (CONSOLE, "options", "print(docs.options(), end='')"),
    ):
        done = subprocess.run(
            [env.python, "-c", f"from tools import docs; {code}"],
            cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode:
            raise Stop(f"The {what} could not be read:\n{done.stderr.strip()[-1500:]}")
        _write(page, what, done.stdout, check=args.check)
    return 0


def _write(page: Path, what: str, table: str, *, check: bool) -> None:
    old = page.read_text(encoding="utf-8")
    new = replaced(old, table, what=what)
    if new != old and check:
        raise Stop(f"The table of {what} in {page.name} is old. Run: python3 build.py docs")
    if new != old:
        page.write_text(new, encoding="utf-8", newline="\n")


def replaced(text: str, table: str, *, what: str = "providers") -> str:
    """Return the text with `table` between the two markers."""
    before, after = f"<!-- {what}: written by build.py docs -->", f"<!-- end of {what} -->"
    head, begin, rest = text.partition(before)
    _, end, tail = rest.partition(after)
    if not (begin and end):
        raise Stop(f"The page has lost its lines {before!r} and {after!r}; put them where the table belongs.")
    return f"{head}{before}\n{table}{after}{tail}"


def table(providers: Mapping[str, Provider]) -> str:
    """Return the table of all providers in Markdown, one a row."""
    from img3d_addon.blender.words import price_words  # not at the top: build.py itself runs without requests
    from img3d_addon.core.params import Secret

    rows = ["| provider | service | price of a job | key from |", "|---|---|---|---|"]
    for provider in providers.values():
        keys = ", ".join(f"`{item.env}`" for item in provider.account if isinstance(item, Secret)) or "none needed"
        rows.append(f"| `{provider.name}` | {_service(provider)} | {price_words(provider)} | {keys} |")
    return "\n".join(rows) + "\n"


def _service(provider: Provider) -> str:
    return f"[{provider.label}]({provider.docs})" if provider.docs else provider.label


def options() -> str:
    """Return the table of our own keywords in Markdown, one a row."""
    from img3d_addon.blender.after import AFTER
    from img3d_addon.blender.keywords import KEYWORDS

    rows = ["| option | default | takes | what it does |", "|---|---|---|---|"]
    declared = {param.name: param for param in AFTER}
    for keyword, name in KEYWORDS.items():
        param = declared[name]
        default = f"`{param.default}`" if param.default != "" else "empty"
        rows.append(f"| `{keyword}` | {default} | {param.range_text()} | {param.help} |")
    return "\n".join(rows) + "\n"
