# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode "revolve": a body turned on a lathe; handles and spouts are inflated beside it. No bpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .arrays import Array
from .crop import Cuts
from .errors import NoObject
from .inflate import FLATTENED, inflated
from .lathe import turned
from .profile import Profile, find_profile
from .regions import areas, chosen, dilate, erode, label
from .smoothing import gauss
from .solid import Solid, joined
from .subject import Subject

__all__ = ["revolved"]

_LEAST_REST = 0.015  # of the silhouette: less than that is no handle
_SMALL_PART = 0.2  # of the largest part beside the body: what is smaller is left out
_STANDS_OFF = 0.04  # of the height: a handle reaches so far beyond the body
_CRESCENT = 0.12  # of its own height: a thin strip along the profile reaches less far
_SOFT = 2.0  # how much more the profile is smoothed than an outline: what is turned goes all around
_INTO_BODY = 0.06  # of the height: so far a handle reaches into the body, where its end is round
_HANDLE_SHARE = 0.25  # of the faces


def revolved(subject: Subject, *, faces: int, flat_back: bool = False) -> Iterator[Solid]:
    """Yield the body, alone or with what stands beside it as further closed shells; the last one is the best."""
    profile = find_profile(subject.alpha, subject.inside, soft=_SOFT * subject.sigma)
    squash = FLATTENED if flat_back else 1.0
    beside = _beside(subject, profile)
    handles = None
    if beside is not None:
        try:
            *_, handles = inflated(beside, depth=1.0, faces=round(_HANDLE_SHARE * faces), flat_back=flat_back)
        except NoObject:  # it is too thin to become a solid, and the body can do without
            handles = None
    left = faces - (len(handles.triangles) if handles else 0)
    body = turned(profile, faces=max(left, faces // 4), squash=squash)
    yield joined([body, handles]) if handles else body


def _beside(subject: Subject, profile: Profile) -> Subject | None:
    """Return what the body does not cover, grown a little into it; None when that is next to nothing."""
    height = profile.y[-1] - profile.y[0]
    y, x = np.indices(subject.inside.shape, sparse=True)
    slack = max(2.0, 0.01 * height)
    beyond = np.abs(x + 0.5 - profile.axis) - profile.at(y + 0.5)
    rest = subject.inside & (beyond > np.where((y + 0.5 > profile.y[0]) & (y + 0.5 < profile.y[-1]), slack, 0))
    rest = _parts(dilate(erode(rest, 2), 2) & rest, beyond, least=_STANDS_OFF * height)
    if rest.sum() < _LEAST_REST * subject.inside.sum():
        return None
    for _ in range(max(3, round(_INTO_BODY * height))):
        rest |= _towards(rest, profile.axis) & subject.inside
    alpha = subject.alpha * gauss((rest | ~subject.inside).astype(np.float32), 0.8)
    return replace(subject, alpha=alpha, inside=alpha > 0.5, cuts=Cuts())


def _towards(mask: Array, axis: float) -> Array:
    """Move the pixels of `mask` by one towards the axis; upwards or downwards they would leave the round body."""
    moved, middle = np.zeros_like(mask), round(axis)
    moved[:, 1:middle] = mask[:, : middle - 1]
    moved[:, middle:-1] = mask[:, middle + 1 :]
    return moved


def _parts(mask: Array, beyond: Array, *, least: float) -> Array:
    """Return the large parts of `mask` that stand off: `beyond` is how far a pixel lies outside the body."""
    labels, count = label(mask)
    if not count:
        return mask
    area = areas(labels, count)
    reach, rows = np.zeros(count), np.zeros(count)
    np.maximum.at(reach, labels[mask], beyond[mask])
    y = np.nonzero(mask)[0]
    top = np.full(count, len(mask))
    np.minimum.at(top, labels[mask], y)
    np.maximum.at(rows, labels[mask], y + 1)
    stands_off = reach >= np.maximum(least, _CRESCENT * (rows - top))
    return chosen(labels, (area >= _SMALL_PART * area.max()) & stands_off)
