# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a result after its download: the options of import and post-processing, declared once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.errors import BadInput
from ..core.params import Bool, Choice, Float, Int, Text, check_all
from ..core.provider import Provider

__all__ = ["AFTER", "REMESH_LOSES_TEXTURE", "check", "check_quads", "decimate_ratio", "lod_ratios", "own_quads_text"]

REMESH_LOSES_TEXTURE = "A Remesh modifier drops the texture coordinates, so the texture is not shown while it is on"
_REMESH = (
    "Add a Remesh modifier. It drops the texture coordinates, so the texture is not shown while it is on; "
    "offline results keep theirs, by a modifier behind it"
)
_MOST_LODS = 8


@dataclass(frozen=True)
class Ratios(Text):
    """Shares of the faces, such as "0.5, 0.25"; kept as one line, the largest first."""

    def check(self, value: Any) -> str:
        """Return the line; a list of numbers is taken, too."""
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else super().check(value)
        try:
            found = sorted({float(word) for word in text.replace(",", " ").replace(";", " ").split()}, reverse=True)
        except ValueError:
            raise self.refuse(value) from None
        if len(found) > _MOST_LODS or not all(0.0005 <= ratio < 1.0 for ratio in found):
            raise self.refuse(value)
        return ", ".join(f"{ratio:g}" for ratio in found)

    def range_text(self) -> str:
        """What is allowed, in words."""
        return f"at most {_MOST_LODS} shares of the faces, each from 0.0005 to below 1, such as 0.5, 0.25, 0.1"


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
        choices=("keep", "smooth", "flat", "angle"),
        labels={"keep": "As Delivered", "smooth": "Smooth", "flat": "Flat", "angle": "Smooth by Angle"},
        help="Normals as delivered, or new ones for smooth or flat shading, or smooth but for sharp edges",
    ),
    Float(
        "shading_angle",
        30.0,
        min=0.0,
        max=180.0,
        unit="degrees",
        label="Angle",
        help="Edges are sharp where their faces meet at more than this angle",
        when={"shading": ("angle",)},
    ),
    Bool(
        "repair_normals",
        False,
        help="Take delivered normals away that are broken: of no length, no numbers, or against their faces",
        when={"shading": ("keep",)},
    ),
    Bool("texture", True, help="Keep the materials and their textures"),
    Choice(
        "texture_limit",
        "full",
        choices=("full", 1024, 2048, 4096),
        labels={"full": "Full Size", 1024: "1024 px", 2048: "2048 px", 4096: "4096 px"},
        help="Shrink larger textures to this side; the file in the library keeps them, Full Size Textures brings "
        "them back",
        when={"texture": (True,)},
    ),
    Choice(
        "texture_files",
        "packed",
        choices=("packed", "beside"),
        labels={"packed": "In the .blend", "beside": "Beside it"},
        help="Pack the textures into the .blend, or write them to a folder beside it once it has been saved",
        when={"texture": (True,)},
    ),
    Bool(
        "reuse",
        True,
        label="Reuse identical",
        help="Use images and materials of an earlier import again that are the same in every respect",
        when={"texture": (True,)},
    ),
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
    Bool(
        "apply_modifiers",
        False,
        help="Apply Decimate and Remesh before the object comes into the scene; off: they stay adjustable",
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
    Choice(
        "quad_texture",
        "auto",
        choices=("auto", 1024, 2048, 4096),
        labels={"auto": "As the Original", 1024: "1024 px", 2048: "2048 px", 4096: "4096 px"},
        label="Baked size",
        help="Side of the textures that a quad remesh bakes",
    ),
    Bool(
        "quad_original",
        False,
        label="Keep original",
        help="Keep the object as delivered beside its quad remesh, hidden",
    ),
    Ratios(
        "lods",
        "",
        label="LODs",
        help="Levels of detail: copies reduced to these shares of the faces, such as 0.5, 0.25, 0.1; empty makes none",
    ),
    Bool("asset", False, label="Mark as asset", help="Mark the object as an asset, with a preview"),
    Text("asset_author", "", label="Author", help="Author of the asset", when={"asset": (True,)}),
    Text(
        "asset_description",
        "",
        label="Description",
        help="Description of the asset; empty names picture and service",
        when={"asset": (True,)},
    ),
    Text("asset_license", "", label="License", help="License of the asset, such as CC0", when={"asset": (True,)}),
    Text("asset_tags", "", label="Tags", help="Tags of the asset, parted by commas", when={"asset": (True,)}),
)


def check(options: Mapping[str, Any], *, over: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return every option that applies with its given or default value; `BadInput` names what is unknown or wrong.

    `over` are options of before, such as a job's own, of which those that do not apply any more are left out.
    `out`, the file that the command line writes, is no matter of the import and is left out.
    """
    given = {name: value for name, value in options.items() if name != "out"}
    kept = {name: value for name, value in (over or {}).items() if name not in ("out", *given)}
    known = {**kept, **given}
    for param in AFTER:
        known.setdefault(param.name, param.default)
        if param.name in kept and not param.applies(known):
            del kept[param.name]
    return check_all(AFTER, {**kept, **given}, owner="The post-processing")


def check_quads(options: Mapping[str, Any]) -> None:
    """Raise `BadInput` when a quad remesh is asked for together with what it makes idle; before anything is paid."""
    if options["quad"] and (options["decimate"] or options["remesh"] != "none"):
        raise BadInput(
            "A quad remesh makes the mesh anew with the number of faces asked for",
            advice="Leave Decimate and the Remesh modifier out.",
        )


def own_quads_text(provider: Provider, existing: Collection[str]) -> str:
    """Say how the service makes quads itself, and why that comes first; empty where it does not.

    `existing` names the provider's parameters that exist beside the values of the others.
    """
    own = _own_quads(provider, existing)
    if not own:
        return ""
    param = next(param for param in provider.params if param.name == own)
    value = param.title_of(str(provider.quads[own])) if isinstance(param, Choice) else "on"
    return (
        f"{provider.label} makes quads itself: {param.title} = {value}. "
        "They come with the texture made for them, so nothing has to be baked; try that first"
    )


def _own_quads(provider: Provider, existing: Collection[str]) -> str:
    return next((name for name in provider.quads if name in existing), "")


def lod_ratios(text: str) -> tuple[float, ...]:
    """Return the ratios of a checked `lods`, the largest first."""
    return tuple(float(word) for word in text.split(",") if word.strip())


def decimate_ratio(amount: float, *, faces: int) -> float:
    """Return the Decimate modifier's ratio for `amount` (a share up to 1, else a face count) of `faces` triangles."""
    if amount <= 1.0:
        return amount
    return min(1.0, amount / max(faces, 1))
