# SPDX-License-Identifier: GPL-3.0-or-later
"""`build.py docs`: write what README.md and docs/ say about the code from the code itself."""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from . import drawing, pythons, reference
from .environment import ensure
from .talk import ROOT, Stop

if TYPE_CHECKING:
    from img3d_addon.core.provider import Provider

README = ROOT / "README.md"
CONSOLE = ROOT / "docs" / "console.md"
DRAWING = ROOT / "docs" / "images" / "architecture.svg"
PAGES = {
    "providers": README,
    "services": ROOT / "docs" / "services.md",
    "options": CONSOLE,
    "functions": ROOT / "docs" / "console-reference.md",
    "errors": ROOT / "docs" / "console-reference.md",
    "commands": ROOT / "docs" / "command-line.md",
    "parameters": ROOT / "docs" / "parameters.md",
}
"""Each generated part, and the page that it stands in between two markers."""


def main(args: argparse.Namespace) -> int:
    """Write the parts and the drawing, or with --check fail when one is old."""
    env = ensure(pythons.default_blender())
    done = subprocess.run(
        [env.python, "-c", "import json; from tools import docs; print(json.dumps(docs.parts()))"],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise Stop(f"The code could not be read:\n{done.stderr.strip()[-1500:]}")
    texts: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    old = stale(texts)
    if old and args.check:
        raise Stop(f"Generated documentation is old ({', '.join(old)}). Run: python3 build.py docs")
    for what, text in texts.items():
        page = PAGES[what]
        page.write_text(replaced(page.read_text(encoding="utf-8"), text, what=what), encoding="utf-8", newline="\n")
    DRAWING.write_text(drawing.svg(), encoding="utf-8", newline="\n")
    return 0


def stale(texts: Mapping[str, str]) -> list[str]:
    """Return the names of the parts that the pages have not as they should be, the drawing among them."""
    pages = {what: PAGES[what].read_text(encoding="utf-8") for what in texts}
    found = [what for what, text in texts.items() if replaced(pages[what], text, what=what) != pages[what]]
    current = DRAWING.is_file() and DRAWING.read_text(encoding="utf-8") == drawing.svg()
    return found if current else [*found, DRAWING.name]


def parts() -> dict[str, str]:
    """Return every generated part in Markdown; needs `bpy`."""
    from img3d_addon.providers import load  # not at the top: build.py itself runs without requests

    found = load()
    return {
        "providers": table(found),
        "services": table(found),
        "options": options(),
        "functions": reference.functions(),
        "errors": reference.errors(),
        "commands": reference.commands(),
        "parameters": parameters(found),
    }


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
    from img3d_addon.blender.words import price_words
    from img3d_addon.core.params import Secret

    rows = ["| provider | service | price of a job | key from |", "|---|---|---|---|"]
    for provider in providers.values():
        keys = ", ".join(f"`{item.env}`" for item in provider.account if isinstance(item, Secret)) or "none needed"
        rows.append(f"| `{provider.name}` | {_service(provider)} | {price_words(provider)} | {keys} |")
    return "\n".join(rows) + "\n"


def _service(provider: Provider) -> str:
    return f"[{provider.label}]({provider.docs})" if provider.docs else provider.label


def parameters(providers: Mapping[str, Provider]) -> str:
    """Return a heading and a table of parameters in Markdown for each provider."""
    return "".join(f"\n## {provider.label}: `{provider.name}`\n\n{_of(provider)}" for provider in providers.values())


def _of(provider: Provider) -> str:
    head = "| parameter | default | takes | what it does |"
    lines = [provider.summary.rstrip(".") + ".", "", head, "|---|---|---|---|"]
    for param in provider.params:
        only = f" (only with {' and '.join(_condition(*item) for item in param.when.items())})" if param.when else ""
        cells = (f"`{param.name}`", _default(param.default), param.range_text(), f"{param.help}{only}")
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _condition(name: str, values: Sequence[object]) -> str:
    *first, last = map(str, values)
    return f"`{name}` {', '.join(first)} or {last}" if first else f"`{name}` {last}"


def options() -> str:
    """Return the table of our own keywords in Markdown, one a row."""
    from img3d_addon.blender.after import AFTER
    from img3d_addon.blender.keywords import KEYWORDS

    rows = ["| option | default | takes | what it does |", "|---|---|---|---|"]
    declared = {param.name: param for param in AFTER}
    for keyword, name in KEYWORDS.items():
        param = declared[name]
        rows.append(f"| `{keyword}` | {_default(param.default)} | {param.range_text()} | {param.help} |")
    return "\n".join(rows) + "\n"


def _default(value: object) -> str:
    return f"`{value}`" if value != "" else "empty"
