# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawing of the rings and packages, made from the folders, their first lines and their imports: always true."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from .talk import ROOT

PACKAGE = ROOT / "img3d_addon"
RINGS = ("blender", "providers", "core")  # as they are drawn: each may import those below it
WORDS = {
    "blender": "the only ring that knows bpy: sidebar, operators, console, command line",
    "providers": "one file or folder a service: submit and poll; no loop, no wait, no key handling",
    "core": "jobs, journal, HTTP, files, batches; plain Python, no bpy",
}
_COLUMNS, _WIDE, _HIGH, _GAP, _HEAD, _EDGE = 4, 232, 132, 14, 52, 16
_FILLS = {"blender": "#f6e3c8", "providers": "#d9ead3", "core": "#d4e4f4"}
_FONT = "font-family='Helvetica, Arial, sans-serif'"


@dataclass(frozen=True)
class Box:
    """One package: its path below img3d_addon, its first sentence, and the packages that it imports."""

    name: str
    says: str
    uses: tuple[str, ...]


def boxes(package: Path = PACKAGE) -> dict[str, list[Box]]:
    """Return the packages of each ring, the ring's own modules first."""
    graph = imports(package)
    found: dict[str, list[Box]] = {ring: [] for ring in RINGS}
    for name in sorted(graph, key=lambda name: (name.count("/"), name)):
        ring = name.partition("/")[0]
        found[ring].append(Box(name=name, says=_says(package / name), uses=tuple(sorted(graph[name]))))
    return found


def imports(package: Path = PACKAGE) -> dict[str, set[str]]:
    """Return which packages each package imports, by path; a ring's own modules have the ring's name."""
    graph: dict[str, set[str]] = {}
    for ring in RINGS:
        for path in sorted((package / ring).rglob("*.py")):
            parts = path.relative_to(package).with_suffix("").parts
            uses = graph.setdefault(_package(parts, package), set())
            uses |= {_package(target, package) for target in _targets(path, parts)} - {_package(parts, package)}
    return graph


def _package(parts: tuple[str, ...], package: Path) -> str:
    """Return the package that a module is drawn in: a folder directly below a ring, else the ring itself."""
    folder = len(parts) > 1 and (package / parts[0] / parts[1]).is_dir()
    return "/".join(parts[: 2 if folder else 1])


def _targets(path: Path, parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = (*parts[: len(parts) - node.level], *(node.module or "").split("."))
            for alias in node.names:
                target = tuple(part for part in (*base, alias.name) if part)
                if target[0] in RINGS:
                    yield target


def _says(folder: Path) -> str:
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    first = " ".join(text.partition("\n\n")[0].split()).removesuffix("No bpy.").strip()
    return first.partition(". ")[0].rstrip(".").replace("`", "")


def svg() -> str:
    """Return the drawing: a band for each ring, a box for each package with what it says and what it uses."""
    wide = 2 * _EDGE + _COLUMNS * _WIDE + (_COLUMNS + 1) * _GAP
    body, y = "", _EDGE
    for ring, found in boxes().items():
        rows = -(-len(found) // _COLUMNS)
        high = _HEAD + rows * (_HIGH + _GAP)
        body += _band(ring, y, wide - 2 * _EDGE, high)
        for number, box in enumerate(found):
            x = _EDGE + _GAP + number % _COLUMNS * (_WIDE + _GAP)
            body += _box(box, ring, x, y + _HEAD + number // _COLUMNS * (_HIGH + _GAP))
        y += high
        if ring != RINGS[-1]:
            body += _arrow(wide / 2, y)
            y += 44
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide} {y + _EDGE}' {_FONT}>\n"
        f"<title>The rings and packages of img3d</title>\n"
        f"<rect width='{wide}' height='{y + _EDGE}' fill='#ffffff'/>\n{body}</svg>\n"
    )


def _band(ring: str, y: int, wide: int, high: int) -> str:
    return (
        f"<rect x='{_EDGE}' y='{y}' width='{wide}' height='{high}' rx='10' fill='{_FILLS[ring]}'/>\n"
        f"{_text(ring, _EDGE + _GAP, y + 33, size=22, weight='bold')}"
        f"{_text(WORDS[ring], _EDGE + _GAP + 140, y + 32, size=14)}"
    )


def _box(box: Box, ring: str, x: int, y: int) -> str:
    own = box.name == ring
    title = f"{ring}/*.py" if own else f"{box.name}/"
    lines = textwrap.wrap(box.says, 33)[:4]
    uses = textwrap.wrap("uses " + ", ".join(_short(name, ring) for name in box.uses), 40) if box.uses else []
    text = _text(title, x + 10, y + 22, size=14, weight="bold")
    text += "".join(_text(line, x + 10, y + 42 + 16 * row, size=12) for row, line in enumerate(lines))
    last = y + _HIGH - 10 - 13 * (len(uses) - 1)
    text += "".join(_text(line, x + 10, last + 13 * row, size=10.5, fill="#555555") for row, line in enumerate(uses))
    frame = f"<rect x='{x}' y='{y}' width='{_WIDE}' height='{_HIGH}' rx='6' fill='#ffffff' stroke='#888888'/>\n"
    return f"<g data-package='{box.name}' data-uses='{' '.join(box.uses)}'>\n{frame}{text}</g>\n"


def _short(name: str, ring: str) -> str:
    return name.removeprefix(f"{ring}/") if name.startswith(f"{ring}/") else name


def _arrow(x: float, y: int) -> str:
    return (
        f"<path d='M {x} {y + 4} v 26 m -7 -9 l 7 9 l 7 -9' stroke='#555555' stroke-width='2' fill='none'/>\n"
        f"{_text('imports, never the other way', int(x) + 18, y + 27, size=13, fill='#555555')}"
    )


def _text(words: str, x: int, y: float, *, size: float, weight: str = "normal", fill: str = "#1a1a1a") -> str:
    styled = "" if weight == "normal" else f" font-weight='{weight}'"
    return f"<text x='{x}' y='{y}' font-size='{size}' fill='{fill}'{styled}>{escape(words)}</text>\n"


def graph_in(text: str) -> Mapping[str, set[str]]:
    """Read back from a drawing which packages it shows, and what each uses."""
    from xml.etree import ElementTree

    groups = ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}g")
    return {group.attrib["data-package"]: set(group.attrib["data-uses"].split()) for group in groups}
