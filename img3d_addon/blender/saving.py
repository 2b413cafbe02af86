# SPDX-License-Identifier: GPL-3.0-or-later
"""How Blender saves the pixels of an image as PNG: the rule for it where it is a simple one, else its own way."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from ..core.errors import OutputError
from ..core.files.pixels import RULES, Rule, shown

__all__ = ["rule_of", "save"]

_SIDE = 8
_LEVELS = (0.0, 0.002, 0.04, 0.2, 0.5, 0.8, 1.0, 1.3)
_ALPHAS = (1.0, 0.5, 0.25, 0.0)
_SAMPLES = array(
    "f",
    (
        value
        for index in range(_SIDE * _SIDE)
        for value in (
            _LEVELS[index // _SIDE],
            _LEVELS[(5 * index + 3) % 8],
            _LEVELS[(3 * index + 1) % 8],
            _ALPHAS[index % 4],
        )
    ),
)


def rule_of(image: Any, target: Path) -> Rule | None:
    """Return by what rule Blender would save such an image, None where it is none of ours.

    A few colours are saved, beside `target`, and compared: what becomes of them depends on the version, the kind of the
    image, its colour space and the colour management of this computer. Some milliseconds.
    """
    path = target.with_name(f"{target.name}.colours.png")
    try:
        with _copy_of(image, (_SIDE, _SIDE)) as copy:
            copy.pixels.foreach_set(_SAMPLES)
            stored = _colours(copy)
            _save(copy, path)
        seen = _bytes_in(path)
    except TypeError:  # a colour management that has no such space
        return None
    finally:
        path.unlink(missing_ok=True)
    return next((rule for rule in RULES if all(map(_alike, (shown(one, rule) for one in stored), seen))), None)


def save(image: Any, values: memoryview[Any], target: Path) -> None:
    """Have Blender save the `values` of all pixels of `image`, a buffer of floats; may take seconds."""
    pixels = array("f")
    pixels.frombytes(values.cast("B"))
    with _copy_of(image, image.size) as copy:
        copy.pixels.foreach_set(_four_channels(pixels, image.channels))
        _save(copy, target)


@contextmanager
def _copy_of(image: Any, size: Sequence[int]) -> Iterator[Any]:
    """Make an image of the same kind; the artist's own is never touched."""
    copy: Any = bpy.data.images.new("img3d copy", *size, alpha=True, float_buffer=image.is_float)
    try:
        loaded = image.source == "FILE" and image.is_float and not image.colorspace_settings.is_data
        if not loaded:  # else its floats are linear light, as are those of a new image, and its space is the file's
            copy.colorspace_settings.name = image.colorspace_settings.name
        copy.alpha_mode = image.alpha_mode
        yield copy
    finally:
        bpy.data.images.remove(copy)


def _save(copy: Any, target: Path) -> None:
    copy.file_format = "PNG"
    try:
        copy.save(filepath=str(target))
    except RuntimeError as error:
        raise OutputError(f"The picture could not be written to {target}: {error}") from error


def _bytes_in(path: Path) -> list[tuple[int, ...]]:
    saved: Any = bpy.data.images.load(str(path))
    try:
        saved.colorspace_settings.name = "Non-Color"
        return [tuple(round(255.0 * value) for value in colour) for colour in _colours(saved)]
    finally:
        bpy.data.images.remove(saved)


def _colours(image: Any) -> list[tuple[float, ...]]:
    pixels: Any = array("f", bytes(4 * len(_SAMPLES)))
    image.pixels.foreach_get(pixels)
    return [tuple(pixels[start : start + 4]) for start in range(0, len(pixels), 4)]


def _alike(ours: Sequence[int], blenders: Sequence[int]) -> bool:
    return all(abs(one - other) <= 1 for one, other in zip(ours, blenders, strict=True))


def _four_channels(pixels: array[float], channels: int) -> array[float]:
    if channels == 4:
        return pixels
    size = len(pixels) // channels
    full = array("f", [1.0]) * (4 * size)
    for channel in range(3):
        full[channel::4] = pixels[(channel if channels == 3 else 0) :: channels]
    return full
