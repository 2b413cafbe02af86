# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py docs`: write the provider table of README.md from the providers' own declarations."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import pythons
from .environment import ensure
from .talk import ROOT, Stop

if TYPE_CHECKING:
    from img3d_addon.core.provider import Provider

README = ROOT / "README.md"
BEGIN, END = "<!-- providers: written by build.py docs -->", "<!-- end of providers -->"


def main(args: argparse.Namespace) -> int:
    """Write the table, or with --check fail when it is old."""
    env = ensure(pythons.default_blender())
    code = "from img3d_addon import providers; from tools import docs; print(docs.table(providers.load()), end='')"
    done = subprocess.run(
        [env.python, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise Stop(f"The providers could not be read:\n{done.stderr.strip()[-1500:]}")
    old = README.read_text(encoding="utf-8")
    new = replaced(old, done.stdout)
    if new == old:
        return 0
    if args.check:
        raise Stop("README.md's provider table is old. Run: python3 build.py docs")
    README.write_text(new, encoding="utf-8", newline="\n")
    return 0


def replaced(text: str, table: str) -> str:
    """Return the text with `table` between the two markers."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise Stop(f"README.md has lost its lines {BEGIN!r} and {END!r}; put them where the table belongs.")
    return f"{head}{BEGIN}\n{table}{END}{tail}"


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
