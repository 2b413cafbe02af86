# SPDX-License-Identifier: GPL-3.0-or-later
"""Use images and materials of an earlier import again where they are the same in every respect, never by their names.

`mark` writes down in the heavy half what may be the same; `reuse` compares in the scene, and only what bears one mark:
what the user has edited since keeps its mark and is not the same any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import bpy
from bpy.types import ID, Object

from .used import images_of, materials_of, trees_of

__all__ = ["mark", "reuse"]

MARK = "img3d_same"
"""Custom property of images and materials: equal for what may be the same."""

COMPRESSED = "z "  # before the mark of an image whose size changes with every pixel
_COMPRESSING = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")  # PNG, JPEG, WebP
_OURS = "img3d_"
# Of nodes and textures: how they look in an editor, and what Blender only tells.
_ASIDE = frozenset(
    {
        *("name", "label", "select", "hide", "mute_preview", "location", "location_absolute", "width", "height"),
        *("dimensions", "color", "use_custom_color", "show_options", "show_preview", "show_texture", "parent"),
        *("is_active_output", "warning_propagation", "preview_render_type", "paint_active_slot", "paint_clone_slot"),
        *("filepath", "filepath_raw", "is_dirty", "bindcode", "node_tree", "rna_type"),
    }
)


def mark(items: Iterable[Object]) -> None:
    """Mark images by their bytes, and materials by their kinds of nodes and their images; every image is read once."""
    items = list(items)
    for image in images_of(items):
        packed: Any = image.packed_file
        if packed:
            data = packed.data
            image[MARK] = (COMPRESSED if data.startswith(_COMPRESSING) else "") + hashlib.sha256(data).hexdigest()
    for material in materials_of(items):
        nodes = [node for tree in trees_of(material.node_tree) for node in tree.nodes]
        images = [node.image.get(MARK, "") for node in nodes if getattr(node, "image", None)]
        text = repr((sorted(node.bl_idname for node in nodes), sorted(images)))
        material[MARK] = hashlib.sha256(text.encode()).hexdigest()


def reuse(items: Iterable[Object]) -> int:
    """Put what is there already in the place of what these objects brought; returns how many datablocks went."""
    items = list(items)
    new_images, new_materials = images_of(items), materials_of(items)
    images = _twins(new_images, bpy.data.images, same=_same_image)
    materials = _twins(new_materials, bpy.data.materials, same=_same_material)
    bpy.data.batch_remove([*materials, *images])
    return len(images) + len(materials)


def _twins(fresh: Sequence[Any], known: Iterable[Any], *, same: Callable[[Any, Any], bool]) -> list[Any]:
    """Replace each fresh datablock that has a twin among the known ones, and return it."""
    wanted = {one[MARK] for one in fresh if MARK in one}
    old: dict[str, list[Any]] = {}
    for one in known if wanted else ():
        if one.get(MARK) in wanted and one not in fresh and one.library is None:
            old.setdefault(one[MARK], []).append(one)
    replaced: list[Any] = []
    for one in fresh:
        twin = next((twin for twin in old.get(one.get(MARK), ()) if same(one, twin)), None)
        if twin is not None:
            one.user_remap(twin)
            replaced.append(one)
    return replaced


def _same_image(one: Any, other: Any) -> bool:
    if other.is_dirty or not one.packed_file or _read_as(one) != _read_as(other) or _own(one) != _own(other):
        return False
    if other.packed_file:
        if one.packed_file.size != other.packed_file.size:
            return False
        # A compressed picture that was changed has another size; reading megabytes twice would hold up the window.
        return one[MARK].startswith(COMPRESSED) or one.packed_file.data == other.packed_file.data
    file = Path(bpy.path.abspath(other.filepath_raw))  # it was put beside the .blend
    try:
        return file.stat().st_size == one.packed_file.size and file.read_bytes() == one.packed_file.data
    except OSError:
        return False


def _read_as(image: Any) -> tuple[Any, ...]:
    """Return how the bytes are read. Other values, such as the format, would make Blender decode the image."""
    names = ("source", "alpha_mode", "use_half_precision", "use_view_as_render", "use_deinterlace")
    return image.colorspace_settings.name, *(getattr(image, name) for name in names)


def _same_material(one: Any, other: Any) -> bool:
    if _animated(one) or _animated(other):
        return False
    return _described(one) == _described(other)


def _animated(material: Any) -> bool:
    return any(owner.animation_data for owner in (material, *trees_of(material.node_tree)))


def _described(material: Any) -> Any:
    """Return all that makes a material look as it does, as values that can be compared."""
    return _values(material), _own(material), [_tree(tree) for tree in trees_of(material.node_tree)]


def _tree(tree: Any) -> Any:
    nodes = {node.name: _node(node) for node in tree.nodes}
    ends = [
        (link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier, link.is_muted)
        for link in tree.links
    ]
    return nodes, sorted(ends)


def _node(node: Any) -> Any:
    sockets = [*node.inputs, *node.outputs]
    values = [(socket.identifier, _plain(getattr(socket, "default_value", None))) for socket in sockets]
    return node.bl_idname, node.mute, _values(node), values, _own(node)


def _values(owner: Any, *, deep: bool = True) -> dict[str, Any]:
    """Return the values of an owner that can be set, and those of what it points at, such as a colour ramp."""
    found: dict[str, Any] = {}
    for known in owner.bl_rna.properties:
        name = known.identifier
        if name in _ASIDE or name in _OF_ALL or (known.is_readonly and known.type not in ("POINTER", "COLLECTION")):
            continue
        value = getattr(owner, name)
        if known.type == "COLLECTION":
            found[name] = (
                [_values(part, deep=deep) for part in value] if name in ("elements", "curves", "points") else ()
            )
        elif known.type == "POINTER" and value is not None and not isinstance(value, ID):
            found[name] = _values(value, deep=False) if deep else ()
        else:
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, ID):
        return value.as_pointer()
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, bool | int | float | str | None):
        return value
    return [tuple(row) if hasattr(row, "__len__") else row for row in value]


def _own(owner: Any) -> dict[str, Any]:
    """Return the custom properties, without ours and those that an add-on has declared, which are values."""
    declared = owner.bl_rna.properties
    kept = {name: value for name, value in owner.items() if name not in declared and not name.startswith(_OURS)}
    return {name: value.to_dict() if hasattr(value, "to_dict") else _plain(value) for name, value in kept.items()}


_OF_ALL = frozenset(known.identifier for known in bpy.types.ID.bl_rna.properties)
"""What every datablock has, such as names and users."""
