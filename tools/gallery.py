# SPDX-License-Identifier: GPL-3.0-or-later
"""Make docs/images/results.jpg: an example of each mode, and its model from the front and from three quarters.

Runs inside the environment, as preview.py does: .venv-bpy45/bin/python -m tools.gallery. Every model is the real
output of the offline generator, imported as users import it.
"""
# As in preview.py: the stubs of bpy do not know what is meant.
# pyright: reportAttributeAccessIssue=false, reportOptionalMemberAccess=false, reportArgumentType=false

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import bpy
from mathutils import Vector
from PIL import Image

from img3d_addon.blender import importing
from img3d_addon.providers.offline.silhouette import Options, reconstruct

from . import preview
from .talk import ROOT

SHOWN = {"inflate": "mushroom", "relief": "coin", "extrude": "badge", "revolve": "vase"}
TILE = 256
VIEWS = (Vector((0.0, -1.0, 0.34)), Vector((0.85, -1.0, 0.5)))
SAMPLES = 12


def main(target: str = str(ROOT / "docs" / "images" / "results.jpg")) -> None:
    """Render all tiles, a row for each mode, two modes beside each other."""
    sheet = Image.new("RGB", (6 * TILE, 2 * TILE), "white")
    for number, (mode, name) in enumerate(SHOWN.items()):
        picture = ROOT / "examples" / f"{name}.png"
        left, top = number % 2 * 3 * TILE, number // 2 * TILE
        for column, tile in enumerate([thumbnail(picture), *renders(picture, mode)]):
            sheet.paste(tile, (left + column * TILE, top))
    sheet.save(target, quality=88)


def thumbnail(picture: Path) -> Image.Image:
    """Return the picture as a tile, on white where it is transparent."""
    image = Image.open(picture).convert("RGBA").resize((TILE, TILE), Image.Resampling.LANCZOS)
    tile = Image.new("RGB", image.size, "white")
    tile.paste(image, mask=image.getchannel("A"))
    return tile


def renders(picture: Path, mode: str) -> list[Image.Image]:
    """Return the model of the picture as seen from each of `VIEWS`."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with tempfile.TemporaryDirectory() as name:
        model, png = Path(name) / "model.glb", Path(name) / "tile.png"
        model.write_bytes(reconstruct(picture, Options(mode=mode)).glb)
        facts = importing.JobFacts(id="0", provider="offline", name=mode)
        importing.import_result(bpy.context, model, {"size": 1.0}, facts)
        scene = bpy.context.scene
        bpy.context.view_layer.update()
        corners = preview.bounds(scene)
        preview.add_studio(scene, corners)
        preview.settings(scene, png, SAMPLES)
        scene.render.resolution_x = scene.render.resolution_y = TILE
        return [_seen(scene, corners, view, png) for view in VIEWS]


def _seen(scene: bpy.types.Scene, corners: list[Vector], view: Vector, png: Path) -> Image.Image:
    preview.add_camera(scene, corners, towards=view)
    bpy.ops.render.render(write_still=True)
    return Image.open(png).convert("RGB")


if __name__ == "__main__":
    main(*sys.argv[1:])
