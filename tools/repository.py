# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder for any web server, as an extension repository: the zips, index.json and a page to drag them from."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["build"]

PAGE = Path(__file__).with_name("repository.html")
_ROW = re.compile(r"  <tr>\n    <td>.*?  </tr>\n", re.DOTALL)


def build(archives: Sequence[Path], folder: Path, tool: Callable[..., None]) -> Path:
    """Fill a fresh `folder` with the zips and what `tool`, Blender's own, writes of them; return its index.json.

    The tool lists files as the disk gives them and dates the page; both are made the same for the same zips.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in archives:
        shutil.copyfile(path, folder / path.name)
    tool("server-generate", "--repo-dir", str(folder), "--html", "--html-template", str(PAGE))
    _sort_index(folder / "index.json")
    _sort_page(folder / "index.html")
    return folder / "index.json"


def _sort_index(path: Path) -> None:
    index = json.loads(path.read_text(encoding="utf-8"))
    index["data"].sort(key=lambda entry: entry["archive_url"])
    path.write_text(json.dumps(index, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _sort_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rows = iter(sorted(_ROW.findall(text)))
    path.write_text(_ROW.sub(lambda _match: next(rows), text), encoding="utf-8")
