# SPDX-License-Identifier: GPL-3.0-or-later
"""From a picture to a GLB, stage by stage. No bpy."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .arrays import Array
from .canvas import make_canvas
from .colour import oklab
from .detail import Detail
from .glb import Texture, write_glb
from .mask import Mask, find_mask
from .modes import MODES, detail_of, subject_of
from .options import Options
from .picture import Source, open_picture
from .solid import Solid
from .subject import Subject
from .suggest import suggested_mode
from .surface import placed, projection_of, surface_of
from .texture import encoded, find_rim, front_chart, with_back

__all__ = ["Options", "Result", "Stage", "reconstruct", "stages"]

Stage = tuple[float, str]


@dataclass(frozen=True, kw_only=True)
class Result:
    """The file, the facts about what was decided, and the closed surface itself (`points` as in the file)."""

    glb: bytes
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    points: Array
    triangles: Array


def reconstruct(picture: Path, options: Options, report: Callable[[float, str], None] | None = None) -> Result:
    """Turn a picture file into a textured, watertight solid; `NoObject` when there is nothing to rebuild.

    `report` is called with the fraction done and the stage. The same input gives the same bytes.
    """
    work = stages(picture, options)
    while True:
        try:
            stage = next(work)
        except StopIteration as end:
            return end.value
        if report:
            report(*stage)


def stages(picture: Path, options: Options) -> Generator[Stage, None, Result]:
    """Do the same one stage at a time: each step yields the fraction done and what comes next."""
    mode = MODES[options.mode]
    yield 0.02, "reading the picture"
    source = open_picture(picture, flat=options.background in ("none", "mask"))
    yield 0.08, "finding the object"
    holes = "all" if options.mode == "extrude" and options.holes == "auto" else options.holes  # letters are open
    given = Path(options.mask) if options.mask else None
    mask = find_mask(source, background=options.background, holes=holes, given=given)
    yield 0.22, "measuring the object"
    shape = _measure(source, mask, options)
    yield 0.25, f"{mode.verb} ({mask.words}){shape.hint}"
    solid = yield from _solid(shape, options)
    yield 0.60, "painting the front"
    canvas = make_canvas(source, mask.alpha, texture_size=options.texture_size)
    rim = find_rim(mask, source, ink=_ink(options, source))
    colours = front_chart(canvas, mask, rim)
    charts = 1 if (mode.back if options.back == "auto" else options.back) == "mirror" else 2
    if charts == 2:
        yield 0.75, "painting the back"
        colours = with_back(colours, canvas, rim)
    yield 0.88, "writing the model"
    points, centre, size = placed(solid, source.scale)
    projection = projection_of(canvas, centre, size, charts=charts)
    texture = encoded(colours)
    name = _plain_name(options.name)
    glb = write_glb(
        surface_of(solid, points, projection),
        texture,
        name=name,
        asset={"method": options.mode, "segmentation": mask.method, "neural": False},
        node=projection.extras(),
    )
    facts = _facts(options, mask, solid, texture, colours) | shape.facts() | {"ink_removed": bool(rim.ink)}
    return Result(glb=glb, facts=facts, points=points, triangles=solid.triangles)


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """What the solid is made from, and the mode that would suit the picture."""

    subject: Subject
    detail: Detail | None
    chosen: str
    suggested: str

    @property
    def hint(self) -> str:
        """The suggestion in words, empty when it is the chosen mode."""
        return "" if self.suggested == self.chosen else f"; mode {self.suggested} may suit this picture, too"

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"cuts": list(self.subject.cuts), "suggested_mode": self.suggested}
        if self.detail:
            facts["detail_source"] = self.detail.source
        if self.detail and self.detail.angle is not None:
            facts["light_angle"] = round(self.detail.angle % 360)
        return facts


def _measure(source: Source, mask: Mask, options: Options) -> _Shape:
    lab = oklab(source.colour)
    subject = subject_of(source, mask, options)
    return _Shape(
        subject=subject,
        detail=detail_of(lab, subject, options),
        chosen=options.mode,
        suggested=suggested_mode(source.colour, lab, mask.inside),
    )


def _solid(shape: _Shape, options: Options) -> Generator[Stage, None, Solid]:
    steps = MODES[options.mode].build(shape.subject, options, shape.detail)
    solid = next(steps)
    for fraction, solid in enumerate(steps, start=1):  # noqa: B007 - the last one counts
        yield 0.25 + 0.11 * fraction, "fitting the number of faces"
    return solid


def _ink(options: Options, source: Source) -> float | None:
    """Return the width in analysis pixels of the dark line that is taken off; None to look for one."""
    if options.outline == "px":
        return options.outline_px / source.scale[0]
    return None if options.outline == "auto" and MODES[options.mode].drops_ink else 0.0


def _plain_name(name: str) -> str:
    """Return a name that Blender and other readers take as it is: printable, at most 60 bytes."""
    text = "".join(sign for sign in unicodedata.normalize("NFC", name) if sign.isprintable()).strip()
    return text.encode()[:60].decode(errors="ignore") or "object"


def _facts(options: Options, mask: Mask, solid: Solid, texture: Texture, colours: Array) -> dict[str, Any]:
    return {
        "method": options.mode,
        "segmentation": mask.method,
        "neural": False,
        "faces": len(solid.triangles),
        "vertices": len(solid.points),
        "texture": f"{colours.shape[1]} x {colours.shape[0]} {texture.mime.removeprefix('image/').upper()}",
        **mask.facts,
    }
