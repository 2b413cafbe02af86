# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings in the scene: property groups derived from the declared parameters, and `Scene.img3d`."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)
from bpy.types import PropertyGroup, Scene

from ..core.errors import BadInput
from ..core.params import Bool, Choice, File, Float, Int, Param, Text
from ..core.provider import Provider
from ..providers import load
from .after import AFTER
from .seeds import is_seed, lock_name, lock_property, lock_when_set

__all__ = [
    "SIDEBAR_AFTER",
    "after_values",
    "capitals",
    "enum_items",
    "existing",
    "group_type",
    "property_of",
    "register",
    "settings_of",
    "stored",
    "unregister",
    "values",
    "wrong",
]

MAX_INT = 2**31 - 1
FORMATS = frozenset({"fbx", "glb", "gltf", "obj", "ply", "stl", "usd", "usdz"})


def _named(*names: str) -> tuple[Param, ...]:
    return tuple(param for param in AFTER if param.name in names)


_DECIMATE = (
    Choice(
        "decimate_by",
        "none",
        choices=("none", "ratio", "faces"),
        labels={"none": "None", "ratio": "Ratio", "faces": "Face Count"},
        label="Decimate",
        help="Add a Decimate modifier, which keeps the texture",
    ),
    Float(
        "decimate_ratio",
        0.5,
        min=0.001,
        max=1.0,
        label="Ratio",
        help="Share of the faces to keep",
        when={"decimate_by": ("ratio",)},
    ),
    Int(
        "decimate_faces",
        10_000,
        min=4,
        max=100_000_000,
        label="Faces",
        help="Triangles to keep",
        when={"decimate_by": ("faces",)},
    ),
)
_QUAD = (
    Bool("quads", False, label="Quad remesh", help="Rebuild the mesh as quads with the texture kept"),
    Int("quad_faces", 5000, min=8, max=100_000, label="Faces", help="Quads to make, about", when={"quads": (True,)}),
)
SIDEBAR_AFTER = (
    *(param for param in AFTER if not param.name.startswith(("decimate", "quad", "remesh_detail"))),
    *(replace(param, when={"remesh": ("voxel", "smooth", "sharp", "blocks")}) for param in _named("remesh_detail")),
    *_DECIMATE,
    *_QUAD,
    *(replace(param, when={"quads": (True,)}) for param in _named("quad_texture", "quad_original")),
)
"""The options of `after` as the sidebar has them, where a switch stands for what is 0 elsewhere."""

_registered: list[type[PropertyGroup]] = []


def settings_of(scene: Scene) -> Any:
    """Return the scene's own settings, `scene.img3d`."""
    return scene.img3d  # pyright: ignore[reportAttributeAccessIssue]


def existing(group: PropertyGroup, params: Iterable[Param]) -> list[Param]:
    """Return the parameters that exist beside the values of the others; what is stored of the rest does not count."""
    known: dict[str, Any] = {}
    found: list[Param] = []
    for param in params:
        if param.applies(known):
            found.append(param)
            with contextlib.suppress(BadInput):  # a text that does not fit is no condition of anything
                known[param.name] = param.check(stored(group, param))
    return found


def values(group: PropertyGroup, params: Iterable[Param]) -> dict[str, Any]:
    """Return the checked value of each parameter that exists; `BadInput` for a text that does not fit."""
    return {param.name: param.check(stored(group, param)) for param in existing(group, params)}


def after_values(settings: Any) -> dict[str, Any]:
    """Return the options of `after` as the sidebar has them."""
    found = values(settings.after, SIDEBAR_AFTER)
    for switch in ("decimate_by", "quads"):
        del found[switch]
    # The sidebar's lengths are Blender units; the options count in metres.
    found["size"] *= settings.id_data.unit_settings.scale_length
    found["decimate"] = found.pop("decimate_ratio", 0.0) + float(found.pop("decimate_faces", 0))
    found["quad"] = found.pop("quad_faces", 0)
    return found


def wrong(group: PropertyGroup, param: Param) -> str:
    """Say what is wrong with the stored text of a parameter, or return an empty text."""
    try:
        param.check(stored(group, param))
    except BadInput as error:
        return str(error)
    return ""


def enum_items(choices: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str, int]]:
    """Return items (identifier, name, description) with numbers that depend on the identifier alone.

    A .blend stores an enum as its number: with numbers by position, a choice added in front would change it silently.
    """
    return [(*choice, zlib.crc32(choice[0].encode()) & MAX_INT) for choice in choices]


def property_of(param: Param) -> Any:
    """Return the RNA property, not yet assigned to a class, that holds one parameter."""
    words: dict[str, Any] = {"name": capitals(param.title), "description": _tooltip(param), **lock_when_set(param)}
    match param:
        case Choice():
            items = [(str(choice), capitals(param.title_of(choice)), "") for choice in param.choices]
            return EnumProperty(items=enum_items(items), default=str(param.default), **words)
        case Bool():
            return BoolProperty(default=param.default, **words)
        case Int() if param.min >= -MAX_INT and param.max <= MAX_INT:
            limits: dict[str, Any] = {"min": int(param.min), "max": int(param.max)}
            return IntProperty(default=param.default, **limits, **words)
        case Int():
            # RNA's integers end at 2^31: such a seed is kept as text, checked when it is used.
            return StringProperty(default=str(param.default), maxlen=24, **words)
        case Float():
            unit = "LENGTH" if param.unit == "m" else "NONE"
            return FloatProperty(default=param.default, min=param.min, max=param.max, unit=unit, precision=3, **words)
        case File():
            return StringProperty(default=param.default, maxlen=param.max_length, subtype="FILE_PATH", **words)
        case Text():
            return StringProperty(default=param.default, maxlen=param.max_length * 4, **words)
    raise TypeError(f"no property holds a {type(param).__name__}")


def group_type(name: str, params: Iterable[Param]) -> type[PropertyGroup]:
    """Make a property group with one property for each parameter; a name that RNA owns is a `ValueError`."""
    params = tuple(params)
    annotations = {param.name: property_of(param) for param in params}
    annotations |= {lock_name(param): lock_property() for param in params if is_seed(param)}
    _refuse_taken(annotations, dir(PropertyGroup))
    return type(f"IMG3D_PG_{name}", (PropertyGroup,), {"__annotations__": annotations})


def register() -> None:
    """Register the groups and `Scene.img3d`."""
    providers = load()
    groups = {name: group_type(name, provider.params) for name, provider in providers.items()}
    after = group_type("after", SIDEBAR_AFTER)
    for group in (*groups.values(), after):
        _register(group)
    _register(_settings_type(providers, groups, after))
    Scene.img3d = PointerProperty(  # pyright: ignore[reportAttributeAccessIssue]
        type=_registered[-1], name="Image to 3D", description="Settings of Image to 3D"
    )


def unregister() -> None:
    """Undo `register`, in reverse."""
    del Scene.img3d  # pyright: ignore[reportAttributeAccessIssue]
    while _registered:
        bpy.utils.unregister_class(_registered.pop())


def _register(group: type[PropertyGroup]) -> None:
    bpy.utils.register_class(group)
    _registered.append(group)


def _settings_type(
    providers: Mapping[str, Provider], groups: Mapping[str, type[PropertyGroup]], after: type[PropertyGroup]
) -> type[PropertyGroup]:
    items = enum_items((name, provider.label, provider.summary) for name, provider in providers.items())
    own: dict[str, Any] = {
        "picture": PointerProperty(
            type=bpy.types.Image, name="Picture", description="The picture that becomes a 3D object"
        ),
        "provider": EnumProperty(
            items=items,
            default=next(iter(providers)),
            name="Provider",
            description="Where the object is made; the picture is sent there and nowhere else",
        ),
        "after": PointerProperty(type=after),
    }
    _refuse_taken(groups, [*own, *dir(PropertyGroup)])
    own |= {name: PointerProperty(type=group) for name, group in groups.items()}
    return type("IMG3D_PG_settings", (PropertyGroup,), {"__annotations__": own})


def _refuse_taken(names: Iterable[str], taken: Iterable[str]) -> None:
    owned = {*taken, "name", "rna_type", "bl_rna", "id_data"}
    for name in names:
        if name in owned or name.startswith("_"):
            raise ValueError(f"{name!r} cannot be the name of a parameter or provider: Blender uses it itself")


def stored(group: PropertyGroup, param: Param) -> Any:
    """Return the value of a setting as it is declared, not yet checked."""
    value = getattr(group, param.name)
    if isinstance(value, float):  # Blender keeps 32 bits of 0.8 and reads 0.800000011920929
        value = float(f"{value:.7g}")
    if isinstance(param, File):
        value = bpy.path.abspath(value)  # Blender's file browser may give a path beside the .blend
    # A choice that a later version no longer has reads as an empty text.
    return param.default if isinstance(param, Choice) and value == "" else value


def capitals(text: str) -> str:
    """Write labels as Blender does: Texture Size; the names of file formats as everybody does: GLB."""
    return " ".join(_capital(word) for word in text.split())


def _capital(word: str) -> str:
    if word in ("a", "and", "in", "of", "or", "the", "to"):
        return word
    return word.upper() if word in FORMATS else word[:1].upper() + word[1:]


def _tooltip(param: Param) -> str:
    text = param.help.rstrip(".")  # Blender adds its own
    return f"{text} ({param.unit})" if param.unit and param.unit != "m" and param.unit not in text else text
