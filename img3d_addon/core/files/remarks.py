# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be said of a picture before money is spent on it, and which repair helps; arithmetic only. No bpy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..values import ImageLimits
from .fitting import fit

__all__ = ["REPAIRS", "Remark", "Seen", "limit_words", "remarks", "size_words"]

REPAIRS = ("crop", "pad", "shrink", "cut_out")
"""Crop to the object, add room around it, bring within a provider's limits, make a plain background transparent."""

_SMALL = {"alpha": 0.5, "plain": 0.5, "photo": 0.35}  # share of a side; in photos the object is a guess
_LONG = 2.5  # times as long as wide: from here on services fill up or cut off
_COARSE = 2.0  # times enlarged for a service: from here on it is blurred


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a look at a picture has found; sides in pixels, `size` of its file in bytes.

    `box` is the object: left, top, right, bottom as shares of the sides, from the upper left; None where there is
    none. `how` it was found: by "alpha", on a "plain" background, in a "photo". `cut` tells that it runs out of the
    picture. `transparent` means that some of it can be seen through.
    """

    width: int
    height: int
    format: str
    size: int
    transparent: bool
    animated: bool = False
    how: str = ""
    box: tuple[float, float, float, float] | None = None
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Remark:
    """One sentence, `text` filled in with `values`, and the name of the repair that helps, "" when there is none.

    `warns` of a worse result; else it is a hint.
    """

    kind: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    repair: str = ""
    warns: bool = True

    def __str__(self) -> str:
        return self.text.format(**self.values)


def remarks(seen: Seen, limits: ImageLimits, *, provider: str) -> tuple[Remark, ...]:
    """Return what is to be said of a picture that goes to `provider`, the worst first."""
    found = (*_of_the_object(seen), *_of_the_background(seen), *_of_the_size(seen, limits, provider))
    return tuple(sorted(found, key=lambda remark: not remark.warns))


def limit_words(limits: ImageLimits) -> str:
    """Return what a provider takes, as "640 to 2048 px, 2.5 : 1, 4 MB"; "" where it takes everything."""
    sides = f"{limits.min_side} to {limits.max_side} px" if limits.min_side and limits.max_side else ""
    if not sides:
        sides = f"up to {limits.max_side} px" if limits.max_side else ""
        sides = f"at least {limits.min_side} px" if limits.min_side else sides
    pixels = f"{limits.max_pixels / 1e6:.1f} megapixels" if limits.max_pixels and not limits.max_side else ""
    aspect = f"{limits.max_aspect:g} : 1" if limits.max_aspect else ""
    return ", ".join(filter(None, (sides, pixels, aspect, size_words(limits.max_bytes) if limits.max_bytes else "")))


def size_words(size: int) -> str:
    """Return a size in bytes as people read it."""
    for unit, step in (("MB", 1_000_000), ("KB", 1000)):
        if size >= step:
            return f"{size / step:.{0 if size >= 10 * step else 1}f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"


def _of_the_object(seen: Seen) -> Iterator[Remark]:
    if seen.box is not None:
        left, top, right, bottom = seen.box
        share = max(right - left, bottom - top)
        if share < _SMALL[seen.how]:
            text = "The object fills only {share} of the picture"
            yield Remark(kind="small", text=text, values={"share": f"{share:.0%}"}, repair="crop")
            return
    if seen.cut:
        text = "The object runs out of the picture, and may be cut off there"
        yield Remark(kind="cut", text=text, repair="pad")
    elif _is_long(seen.width, seen.height):
        text = "The picture is long; services expect a nearly square one"
        yield Remark(kind="long", text=text, repair="pad" if _has_long_object(seen) else "crop")


def _is_long(width: float, height: float) -> bool:
    return max(width, height) > _LONG * min(width, height)


def _has_long_object(seen: Seen) -> bool:
    """Whether the object itself is long, or may be; else what is beside it is not needed."""
    if seen.box is None:
        return True
    left, top, right, bottom = seen.box
    return _is_long((right - left) * seen.width, (bottom - top) * seen.height)


def _of_the_background(seen: Seen) -> Iterator[Remark]:
    if seen.how == "plain":
        text = "The background is plain and can be made transparent"
        yield Remark(kind="plain", text=text, repair="cut_out", warns=False)
    elif seen.how == "photo" or not (seen.how or seen.transparent):
        yield Remark(kind="busy", text="The background may become part of the object")
    if seen.animated:
        text = "Only the first image of this animation is used"
        yield Remark(kind="animated", text=text, warns=False)


def _of_the_size(seen: Seen, limits: ImageLimits, provider: str) -> Iterator[Remark]:
    sent = fit(seen.width, seen.height, limits)
    values = {"provider": provider, "width": str(sent.canvas[0]), "height": str(sent.canvas[1])}
    if sent.size[0] < seen.width:
        text = "Larger than {provider} takes: it is sent as {width} x {height}"
        yield Remark(kind="large", text=text, values=values, repair="shrink", warns=False)
    elif limits.max_bytes and seen.size > limits.max_bytes:
        text = "With {size} more than {provider} takes: it is sent compressed"
        values["size"] = size_words(seen.size)
        yield Remark(kind="heavy", text=text, values=values, repair="shrink", warns=False)
    elif sent.size[0] > seen.width:
        text = "Smaller than {provider} wants: it is enlarged to {width} x {height}"
        yield Remark(kind="tiny", text=text, values=values, warns=sent.size[0] >= _COARSE * seen.width)
