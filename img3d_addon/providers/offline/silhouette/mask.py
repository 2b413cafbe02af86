# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the object in a picture: which pixels belong to it, and how much. No bpy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Array
from .background import fit_background
from .cleaning import lost, without_hairlines, without_specks
from .colour import oklab
from .errors import NoObject
from .given import given_mask
from .matte import matte
from .photo import photo_mask
from .picture import Source
from .plain import is_convincing, plain_mask
from .regions import dilate

__all__ = ["Mask", "find_mask"]

_SMALLEST = 50  # pixels at analysis size that a shape needs
_ADVICE = "Cut the object out (transparent background), or give a mask picture and set background to mask."
_WORDS = {
    "alpha": "transparent background",
    "plain": "plain background",
    "photo": "photo-like background",
    "none": "whole picture",
    "mask": "mask picture",
}


@dataclass(frozen=True, kw_only=True)
class Mask:
    """`inside` bool (h, w), `alpha` float32 (h, w) with alpha > .5 inside; `method` is how it was found."""

    inside: Array
    alpha: Array
    method: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def words(self) -> str:
        """How the object was found and what was taken off, for people."""
        notes = [
            "shadow removed" if self.facts.get("shadows") else "",
            "holes cut" if self.facts.get("holes") else "",
            "hairlines removed" if self.facts.get("hairlines_removed") else "",
            "specks removed" if self.facts.get("specks_removed") else "",
        ]
        return ", ".join([_WORDS[self.method], *filter(None, notes)])


def find_mask(source: Source, *, background: str, holes: str, given: Path | None = None) -> Mask:
    """Find the object by the method `background`; `NoObject` when there is none.

    "auto" takes transparency, else a plain background, else a photo-like one. `given` is the picture for "mask".
    """
    if background == "mask":
        if given is None:
            raise NoObject("No mask picture is given", "Name one as mask, or choose another background.")
        return _finished(source, given_mask(given, source), "mask", {})
    if background == "none":
        return _whole(source)
    return _METHODS[background](source, holes)


def _automatic(source: Source, holes: str) -> Mask:
    if source.alpha is not None and (source.alpha < 128).mean() > 0.005 and (source.alpha > 128).mean() > 0.002:
        return _by_alpha(source, holes)
    lab = oklab(_over_white(source))
    background = fit_background(lab)
    if background.is_plain:
        found, facts = plain_mask(lab, background, holes=holes)
        if is_convincing(found, lab, background):
            return _finished(source, found, "plain", facts)
    return _by_photo(source, holes)


def _by_alpha(source: Source, holes: str) -> Mask:
    del holes
    if source.alpha is None or source.alpha.min() >= 128:
        raise NoObject(
            "The picture has no transparent background", "Set background to auto or plain, or cut the object out."
        )
    alpha = source.alpha.astype(np.float32) / 255
    raw = alpha >= 0.5
    inside = without_specks(raw)
    _check_size(inside, "alpha")
    alpha = np.where(dilate(inside, 2), alpha, 0)
    alpha = np.where(inside, np.maximum(alpha, 0.501), np.minimum(alpha, 0.49)).astype(np.float32)
    return Mask(inside=inside, alpha=alpha, method="alpha", facts={"specks_removed": lost(raw, inside)})


def _by_plain(source: Source, holes: str) -> Mask:
    lab = oklab(_over_white(source))
    found, facts = plain_mask(lab, fit_background(lab), holes=holes)
    return _finished(source, found, "plain", facts)


def _by_photo(source: Source, holes: str) -> Mask:
    return _finished(source, photo_mask(_over_white(source), holes=holes), "photo", {})


_METHODS: Mapping[str, Callable[[Source, str], Mask]] = {
    "auto": _automatic,
    "alpha": _by_alpha,
    "plain": _by_plain,
    "photo": _by_photo,
}


def _whole(source: Source) -> Mask:
    inside = np.ones(source.colour.shape[:2], bool)
    return Mask(inside=inside, alpha=inside.astype(np.float32), method="none")


def _finished(source: Source, found: Array, method: str, facts: Mapping[str, Any]) -> Mask:
    """Clean a mask up and give it soft edges; nothing is too thin in pixel art."""
    _check_size(found, method)
    inside = without_specks(found)
    if not source.texel:
        inside = without_hairlines(inside)
    if inside.sum() < _SMALLEST:
        raise NoObject(
            "The object in the picture is too thin: nothing of it is four pixels wide",
            "Use a larger picture of it, or draw its lines thicker.",
        )
    facts = {**facts, "hairlines_removed": lost(found, inside)}
    return Mask(inside=inside, alpha=matte(_over_white(source), inside), method=method, facts=facts)


def _check_size(found: Array, method: str) -> None:
    if found.sum() < _SMALLEST:
        raise NoObject(f"No object was found in the picture ({_WORDS[method]}), or it is too small", _ADVICE)


def _over_white(source: Source) -> Array:
    """Return the colours over white where the picture is transparent but not cut out."""
    if source.alpha is None:
        return source.colour
    share = source.alpha[..., None].astype(np.float32) / 255
    return np.round(source.colour * share + 255 * (1 - share)).astype(np.uint8)
