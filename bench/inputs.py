# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures for the benchmark: an example at any size, cut out, on white, or before an out-of-focus room."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageFilter

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "mushroom.png"


def draw(path: str, background: str, size: int) -> None:
    """Write the picture; "blank" has one colour, so that nothing is found in it."""
    page = Image.new("RGB", (size, size), "#ffffff")
    if background == "blank":
        page.save(path)
        return
    figure = Image.open(EXAMPLE).convert("RGBA").resize((size, size), Image.Resampling.LANCZOS)
    if background == "alpha":
        figure.save(path)
        return
    if background == "photo":
        room = Image.effect_noise((24, 24), 90).resize((size, size), Image.Resampling.BICUBIC)
        page = Image.composite(
            Image.new("RGB", (size, size), "#8fa7b8"), Image.new("RGB", (size, size), "#50603c"), room
        )
        page = page.filter(ImageFilter.GaussianBlur(size / 60))
    page.paste(figure, mask=figure.getchannel("A"))
    page.save(path)
