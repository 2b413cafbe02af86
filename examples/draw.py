# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the example pictures anew: python examples/draw.py (needs Pillow). They are this project's own work."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SIDE, SCALE = 768, 3  # drawn three times as large, for smooth edges
MARGIN = 6  # around the field of 100 x 100, so that no shade reaches the frame
Points = Sequence[tuple[float, float]]


def curve(points: Points, steps: int = 24) -> list[tuple[float, float]]:
    """Return a closed smooth curve through points of a 100 x 100 field (Catmull-Rom)."""
    out: list[tuple[float, float]] = []
    count = len(points)
    for i in range(count):
        a, b, c, d = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            pair = [
                0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3)
                for p, q, r, s in zip(a, b, c, d, strict=True)
            ]
            out.append((pair[0], pair[1]))
    return out


class Sheet:
    """A transparent picture that takes shaded shapes; positions in a field of 100 x 100, y downwards."""

    def __init__(self) -> None:
        self.unit = SIDE * SCALE / (100 + 2 * MARGIN)
        self.image = Image.new("RGBA", (SIDE * SCALE,) * 2, (0, 0, 0, 0))

    def shape(self, points: Points, colour: str, *, shade: float = 0.35) -> None:
        """Fill a closed shape, lighter at its upper left and darker at its lower right."""
        self._paint(self._mask(points), colour, shade)

    def spot(self, x: float, y: float, width: float, height: float, colour: str, *, shade: float = 0.15) -> None:
        """Fill an ellipse around (x, y)."""
        mask = Image.new("L", self.image.size)
        corners = [self._pixel(x - width / 2, y - height / 2), self._pixel(x + width / 2, y + height / 2)]
        ImageDraw.Draw(mask).ellipse(corners, fill=255)
        self._paint(mask, colour, shade)

    def words(self, x: float, y: float, text: str, height: float, colour: str) -> None:
        """Write fat letters around (x, y)."""
        font = ImageFont.load_default(size=height * self.unit)
        stroke = int(height * self.unit * 0.035)
        ImageDraw.Draw(self.image).text(
            self._pixel(x, y), text, fill=colour, font=font, anchor="mm", stroke_width=stroke, stroke_fill=colour
        )

    def band(self, points: Points, y: float, height: float, colour: str) -> None:
        """Paint a stripe over a shape, hanging a little in its middle, as on a round body."""
        across = range(-10, 111, 2)
        hang = [(x, y + 3 * (1 - ((x - 50) / 50) ** 2)) for x in across]
        stripe = [*hang, *((x, v + height) for x, v in reversed(hang))]
        self.image.paste(
            Image.new("RGB", self.image.size, colour), mask=ImageChops.multiply(*map(self._mask, (points, stripe)))
        )

    def gloss(self, points: Points) -> None:
        """Shade a turned body: darker to both sides, with a soft light on its left."""
        mask = self._mask(points)
        left, _top, right, _bottom = mask.getbbox() or (0, 0, 1, 1)
        for place, width, colour, strength in (
            (0.0, 0.3, "#0b1020", 90),
            (1.0, 0.42, "#0b1020", 130),
            (0.3, 0.1, "#ffffff", 110),
        ):
            ramp = Image.new("L", (self.image.width, 1))
            for x in range(ramp.width):
                away = ((x - left) / (right - left) - place) / width
                ramp.putpixel((x, 0), int(strength * math.exp(-away * away * 2)))
            veil = ImageChops.multiply(mask, ramp.resize(self.image.size))
            self.image.paste(Image.new("RGB", self.image.size, colour), mask=veil)

    def _mask(self, points: Points) -> Image.Image:
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon([self._pixel(x, y) for x, y in points], fill=255)
        return mask

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        return (x + MARGIN) * self.unit, (y + MARGIN) * self.unit

    def _paint(self, mask: Image.Image, colour: str, shade: float) -> None:
        left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
        reach = max(1, int(min(right - left, bottom - top) * 0.16))
        soft = mask.filter(ImageFilter.GaussianBlur(reach))
        dark = ImageChops.subtract(mask, ImageChops.offset(soft, -reach, -reach)).point(lambda v: int(v * shade))
        light = ImageChops.subtract(mask, ImageChops.offset(soft, reach, reach)).point(lambda v: int(v * shade * 0.9))
        body = Image.new("RGB", mask.size, colour)
        body.paste(Image.new("RGB", mask.size, "#1a1030"), mask=dark)
        body.paste(Image.new("RGB", mask.size, "#fffbe8"), mask=light)
        self.image.paste(body, mask=mask)

    def save(self, name: str, background: str = "") -> None:
        """Write the picture, on a plain background where one is given, else with its transparency."""
        small = self.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        if background:
            plain = Image.new("RGB", small.size, background)
            plain.paste(small, mask=small.getchannel("A"))
            small = plain
        small.save(Path(__file__).with_name(name), optimize=True)


def mushroom() -> None:
    """A toadstool with transparent surroundings."""
    sheet = Sheet()
    stem = [(40, 50), (38, 70), (33, 88), (40, 93), (50, 94), (60, 93), (67, 88), (62, 70), (60, 50)]
    sheet.shape(curve(stem), "#f3e3c3")
    sheet.shape(curve([(36, 55), (42, 61), (50, 63), (58, 61), (64, 55), (50, 50)]), "#e2cda4", shade=0.2)
    cap = [
        (7, 52),
        (10, 34),
        (22, 17),
        (38, 8),
        (50, 6),
        (62, 8),
        (78, 17),
        (90, 34),
        (93, 52),
        (72, 57),
        (50, 58),
        (28, 57),
    ]
    sheet.shape(curve(cap), "#d8342b", shade=0.5)
    for x, y, width, height in (
        (50, 22, 17, 14),
        (27, 33, 12, 12),
        (74, 34, 12, 13),
        (41, 44, 9, 8),
        (61, 46, 8, 7),
        (15, 48, 6, 7),
        (86, 48, 5, 7),
    ):
        sheet.spot(x, y, width, height, "#fdf6e6")
    sheet.save("mushroom.png")


def duck() -> None:
    """A rubber duck on a plain white page."""
    sheet = Sheet()
    body = [
        (12, 52),
        (22, 60),
        (36, 58),
        (50, 54),
        (70, 56),
        (84, 66),
        (82, 80),
        (68, 90),
        (46, 92),
        (26, 88),
        (13, 74),
    ]
    sheet.shape(curve(body), "#f6c21c", shade=0.45)
    sheet.spot(63, 35, 42, 42, "#f9cb2a", shade=0.4)
    sheet.shape(curve([(26, 68), (38, 64), (52, 67), (55, 76), (45, 83), (32, 80)]), "#eaa911", shade=0.3)
    sheet.shape(curve([(80, 36), (88, 35), (96, 39), (95, 44), (88, 47), (80, 45)]), "#ee6a1f", shade=0.3)
    sheet.spot(68, 29, 8, 10, "#1d1a26", shade=0.05)
    sheet.spot(69.5, 27, 2.6, 3.2, "#ffffff", shade=0.0)
    sheet.save("duck.png", background="#ffffff")


def rocket() -> None:
    """A toy rocket on a plain blue page."""
    sheet = Sheet()
    sheet.shape(curve([(34, 62), (20, 74), (16, 92), (28, 88), (38, 82)]), "#c93b3b")
    sheet.shape(curve([(66, 62), (80, 74), (84, 92), (72, 88), (62, 82)]), "#c93b3b")
    sheet.shape([(42, 84), (58, 84), (61, 92), (39, 92)], "#5b6472")
    hull = [
        (50, 4),
        (59, 14),
        (66, 30),
        (68, 48),
        (66, 68),
        (60, 86),
        (50, 87),
        (40, 86),
        (34, 68),
        (32, 48),
        (34, 30),
        (41, 14),
    ]
    sheet.shape(curve(hull), "#eef1f5", shade=0.5)
    sheet.shape(curve([(50, 4), (59, 14), (64, 25), (50, 28), (36, 25), (41, 14)]), "#d8453f", shade=0.4)
    sheet.spot(50, 42, 19, 19, "#5b6472", shade=0.3)
    sheet.spot(50, 42, 13.5, 13.5, "#7fd0f2", shade=0.4)
    sheet.shape(curve([(47, 62), (53, 62), (54, 76), (50, 94), (46, 76)]), "#b23434", shade=0.3)
    sheet.save("rocket.png", background="#2f5d8a")


def coin() -> None:
    """A medal of one metal under one lamp, with transparent surroundings: for reliefs."""
    sheet = Sheet()
    sheet.spot(50, 50, 94, 94, "#b98a3a", shade=0.5)
    sheet.spot(50, 50, 80, 80, "#a87a2f", shade=0.4)
    sheet.shape(star(50, 50, 34, 15), "#c2933f", shade=0.75)
    sheet.spot(50, 50, 16, 16, "#cc9d48", shade=0.6)
    sheet.save("coin.png")


def badge() -> None:
    """A logo in flat colours on a white page: for straight walls."""
    sheet = Sheet()
    sheet.shape(curve([(8, 34), (8, 12), (50, 5), (92, 12), (92, 34), (50, 40)]), "#1f6f8b", shade=0.0)
    sheet.shape(star(50, 23, 14, 6), "#ffd23f", shade=0.0)
    sheet.words(50, 68, "B3D", 46, "#d1495b")
    sheet.save("badge.png", background="#ffffff")


def vase() -> None:
    """A striped vase on a plain green page: for the lathe."""
    sheet = Sheet()
    right = [(61, 5), (63, 8), (58, 14), (57, 22), (64, 32), (74, 44), (78, 56), (74, 70), (66, 82), (62, 90), (66, 95)]
    outline = curve([*right, *((100 - x, y) for x, y in reversed(right))])
    sheet.shape(outline, "#2f6f9f", shade=0.0)
    for y, height, colour in ((18, 5, "#f2efe6"), (50, 9, "#f2efe6"), (62, 4, "#d9a441"), (86, 4, "#f2efe6")):
        sheet.band(outline, y, height, colour)
    sheet.gloss(outline)
    sheet.save("vase.png", background="#8fb58a")


def star(x: float, y: float, outer: float, inner: float) -> list[tuple[float, float]]:
    """Return a star of five points."""
    turns = [(math.pi * (k / 5 - 0.5), inner if k % 2 else outer) for k in range(10)]
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle, radius in turns]


if __name__ == "__main__":
    for draw in (mushroom, duck, rocket, coin, badge, vase):
        draw()
