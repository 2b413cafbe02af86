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
from .crop import find_cuts
from .glb import Texture, write_glb
from .inflate import inflated
from .mask import Mask, find_mask
from .picture import Source, open_picture
from .solid import Solid
from .surface import placed, projection_of, surface_of
from .texture import encoded, find_rim, front_chart, with_back

__all__ = ["Options", "Result", "Stage", "reconstruct", "stages"]

Stage = tuple[float, str]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user may choose; the provider declares ranges and meaning."""

    mode: str = "inflate"
    depth: float = 0.8
    faces: int = 20_000
    texture_size: int = 1024
    background: str = "auto"
    holes: str = "auto"
    outline: str = "auto"
    back: str = "plain"
    name: str = "object"


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
    yield 0.02, "reading the picture"
    source = open_picture(picture)
    yield 0.08, "finding the object"
    mask = find_mask(source, background=options.background, holes=options.holes)
    yield 0.25, "inflating"
    solid = yield from _solid(source, mask, options)
    yield 0.60, "painting the front"
    canvas = make_canvas(source, mask.alpha, texture_size=options.texture_size)
    rim = find_rim(mask, source, drop_ink=options.outline == "auto")
    colours = front_chart(canvas, mask, rim)
    charts = 1 if options.back == "mirror" else 2
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
    facts = _facts(options, mask, solid, texture, colours) | {"ink_removed": bool(rim.ink)}
    return Result(glb=glb, facts=facts, points=points, triangles=solid.triangles)


def _solid(source: Source, mask: Mask, options: Options) -> Generator[Stage, None, Solid]:
    steps = inflated(
        mask.alpha,
        mask.inside,
        find_cuts(mask.inside),
        sigma=0.35 * source.texel if source.texel else 0.75,
        depth=options.depth,
        faces=options.faces,
        flat_back=options.back == "flat",
    )
    solid = next(steps)
    for fraction, solid in enumerate(steps, start=1):  # noqa: B007 - the last one counts
        yield 0.25 + 0.11 * fraction, "fitting the number of faces"
    return solid


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
        "cuts": list(find_cuts(mask.inside)),
        **mask.facts,
    }
