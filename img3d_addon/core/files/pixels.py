# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels in memory, and how they become a PNG file in a thread that lets others go on. No bpy."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..packages import need

__all__ = ["RULES", "Pixels", "Rule", "shown", "write"]

_ROWS = 64  # in one piece: some megabytes, whatever the picture
_LINEAR = 0.0031308  # up to here the curve of sRGB is a line


@dataclass(frozen=True)
class Rule:
    """From stored to shown colours: linear light is `curved` to sRGB, then colours are `divided` by their alpha."""

    curved: bool
    divided: bool


RULES = tuple(Rule(curved, divided) for divided in (False, True) for curved in (False, True))


@dataclass(frozen=True, kw_only=True, eq=False)
class Pixels:
    """A picture as 32 bit floats, `channels` (4, 3, or grey) for each pixel, the lowest row first.

    `values` is anything with a buffer.
    """

    width: int
    height: int
    channels: int
    values: Any = field(repr=False)
    rule: Rule


def shown(colour: Sequence[float], rule: Rule) -> tuple[int, ...]:
    """Return red, green, blue and alpha of 0 to 255 for one stored colour."""
    *bands, alpha = colour
    if rule.curved:
        bands = [12.92 * max(band, 0.0) if band <= _LINEAR else 1.055 * band ** (1 / 2.4) - 0.055 for band in bands]
    if rule.divided and alpha:
        bands = [band / alpha for band in bands]
    return tuple(min(255, max(0, int(255.0 * band + 0.5))) for band in (*bands, alpha))


def write(pixels: Pixels, path: Path) -> None:
    """Write a PNG file with alpha, whole or not at all; `OutputError` when it cannot be written. In any thread."""
    need("PIL")
    from PIL import Image

    image = Image.frombuffer("RGBA", (pixels.width, pixels.height), _eight_bit(pixels), "raw", "RGBA", 0, 1)
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(part, "PNG", compress_level=1)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutputError(f"The picture could not be written to {path} ({error.strerror})") from error


def _eight_bit(pixels: Pixels) -> Any:
    """Return bytes of (height, width, 4), the uppermost row first; numpy lets other threads go on."""
    import numpy as np

    size = (pixels.height, pixels.width, pixels.channels)
    stored = np.frombuffer(pixels.values, np.float32, count=size[0] * size[1] * size[2]).reshape(size)[::-1]
    done = np.empty((*size[:2], 4), np.uint8)
    for top in range(0, pixels.height, _ROWS):
        piece = np.ones((min(_ROWS, pixels.height - top), pixels.width, 4), np.float32)
        bands = stored[top : top + _ROWS]
        piece[..., : max(3, pixels.channels)] = bands if pixels.channels > 2 else bands[..., :1]
        with np.errstate(all="ignore"):  # what is no number has no colour either
            _show(piece, pixels.rule)
            done[top : top + _ROWS] = np.clip(piece * 255.0 + 0.5, 0.0, 255.0)
    return done


def _show(piece: Any, rule: Rule) -> None:
    """Do to an array of (rows, width, 4) what `shown` does to a colour, but for the bytes."""
    import numpy as np

    bands, alpha = piece[..., :3], piece[..., 3:]
    if rule.curved:
        light = np.maximum(bands, 0.0)
        bands[:] = np.where(light <= _LINEAR, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    if rule.divided:
        np.divide(bands, alpha, out=bands, where=alpha != 0.0)
