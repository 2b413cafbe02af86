# SPDX-License-Identifier: GPL-3.0-or-later
"""The four ways from a silhouette to a solid, and what the options mean in each. No bpy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .arrays import Array
from .crop import Cuts, find_cuts
from .detail import Detail, find_detail
from .extrude import extruded
from .inflate import inflated
from .mask import Mask
from .options import Options
from .picture import Source
from .relief import relief
from .revolve import revolved
from .solid import Solid
from .subject import Subject, standing

__all__ = ["MODES", "Mode", "detail_of", "subject_of"]

_SOFT_PHOTO = 1.6  # pixels: the outline found in a photo is not as exact

_Build = Callable[[Subject, Options, Detail | None], Iterator[Solid]]


@dataclass(frozen=True, kw_only=True)
class Mode:
    """How a mode is called while it works, and what "auto" means in it.

    `back` is how the back is painted, `detailed` whether the front gets details, `drops_ink` whether a dark drawn line
    is taken off; `cut` whether an object that leaves the picture is cut flat there. `soft` and `soft_texel` are how
    much the outline is smoothed, in pixels and, for pixel art, in its pixels.
    """

    verb: str
    build: _Build
    back: str = "mirror"
    detailed: bool = False
    drops_ink: bool = False
    cut: bool = True
    soft: float = 0.75
    soft_texel: float = 0.35


def _inflate(subject: Subject, options: Options, detail: Detail | None) -> Iterator[Solid]:
    flat = options.back == "flat"
    return inflated(subject, depth=options.depth, faces=options.faces, flat_back=flat, detail=detail)


def _relief(subject: Subject, options: Options, detail: Detail | None) -> Iterator[Solid]:
    thickness = (options.thickness or 4.0) / 100
    return relief(subject, depth=options.depth, thickness=thickness, faces=options.faces, detail=detail)


def _extrude(subject: Subject, options: Options, detail: Detail | None) -> Iterator[Solid]:
    thickness, flat = (options.thickness or 14.0) / 100, options.back == "flat"
    bevel = options.bevel / 100
    return extruded(subject, thickness=thickness, bevel=bevel, faces=options.faces, flat_back=flat, detail=detail)


def _revolve(subject: Subject, options: Options, detail: Detail | None) -> Iterator[Solid]:
    del detail
    return revolved(subject, faces=options.faces, flat_back=options.back == "flat")


MODES: Mapping[str, Mode] = {
    "inflate": Mode(verb="inflating", build=_inflate, back="plain", drops_ink=True),
    "relief": Mode(verb="raising the relief", build=_relief, back="plain", detailed=True),
    "extrude": Mode(verb="extruding", build=_extrude, cut=False, soft_texel=0.12),
    "revolve": Mode(verb="turning", build=_revolve, drops_ink=True),
}


def subject_of(source: Source, mask: Mask, options: Options) -> Subject:
    """Return the silhouette that the mode of `options` starts from."""
    mode = MODES[options.mode]
    subject = Subject(
        alpha=mask.alpha,
        inside=mask.inside,
        cuts=find_cuts(mask.inside) if mode.cut else Cuts(),
        sigma=mode.soft_texel * source.texel or (_SOFT_PHOTO if mask.method == "photo" else mode.soft),
    )
    return standing(subject) if options.flat_base else subject


def detail_of(lab: Array, subject: Subject, options: Options) -> Detail | None:
    """Return the details that the mode and the options ask for."""
    wanted = options.detail_source
    if options.mode == "revolve" or not options.detail or wanted == "off":
        return None
    if wanted == "auto" and not MODES[options.mode].detailed:
        return None
    angle = options.light_angle if wanted == "lamp" else None
    source = "shading" if wanted == "lamp" else wanted
    return find_detail(lab, subject, amount=options.detail, source=source, angle=angle)
