# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the models behind fal.ai, each declared once under the vendor's name. No bpy.

Where the default of a model is not known, or models that share a name differ, the option stands at a value that
leaves it to the model: "default", -1 or an empty text. It is not sent then. Everything else is sent as it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...core.errors import BadInput
from ...core.params import Bool, Choice, Float, Int, Param, Text
from .models import ROWS, Row

__all__ = ["PARAMS", "body_of", "check"]

OWN = "default"
LEFT = (OWN, -1, "")  # left to the model
LABELS: Mapping[str | int, str] = {OWN: "The model's own"}
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Switch(Choice):
    """Yes, no, or left to the model."""

    default: str = OWN
    choices: tuple[str | int, ...] = (OWN, "true", "false")

    def check(self, value: Any) -> str | int:
        """Return the choice; Python's own yes and no are taken, too."""
        return super().check(str(value).lower() if isinstance(value, bool) else value)

    def title_of(self, choice: str | int) -> str:
        """The words for one choice."""
        return {OWN: LABELS[OWN], "true": "Yes", "false": "No"}[str(choice)]


def _whole(name: str, high: int, help: str, *, label: str = "", advanced: bool = True) -> Int:
    return Int(name, -1, min=-1, max=high, label=label, help=f"{help}; -1: the model's own choice", advanced=advanced)


def _number(name: str, high: float, help: str, *, label: str = "") -> Float:
    return Float(name, -1.0, min=-1.0, max=high, label=label, help=f"{help}; -1: the model's own choice", advanced=True)


def _one(name: str, *choices: str | int, help: str, label: str = "", advanced: bool = True) -> Choice:
    return Choice(name, OWN, choices=(OWN, *choices), labels=LABELS, label=label, help=help, advanced=advanced)


def _yes(name: str, help: str, *, label: str = "", advanced: bool = True) -> Switch:
    return Switch(name, label=label, help=help, advanced=advanced)


_MODEL = Choice(
    "model",
    "fal-ai/triposr",
    choices=tuple(ROWS),
    labels={row.id: row.label for row in ROWS.values()},
    help="Which model makes the object; prices differ much, and each has options of its own",
)

_SHARED = (
    _one("resolution", 512, 1024, 1536, help="How fine the model works; not every model has 512", advanced=False),
    _one("texture_size", 1024, 2048, 4096, help="Side of the texture; the price depends on it", advanced=False),
    _one(
        "tier",
        *("Regular", "Sketch", "Detail", "Smooth"),
        "Gen-2",
        *(f"Gen-2.5-{level}" for level in ("Extreme-Low", "Low", "Medium", "High", "Extreme-High")),
        help="Which kind of Rodin; the first four belong to the first one, the others to the one they name",
        advanced=False,
    ),
    _whole("seed", MOST_SEED, "The same seed gives the same model again; Rodin takes up to 65535", advanced=False),
)

_TRIPOSR = (
    Choice("output_format", "glb", choices=("glb", "obj"), label="File", help="OBJ comes without a texture"),
    Bool("do_remove_background", True, label="Remove background", help="Cut the object out of the picture first"),
    Float(
        "foreground_ratio", 0.9, min=0.5, max=1.0, label="Object size", help="Share of the frame that the object fills"
    ),
    Int(
        "mc_resolution",
        256,
        min=32,
        max=1024,
        advanced=True,
        label="Grid",
        help="Cells a side of the grid that the surface is read from; above 512 is discouraged",
    ),
)

_PIXAL3D = (
    Int("decimation_target", 200_000, min=5000, max=2_000_000, label="Vertices", help="Vertices to reduce the mesh to"),
    _yes("remesh", "Rebuild the mesh evenly"),
    _number("mesh_scale", 4.0, "Size of the object within the working space, from 0.1"),
    _whole("max_num_tokens", 131_072, "Most tokens of the sparse structure, from 4096", label="Tokens"),
    Float(
        "ss_guidance_strength",
        7.5,
        min=0.0,
        max=10.0,
        advanced=True,
        label="Structure guidance",
        help="How closely the rough structure follows the picture",
    ),
    _number("ss_guidance_rescale", 1.0, "Rescaling of the structure's guidance", label="Structure rescale"),
    Int("ss_sampling_steps", 12, min=1, max=50, advanced=True, label="Structure steps", help="Steps for the structure"),
    _number("shape_slat_guidance_strength", 10.0, "How closely the shape follows the picture", label="Shape guidance"),
    _number("shape_slat_guidance_rescale", 1.0, "Rescaling of the shape's guidance", label="Shape rescale"),
    _whole("shape_slat_sampling_steps", 50, "Steps for the shape", label="Shape steps"),
    _number("shape_slat_rescale_t", 6.0, "Spacing of the shape's steps, from 1", label="Shape spacing"),
    _number(
        "tex_slat_guidance_strength", 10.0, "How closely the texture follows the picture", label="Texture guidance"
    ),
    _number("tex_slat_guidance_rescale", 1.0, "Rescaling of the texture's guidance", label="Texture rescale"),
    _whole("tex_slat_sampling_steps", 50, "Steps for the texture", label="Texture steps"),
    _number("tex_slat_rescale_t", 6.0, "Spacing of the texture's steps, from 1", label="Texture spacing"),
)

_HUNYUAN = (
    _whole("face_count", 1_500_000, "Faces of the mesh, from 40000", label="Faces", advanced=False),
    _one(
        "generate_type", "Normal", "LowPoly", "Geometry", help="Geometry has no texture", label="Kind", advanced=False
    ),
    _yes("enable_geometry", "Make the geometry only, without a texture", label="Geometry only", advanced=False),
)

_TRIPO = (
    _whole(
        "face_limit", 2_000_000, "Most faces: H3.1 takes 1000 to 2000000, P1 48 to 20000", label="Faces", advanced=False
    ),
    _yes("texture", "Make a texture", advanced=False),
    _yes("pbr", "Make materials with roughness and metal", label="PBR materials", advanced=False),
    _yes("quad", "Make quads; the file may be FBX then", label="Quads", advanced=False),
    _whole("model_seed", MOST_SEED, "The same seed gives the same shape again"),
    Choice(
        "orientation",
        OWN,
        choices=(OWN, "align_image"),
        labels={OWN: "Default", "align_image": "As in the picture"},
        advanced=True,
        help="How the object is turned",
    ),
)

_MESHY = (
    _one("topology", "quad", "triangle", help="Faces with four or three corners", advanced=False),
    Int("target_polycount", 30_000, min=100, max=300_000, label="Faces", help="Faces that the mesh is made of, about"),
    _whole("decimation_mode", 4, "Strength of the reduction, from 1, instead of a number of faces"),
    _yes("should_remesh", "Rebuild the mesh; without it topology and faces have no meaning", label="Remesh"),
    Bool("should_texture", True, label="Texture", help="Make a texture"),
    Bool("enable_pbr", False, label="PBR materials", help="Make maps for roughness, metal and normals, too"),
    Text("texture_prompt", "", max_length=600, advanced=True, help="Words on how the texture should look"),
    _one("texture_resolution", "2k", "4k", "8k", help="Side of the texture; 8k costs more", label="Texture size"),
    _one("pose_mode", "a-pose", "t-pose", help="The pose of a figure", label="Pose"),
    _yes("image_enhancement", "Let the service improve the picture first", label="Enhance picture"),
    _yes("remove_lighting", "Take light and shadow of the picture out of the texture"),
    _yes("auto_size", "Let the service guess the real size"),
    _one("origin_at", "bottom", "center", help="Where the origin of the object lies", label="Origin"),
    _yes("moderation", "Have the picture judged for its content first"),
)

_RODIN = (
    Choice(
        "geometry_file_format",
        "glb",
        choices=("glb", "usdz", "fbx", "obj", "stl"),
        advanced=True,
        label="File",
        help="The kind of file; OBJ and STL come without a texture",
    ),
    _one("material", "PBR", "Shaded", "All", "None", help="Which materials are made", advanced=False),
    _one("quality", "high", "medium", "low", "extra-low", help="How many faces the mesh has", advanced=False),
    _one("mesh_mode", "Raw", "Quad", help="Triangles as generated, or quads", advanced=False),
    _whole("quality_override", 1_000_000, "Number of faces instead of a quality: from 500, with quads 1000 to 200000"),
    Text("prompt", "", max_length=1000, advanced=True, help="Words on what the picture shows"),
    _yes("use_original_alpha", "Take the transparency of the picture as the object's outline", label="Use alpha"),
    _yes("TAPose", "Make a figure stand in a T or A pose", label="T or A pose"),
    Text(
        "bbox_condition",
        "",
        max_length=32,
        advanced=True,
        label="Box",
        help="Width, height and length to keep to, as three whole numbers: 100,50,80",
    ),
    _one("addons", "HighPack", help="Finer textures and more faces; costs more"),
    _yes("hd_texture", "Make a finer texture", label="HD texture"),
)


def _params() -> tuple[Param, ...]:
    """Return the model, then each option, which exists only with the models that take it."""
    options = (*_SHARED, *_TRIPOSR, *_PIXAL3D, *_HUNYUAN, *_TRIPO, *_MESHY, *_RODIN)
    takers = {item.name: tuple(row.id for row in ROWS.values() if item.name in row.takes) for item in options}
    return (_MODEL, *(replace(item, when={"model": takers[item.name]}) for item in options))


PARAMS = _params()
_SWITCHES = {item.name for item in PARAMS if isinstance(item, Switch)}


def check(params: Mapping[str, Any]) -> None:
    """Raise `BadInput` for a value that the option has with other models only."""
    row = ROWS[params["model"]]
    for name, allowed in row.takes.items():
        if params[name] not in LEFT and params[name] not in allowed:
            raise _refused(row, name, params[name], str(allowed))
    faces = params.get("quality_override", -1)
    if params.get("mesh_mode") == "Quad" and faces != -1 and not 1000 <= faces <= 200_000:
        raise _refused(row, "quality_override", faces, "a number from 1000 to 200000 with quads")
    if params.get("bbox_condition"):
        _box(params["bbox_condition"])


def body_of(row: Row, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options as the service wants them, without those that are left to the model."""
    return {name: _wire(name, params[name]) for name in row.takes if params[name] not in LEFT}


def _refused(row: Row, name: str, value: Any, allowed: str) -> BadInput:
    return BadInput(f"{name} = {value!r} is not allowed with {row.label}, which takes {allowed}")


def _wire(name: str, value: Any) -> Any:
    if name in _SWITCHES:
        return value == "true"
    shape = _SHAPES.get(name)
    return shape(value) if shape else value


def _list(value: Any) -> list[Any]:
    return [value]


def _box(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    good = len(parts) == 3 and all(part.isascii() and part.isdecimal() and int(part) > 0 for part in parts)
    if not good:
        raise BadInput(f"bbox_condition = {text!r} is no box; it takes three whole numbers such as 100,50,80")
    return [int(part) for part in parts]


_SHAPES: Mapping[str, Callable[[Any], Any]] = {"addons": _list, "bbox_condition": _box}
