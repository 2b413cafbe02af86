# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the object in a picture: which pixels belong to it, and how much. No bpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .arrays import Array
from .background import fit_background, frame_ring
from .colour import oklab
from .errors import NoObject
from .matte import matte
from .picture import Source
from .plain import plain_mask
from .regions import areas, chosen, dilate, erode, label

__all__ = ["Mask", "find_mask"]

_SMALLEST = 50  # pixels at analysis size that a shape needs
_ADVICE = "Use a picture with a transparent or plain background, or a hosted provider."


@dataclass(frozen=True, kw_only=True)
class Mask:
    """`inside` bool (h, w), `alpha` float32 (h, w) with alpha > .5 inside; `method` is how it was found."""

    inside: Array
    alpha: Array
    method: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


def find_mask(source: Source, *, background: str, holes: str) -> Mask:
    """Find the object by the method `background` ("auto" tries alpha, then plain); `NoObject` when there is none."""
    method = background
    if background == "auto":
        method = "alpha" if _has_cutout(source.alpha) else "plain"
    mask = _METHODS[method](source, holes=holes, insist=background != "auto")
    if mask.inside.sum() < _SMALLEST:
        raise NoObject("No object was found in the picture, or it is too small or too thin", _ADVICE)
    return mask


def _has_cutout(alpha: Array | None) -> bool:
    return alpha is not None and bool((alpha < 128).mean() > 0.005 and (alpha > 128).mean() > 0.002)


def _by_alpha(source: Source, *, holes: str, insist: bool) -> Mask:
    del holes, insist
    if source.alpha is None or source.alpha.min() >= 128:
        raise NoObject(
            "The picture has no transparent background", "Set background to auto or plain, or cut the object out."
        )
    alpha = source.alpha.astype(np.float32) / 255
    raw = alpha >= 0.5
    inside = _without_specks(raw)
    alpha = np.where(dilate(inside, 2), alpha, 0)
    alpha = np.where(inside, np.maximum(alpha, 0.501), np.minimum(alpha, 0.49)).astype(np.float32)
    return Mask(inside=inside, alpha=alpha, method="alpha", facts={"specks_removed": _lost(raw, inside)})


def _by_plain(source: Source, *, holes: str, insist: bool) -> Mask:
    colour = _over_white(source)
    lab = oklab(colour)
    background = fit_background(lab)
    if not insist and not background.is_plain:
        raise _not_plain()
    found, facts = plain_mask(lab, background, holes=holes)
    at_frame = found[frame_ring(*found.shape)].mean()
    if not insist and at_frame > 0.12 and background.sigma > 0.006:
        raise _not_plain()
    inside = _without_specks(found)
    if not source.texel:
        inside = _without_specks(dilate(erode(inside, 2), 2) & inside)
    facts |= {"hairlines_removed": _lost(found, inside)}
    return Mask(inside=inside, alpha=matte(colour, inside), method="plain", facts=facts)


_METHODS: Mapping[str, Callable[..., Mask]] = {"alpha": _by_alpha, "plain": _by_plain}


def _not_plain() -> NoObject:
    return NoObject("The background of this picture is neither transparent nor plain", _ADVICE)


def _over_white(source: Source) -> Array:
    """Return the colours over white where the picture is transparent but not cut out."""
    if source.alpha is None:
        return source.colour
    share = source.alpha[..., None].astype(np.float32) / 255
    return np.round(source.colour * share + 255 * (1 - share)).astype(np.uint8)


def _lost(before: Array, after: Array) -> bool:
    return bool((before & ~after).sum() > 0.0005 * before.sum())


def _without_specks(mask: Array) -> Array:
    """Drop components below 0.4 % of the largest one, and fill holes below 0.04 % of the whole."""
    labels, count = label(mask)
    if not count:
        return mask
    area = areas(labels, count)
    mask = chosen(labels, area >= max(0.004 * area.max(), 12))
    labels, count = label(~mask)
    return mask | chosen(labels, areas(labels, count) < max(0.0004 * mask.sum(), 6))
