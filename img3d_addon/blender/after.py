# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a result after its download: the options of import and post-processing, declared once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.errors import BadInput
from ..core.params import Bool, Choice, Float, Int, check_all
from ..core.provider import Provider

__all__ = ["AFTER", "REMESH_LOSES_TEXTURE", "check", "check_quads", "decimate_ratio"]

REMESH_LOSES_TEXTURE = "A Remesh modifier drops the texture coordinates, so the texture is not shown while it is on"
_REMESH = (
    "Add a Remesh modifier. It drops the texture coordinates, so the texture is not shown while it is on; "
    "offline results keep theirs, by a modifier behind it"
)

AFTER = (
    Float(
        "size",
        0.0,
        min=0.0,
        max=100_000.0,
        unit="m",
        help="Length of the longest side; 0 keeps the size as delivered",
    ),
    Choice(
        "facing",
        "auto",
        choices=("auto", "-Y", "+Y", "+X", "-X"),
        labels={"auto": "Front view (-Y)", "-Y": "-Y", "+Y": "+Y", "+X": "+X", "-X": "-X"},
        help="Where the front of the object looks in the scene",
    ),
    Choice(
        "location",
        "cursor",
        choices=("cursor", "origin", "keep"),
        labels={"cursor": "3D Cursor", "origin": "World Origin", "keep": "As Delivered"},
        help="Where the bottom centre of the object is put",
    ),
    Choice(
        "shading",
        "keep",
        choices=("keep", "smooth", "flat"),
        labels={"keep": "As Delivered", "smooth": "Smooth", "flat": "Flat"},
        help="Normals as delivered, or new ones for smooth or flat shading",
    ),
    Bool("texture", True, help="Keep the materials and their textures"),
    Float(
        "decimate",
        0.0,
        min=0.0,
        max=100_000_000.0,
        help="Add a Decimate modifier: faces to keep, or their share when not above 1; 0 adds none",
    ),
    Choice(
        "remesh",
        "none",
        choices=("none", "voxel", "smooth", "sharp", "blocks"),
        labels={"none": "None", "voxel": "Voxel", "smooth": "Smooth", "sharp": "Sharp", "blocks": "Blocks"},
        help=_REMESH,
    ),
    Int(
        "remesh_detail",
        128,
        min=4,
        max=1024,
        label="Detail",
        help="Cells of the Remesh modifier along the longest side",
    ),
    Int(
        "quad",
        0,
        min=0,
        max=100_000,  # Blender's QuadriFlow cannot be broken off: 50,000 take a minute, 900,000 more than 20 GB
        unit="faces",
        label="Quad remesh",
        help="Rebuild the mesh as about this many quads with the texture kept; 0 keeps the mesh",
    ),
)


def check(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return every option with its given or default value; `BadInput` names what is unknown or out of range.

    `out`, the file that the command line writes, is no matter of the import and is left out.
    """
    given = {name: value for name, value in options.items() if name != "out"}
    return check_all(AFTER, given, owner="The post-processing")


def check_quads(options: Mapping[str, Any], provider: Provider) -> None:
    """Raise `BadInput` when a quad remesh is asked for that cannot work; before anything is paid."""
    if not options["quad"]:
        return
    if options["decimate"] or options["remesh"] != "none":
        raise BadInput(
            "A quad remesh makes the mesh anew with the number of faces asked for",
            advice="Leave Decimate and the Remesh modifier out.",
        )
    if provider.base_url:  # only a generator that chooses the texture coordinates itself can put them back
        own = "the service's own quads (its parameter remesh=quad) or " if provider.server_quads else ""
        raise BadInput(
            f"A quad remesh would lose the texture of {provider.label} results: they carry no texture projection",
            advice=f"Use {own}a Remesh modifier; nothing was sent.",
        )


def decimate_ratio(amount: float, *, faces: int) -> float:
    """Return the Decimate modifier's ratio for `amount` (a share up to 1, else a face count) of `faces` triangles."""
    if amount <= 1.0:
        return amount
    return min(1.0, amount / max(faces, 1))
