# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours for the back, made up from those along the rim. No bpy."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrays import Array
from .regions import connected
from .smoothing import gauss, resized

__all__ = ["back_colours"]

_SIDE = 160  # pixels: the back is smooth, so it is made small
_ALONG_COLUMNS = 0.15  # stiffness, against 1 along rows
_STEPS = 120
_EDGE = 12.0  # difference of two neighbours' colours from which they belong to different parts
_APART = 0.001  # stiffness across such an edge
_STEPS_ASIDE = tuple(
    (a, b) for c, d in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])) for a, b in ((c, d), (d, c))
)
_RIM = 0.022  # of the size: thinner lines across the rim are not carried to the back


def back_colours(front: Array, distance: Array, *, band: float) -> Array:
    """Return colours (h, w, 3) for the back chart: those of the rim, and in between smooth ones without a face.

    `front` float32 (h, w, 3), already filled beyond the object; `distance` (h, w) to the outline, 0 outside; the rim
    is what is nearer than `band`. A membrane stiffer along the rows carries bands round the object; it is slack across
    edges between parts that both reach the rim, so that the colour of an arm stays on the arm.
    """
    height, width = distance.shape
    shrink = max(2, max(height, width) // _SIDE)
    size = (max(2, width // shrink), max(2, height // shrink))
    small = np.asarray(_image(front).resize(size, Image.Resampling.BOX)).astype(np.float32)
    depth = resized(distance, size)
    inside = depth > 0
    rim = inside & (depth <= band)
    guess = np.where(inside[..., None], _median(_carried(small, rim)), small)
    smooth = _softened(_membrane(guess, rim, inside, front=_reaching(small, rim, inside)), inside)
    fade = np.clip((depth - 0.3 * band) / (0.7 * band), 0, 1)[..., None] * inside[..., None]
    mixed = small * (1 - fade) + smooth * fade
    wide = np.asarray(_image(mixed).resize((width, height), Image.Resampling.BICUBIC))
    share = np.clip(distance / max(0.6 * band, 1), 0, 1)[..., None]
    return front * (1 - share) + wide * share


def _image(colours: Array) -> Image.Image:
    return Image.fromarray(np.clip(colours + 0.5, 0, 255).astype(np.uint8))


def _carried(colours: Array, rim: Array) -> Array:
    """Fill each pixel from the nearest rim pixels in its row and column, weighted by distance."""
    total = np.zeros_like(colours)
    weights = np.zeros(rim.shape, np.float32)
    for axis, share in ((1, 1.0), (0, 0.35)):
        place = np.broadcast_to(np.expand_dims(np.arange(rim.shape[axis]), 1 - axis), rim.shape)
        before = np.maximum.accumulate(np.where(rim, place, -1), axis)
        after = np.flip(np.minimum.accumulate(np.flip(np.where(rim, place, rim.shape[axis]), axis), axis), axis)
        for nearest, found in ((before, before >= 0), (after, after < rim.shape[axis])):
            weight = np.where(found, share / (np.abs(place - nearest) + 1.0) ** 1.5, 0).astype(np.float32)
            index = np.clip(nearest, 0, rim.shape[axis] - 1)[..., None]
            total += np.take_along_axis(colours, index, axis) * weight[..., None]
            weights += weight
    return np.where(weights[..., None] > 0, total / np.maximum(weights, 1e-9)[..., None], colours)


def _median(colours: Array) -> Array:
    """Take the median over a few rows: whiskers go, bands stay."""
    reach = max(1, int(_RIM * max(colours.shape)))
    padded = np.pad(colours, ((reach, reach), (0, 0), (0, 0)), mode="edge")
    offsets = range(0, 2 * reach + 1, max(1, reach // 3))
    return np.median(np.stack([padded[k : k + len(colours)] for k in offsets]), axis=0).astype(np.float32)


def _reaching(colours: Array, rim: Array, inside: Array) -> Array:
    """Return the parts of one colour that reach the rim; the others, a face or a letter, are filled from around."""
    number = np.arange(inside.size).reshape(inside.shape)
    pairs: list[Array] = []
    for here, following in ((number[:, 1:], number[:, :-1]), (number[1:], number[:-1])):
        flat = colours.reshape(-1, 3)
        near = np.abs(flat[here] - flat[following]).max(-1) < _EDGE
        near &= inside.ravel()[here] & inside.ravel()[following]
        pairs.append(np.stack([here[near], following[near]]))
    first, second = np.concatenate(pairs, axis=1)
    root = connected(first, second, inside.size)
    reached = np.zeros(inside.size, bool)
    reached[root[rim.ravel()]] = True
    return _grown(colours, reached[root].reshape(inside.shape) & inside)


def _grown(colours: Array, known: Array) -> Array:
    """Let the known colours grow over the others, step by step, so that an edge stays one where two of them meet."""
    colours, known = colours.copy(), known.copy()
    for _ in range(sum(known.shape)):
        before = known.copy()
        for here, beside in _STEPS_ASIDE:
            new = before[beside] & ~known[here]
            colours[here][new] = colours[beside][new]
            known[here] |= new
        if known.all() or (known == before).all():
            break
    return colours


def _together(inside: Array, front: Array, axis: int) -> Array:
    """Return how stiff the membrane is between neighbours along `axis`: hardly where the front has an edge."""
    here, following = (slice(None), slice(1, None)), (slice(None), slice(None, -1))
    here, following = (here, following) if axis == 1 else (here[::-1], following[::-1])
    step = np.abs(front[here] - front[following]).max(-1, keepdims=True)
    return (inside[here] & inside[following])[..., None] * np.maximum(1 / (1 + (step / _EDGE) ** 4), _APART)


def _membrane(colours: Array, rim: Array, inside: Array, *, front: Array) -> Array:
    """Minimise the weighted squared differences of neighbours with the rim held to `colours`; conjugate gradients."""
    across = _together(inside, front, 1)
    down = _ALONG_COLUMNS * _together(inside, front, 0)
    held = rim.astype(np.float32)[..., None]
    diagonal = held + 1e-6
    diagonal[:, 1:] += across
    diagonal[:, :-1] += across
    diagonal[1:] += down
    diagonal[:-1] += down

    def applied(values: Array) -> Array:
        image = diagonal * values
        image[:, 1:] -= across * values[:, :-1]
        image[:, :-1] -= across * values[:, 1:]
        image[1:] -= down * values[:-1]
        image[:-1] -= down * values[1:]
        return image

    solution = colours.copy()
    residual = held * colours - applied(solution)
    direction = residual / diagonal
    size = float((residual * direction).sum())
    for _ in range(_STEPS):
        if size < 1:
            break
        image = applied(direction)
        length = size / max(float((direction * image).sum()), 1e-12)
        solution += length * direction
        residual -= length * image
        better = residual / diagonal
        size, before = float((residual * better).sum()), size
        direction = better + size / before * direction
    return solution


def _softened(colours: Array, inside: Array) -> Array:
    sigma = 0.006 * max(inside.shape)
    weight = inside.astype(np.float32)
    total = np.maximum(gauss(weight, sigma), 0.02)
    return np.stack([gauss(colours[..., k] * weight, sigma) / total for k in range(3)], axis=-1)
