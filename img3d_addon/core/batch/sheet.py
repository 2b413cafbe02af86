# SPDX-License-Identifier: GPL-3.0-or-later
"""The contact sheet of a batch: one PNG, and a page that opens from the disk, with pictures and previews. No bpy."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..errors import OutputError
from .outcome import Outcome, counts

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

__all__ = ["input_of", "make_sheet", "preview_of", "shrink_input"]

_SIDE = 256  # pixels of a preview
_MOST_PIXELS = 24_000_000  # of the PNG: ten thousand rows get small cells
_BACK, _INK, _BAD = (246, 246, 244), (40, 40, 44), (176, 32, 32)
_STYLE = """
body{font:14px/1.4 system-ui,sans-serif;margin:24px;background:#f6f6f4;color:#28282c}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:16px}
article{background:#fff;border-radius:8px;padding:12px;overflow-wrap:anywhere}
figure{position:relative;margin:0 0 8px;aspect-ratio:1;display:grid;place-items:center}
figure img.made{width:100%}figure img.given{max-width:100%;max-height:100%}
figure img.made+img.given{position:absolute;left:0;bottom:0;max-width:32%;max-height:32%;border-radius:4px}
small{color:#66666c;display:block}b.bad,small.bad{color:#b02020}
"""


def preview_of(folder: Path, file: PurePath) -> Path:
    """Return where the preview of a written file is kept."""
    return folder / "previews" / file.parent / f"{file.name}.png"


def input_of(folder: Path, file: PurePath) -> Path:
    """Return where the small copy of the picture of a file is kept."""
    return folder / "previews" / file.parent / f"{file.name}.input.jpg"


def shrink_input(picture: Path, target: Path) -> bool:
    """Write a small copy of a picture; False where it cannot be read."""
    from PIL import Image, ImageOps

    try:
        with Image.open(picture) as found:
            found.draft("RGB", (2 * _SIDE, 2 * _SIDE))
            small = ImageOps.exif_transpose(found)
            small.thumbnail((_SIDE, _SIDE))
            small = small.convert("RGBA")
        plain = Image.new("RGB", small.size, (255, 255, 255))
        plain.paste(small, mask=small.getchannel("A"))
        target.parent.mkdir(parents=True, exist_ok=True)
        plain.save(target, quality=85)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def make_sheet(folder: Path, outcomes: Sequence[Outcome], *, suffix: str = "") -> list[Path]:
    """Write `contact-sheet.png` and `.html` into the folder of a batch, from the previews that are there."""
    png, page = folder / f"contact-sheet{suffix}.png", folder / f"contact-sheet{suffix}.html"
    try:
        part = png.with_name(f"{png.name}.part")
        _drawn(folder, outcomes).save(part, format="PNG")
        part.replace(png)
        part = page.with_name(f"{page.name}.part")
        part.write_text(_page(folder, outcomes), encoding="utf-8", errors="replace")
        part.replace(page)
    except OSError as error:
        raise OutputError(f"The contact sheet {png} cannot be written ({error.strerror or error})") from error
    return [png, page]


def _drawn(folder: Path, outcomes: Sequence[Outcome]) -> Image.Image:
    from PIL import Image, ImageDraw

    number = max(1, len(outcomes))
    columns = math.ceil(math.sqrt(number))
    side = min(_SIDE, int(math.sqrt(_MOST_PIXELS / number)) - 8)
    caption = 18 if side >= 96 else 0
    rows = math.ceil(number / columns)
    sheet = Image.new("RGB", (columns * (side + 8) + 8, rows * (side + caption + 8) + 8), _BACK)
    draw = ImageDraw.Draw(sheet)
    for index, outcome in enumerate(outcomes):
        row, column = divmod(index, columns)
        corner = (8 + column * (side + 8), 8 + row * (side + caption + 8))
        _draw_cell(sheet, draw, folder, outcome, corner=corner, side=side, caption=caption)
    return sheet


def _draw_cell(  # noqa: PLR0913 - a cell is drawn where, how large and of what
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    folder: Path,
    outcome: Outcome,
    *,
    corner: tuple[int, int],
    side: int,
    caption: int,
) -> None:
    x, y = corner
    draw.rectangle((x, y, x + side - 1, y + side - 1), fill=(255, 255, 255))
    made = _opened(preview_of(folder, outcome.row.file), side)
    given = _opened(input_of(folder, outcome.row.file), side if made is None else side // 3)
    if made is not None:
        sheet.paste(made, (x, y), made)
    if given is not None:
        place = (x + 2, y + side - given.height - 2) if made is not None else (x, y)
        sheet.paste(given, place, given)
    if caption:
        bad = outcome.state != "written"
        text = f"{outcome.state}: {outcome.row.file.stem}" if bad else outcome.row.file.stem
        text = text.encode("latin-1", "replace").decode("latin-1")  # what Pillow's own font can draw
        while len(text) > 4 and draw.textlength(text) > side:
            text = f"{text[:-4]}..."
        draw.text((x, y + side + 3), text, fill=_BAD if bad else _INK)


def _opened(path: Path, side: int) -> Image.Image | None:
    from PIL import Image

    try:
        with Image.open(path) as found:
            small = found.convert("RGBA")
    except (OSError, ValueError, SyntaxError):
        return None
    small.thumbnail((side, side))
    return small


def _page(folder: Path, outcomes: Sequence[Outcome]) -> str:
    numbers = ", ".join(f"{count} {state}" for state, count in sorted(counts(outcomes).items()))
    cards = "\n".join(_card(folder, outcome) for outcome in outcomes)
    title = html.escape(f"{folder.name}: {numbers}")
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<main>\n{cards}\n</main></body></html>\n"
    )


def _card(folder: Path, outcome: Outcome) -> str:
    file = outcome.row.file
    images = [("made", preview_of(folder, file)), ("given", input_of(folder, file))]
    figure = "".join(
        f'<img class="{kind}" loading="lazy" alt="" src="{_link(path, folder)}">'
        for kind, path in images
        if path.is_file()
    )
    if outcome.state == "written":
        name = f'<a href="{_link(folder / file, folder)}"><b>{html.escape(str(file))}</b></a>'
        words = _small(f"{outcome.faces} faces, {outcome.seconds:.1f} s, {outcome.row.provider}")
    else:
        name = f'<b class="bad">{html.escape(f"{outcome.state}: {outcome.row.where}")}</b>'
        words = _small(outcome.error, bad=True) if outcome.error else ""
    return f"<article><figure>{figure}</figure>{name}{words}{_cost(outcome)}</article>"


def _cost(outcome: Outcome) -> str:
    return _small(str(outcome.cost)) if outcome.cost and outcome.cost.amount else ""


def _small(text: Any, *, bad: bool = False) -> str:
    return f"<small{' class=bad' if bad else ''}>{html.escape(str(text))}</small>"


def _link(path: Path, folder: Path) -> str:
    return quote(path.relative_to(folder).as_posix(), errors="surrogateescape")
