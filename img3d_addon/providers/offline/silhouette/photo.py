# SPDX-License-Identifier: GPL-3.0-or-later
"""The object in a photo-like picture: what sharp edges part from the frame, and differs from it in colour. No bpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from .arrays import Array
from .colour import oklab
from .focus import fine_sharpness, is_depth_told, sharpness, slope, softened
from .geodesic import best_level, colour_steps, frame_distance
from .guided import guided
from .mixture import log_density
from .regions import areas, chosen, dilate, filled, label
from .surround import frame_mask, unlikeness
from .walker import walked, weights_of

__all__ = ["photo_mask"]

_SIDE = 224  # pixels of the longer side: enough to judge, and fast
_FINE_SIDE = 512  # at which a blurred background is told
_SOFT = 1.5  # of these pixels, against noise and texture
_ROUNDS = 4
_SHADES = (0.4, 0.6, 0.8)  # of the light, in a cast shadow
_FREE = 0.6  # quantile of the colour steps that are no edge
_LIKE = 0.035  # OKLab distance to the frame's colours below which a place is most likely background
_SMALL_HOLE = 0.02  # of the object
_NEAR = 8  # pixels within which a part belongs to the object beside it


@dataclass(frozen=True, kw_only=True)
class _View:
    """The small picture: its colours (h, w, 3), `unlike` its frame, the prior of the `centre`, and the `ring`."""

    lab: Array
    sharp: Array
    unlike: Array
    centre: Array
    ring: Array


def photo_mask(colour: Array, *, holes: str) -> Array:
    """Return the mask of the object in `colour`, uint8 (h, w, 3); `holes` auto drops small ones, none all.

    After GrabCut (Rother et al. 2004) with a continuous labelling: colours and edges in turn, four times.
    """
    view = _view_of(colour)
    found = _central(_belonging(view, _first_opinion(view)) > 0.5, view.centre)
    if holes == "none":
        found = filled(found)
    elif holes == "auto":
        found = _without_small_holes(found)
    return guided(found, oklab(colour)[..., 0])


def _shrunk(colour: Array, side: int) -> Array:
    height, width = colour.shape[:2]
    factor = min(1.0, side / max(height, width))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    return np.asarray(Image.fromarray(colour).resize(size, Image.Resampling.BOX))


def _view_of(colour: Array) -> _View:
    small = oklab(_shrunk(colour, _SIDE))
    height, width = small.shape[:2]
    lab = softened(small, _SOFT)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    off = ((x / width - 0.5) / 0.33) ** 2 + ((y / height - 0.5) / 0.36) ** 2
    centre = np.exp(-off / 1.2)  # objects are put into the middle
    fine = fine_sharpness(oklab(_shrunk(colour, _FINE_SIDE)), (width, height))
    return _View(
        lab=lab,
        sharp=fine if is_depth_told(fine, lab, centre) else sharpness(small),
        unlike=unlikeness(lab),
        centre=centre,
        ring=frame_mask(height, width),
    )


def _first_opinion(view: _View) -> Array:
    """Return the log odds for the object from the edges on the way to the frame, the colours there, and the place."""
    free = float(np.quantile(np.concatenate([steps.ravel() for steps in colour_steps(view.lab)]), _FREE))
    far = _scaled(frame_distance(view.lab, view.sharp, free=free), 0.99)
    apart = _scaled(np.sqrt(np.minimum(far, 1.5) * np.minimum(_scaled(view.unlike, 0.95), 1.5)), 0.99)
    level = best_level(apart, slope(view.lab) * view.sharp)
    against = np.clip(4 * (view.unlike / _LIKE - 1), -3, 0)
    return np.clip(4 * (apart / level - 1), -3, 3) + 1.5 * (view.centre - 0.45) + against


def _scaled(values: Array, quantile: float) -> Array:
    return values / max(float(np.quantile(values, quantile)), 1e-6)


def _belonging(view: _View, opinion: Array) -> Array:
    """Return how much each pixel belongs to the object, 0..1."""
    colours = _columns(view.lab.reshape(-1, 3))
    frame = _with_shadows(_columns(view.lab[view.ring]))
    weights = weights_of(view.lab)
    # to begin with: a colour that is rarer than all but a twentieth of the frame's own
    usual = log_density(colours, frame, parts=16).reshape(opinion.shape)
    ratio = np.clip(0.3 * (np.quantile(usual[view.ring], 0.05) - usual), -2, 2)
    belonging = _odds(opinion)
    for _ in range(_ROUNDS):
        wanted = np.where(view.ring, 0, _odds(opinion + ratio))
        trust = np.where(view.ring, 2, 0.01 + 0.16 * np.abs(wanted - 0.5)).astype(np.float32)
        belonging = walked(weights, wanted, trust, start=belonging)
        inside = (belonging > 0.5).ravel()
        if min(inside.sum(), (~inside).sum()) < 30:
            break
        ratio = _colour_ratio(colours, frame, inside, (view.unlike > _LIKE).ravel()).reshape(opinion.shape)
    return belonging


def _colour_ratio(colours: Array, frame: Array, inside: Array, unlike: Array) -> Array:
    """Return the log odds for the object of each colour; what is like the frame does not speak for the object."""
    own = inside & unlike
    if own.sum() < 0.3 * inside.sum():
        own = inside
    front = log_density(colours, colours[:, own], parts=6)
    back = log_density(colours, np.concatenate([colours[:, ~own][:, ::2], frame[:, ::4]], axis=1), parts=10)
    return np.clip(0.5 * (front - back), -4, 4)


def _columns(colours: Array) -> Array:
    """Return colours (n, 3) as (3, n), which numpy adds up several times as fast."""
    return np.ascontiguousarray(colours.T)


def _with_shadows(colours: Array) -> Array:
    """Return `colours` (3, n) with their shaded forms; OKLab is homogeneous of degree 1/3."""
    return np.concatenate([colours, *(colours * np.float32(shade ** (1 / 3)) for shade in _SHADES)], axis=1)


def _odds(logit: Array) -> Array:
    return (1 / (1 + np.exp(-np.clip(logit, -6, 6)))).astype(np.float32)


def _central(mask: Array, centre: Array) -> Array:
    """Keep the component that counts most in the middle, others that count a fifth as much, and parts beside it."""
    labels, count = label(mask)
    if not count:
        return mask
    inside = labels >= 0
    weight = np.bincount(labels[inside], centre[inside], count)
    main = labels == weight.argmax()
    beside = np.zeros(count, bool)
    beside[labels[dilate(main, _NEAR) & inside]] = True
    large = areas(labels, count) > 0.005 * main.sum()
    return chosen(labels, (weight > 0.2 * weight.max()) | (beside & large))


def _without_small_holes(mask: Array) -> Array:
    labels, count = label(~mask)
    return mask | chosen(labels, areas(labels, count) < _SMALL_HOLE * mask.sum())
