# SPDX-License-Identifier: GPL-3.0-or-later
"""Look into a GLB or glTF before Blender's importer does: is it whole, and can it be read. No bpy."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast
from urllib.parse import unquote

from ..errors import BadResult, ImportFailed

__all__ = ["Contents", "check_length", "field", "glb_contents", "items", "preflight", "read_gltf", "readable_by"]

MOST_JSON = 64 << 20  # bytes; the importer builds an object of every value
_ALWAYS = frozenset(
    {
        "KHR_materials_pbrSpecularGlossiness",
        "KHR_lights_punctual",
        "KHR_materials_unlit",
        "KHR_texture_transform",
        "KHR_materials_clearcoat",
        "KHR_mesh_quantization",
        "EXT_mesh_gpu_instancing",
        "KHR_draco_mesh_compression",
        "KHR_materials_variants",
        "KHR_materials_emissive_strength",
        "KHR_materials_transmission",
        "KHR_materials_specular",
        "KHR_materials_sheen",
        "KHR_materials_ior",
        "KHR_animation_pointer",
        "KHR_materials_volume",
        "EXT_texture_webp",
        "KHR_materials_anisotropy",
    }
)
_SINCE_5_2 = frozenset(
    {
        "EXT_meshopt_compression",
        "KHR_meshopt_compression",
        "KHR_materials_dispersion",
        "KHR_materials_iridescence",
    }
)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a glTF says it holds; `faces` counts triangles, each mesh once."""

    faces: int = 0
    vertices: int = 0
    textures: int = 0


def readable_by(version: tuple[int, ...]) -> frozenset[str]:
    """Return the glTF extensions that the importer of a Blender takes, as listed in its `gltf2_io_gltf.py`."""
    return _ALWAYS | _SINCE_5_2 if version >= (5, 2) else _ALWAYS


def preflight(path: Path, kind: str, *, readable: Collection[str] | None = None) -> Contents:
    """Return what is in a file of `kind`; only "glb" and "gltf" are looked into.

    `BadResult` when it is cut short or no glTF, `ImportFailed` when it asks for an extension outside `readable`
    or for a file outside its own folder.
    """
    if kind not in ("glb", "gltf"):
        return Contents()
    document = read_gltf(path, kind)
    required = [str(name) for name in items(document, "extensionsRequired")]
    if readable is not None and (missing := [name for name in required if name not in readable]):
        raise ImportFailed(
            f"{path.name} needs the glTF extension {', '.join(missing)}, which this Blender cannot read",
            advice="Use a newer Blender, or choose another format or option at the service; the file is kept.",
        )
    for uri in _uris(document):
        _check_uri(uri, path)
    return _contents(document)


def read_gltf(path: Path, kind: str) -> Mapping[str, Any]:
    """Return the JSON of a "glb" or "gltf" file, of which only the outermost form is sure; `BadResult` for no glTF."""
    return _glb(path) if kind == "glb" else _parsed(_limited(path), path)


def glb_contents(path: Path) -> Contents:
    """Return what a GLB says it holds; `BadResult` when it is cut short or no glTF."""
    return _contents(_glb(path))


def check_length(path: Path) -> None:
    """Raise `BadResult` when a GLB is shorter than its header says."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(12)
    version, length = int.from_bytes(head[4:8], "little"), int.from_bytes(head[8:12], "little")
    if len(head) < 12 or length > size:
        raise BadResult(f"The model arrived cut short: {size} of {length or 'unknown'} bytes")
    if version != 2 or length < 20:
        raise BadResult(f"The model is a GLB of version {version}; only version 2 can be read")


def _glb(path: Path) -> Mapping[str, Any]:
    check_length(path)
    with path.open("rb") as stream:
        stream.seek(8)
        left = int.from_bytes(stream.read(4), "little") - 12
        text, data = b"", 0
        for number, (kind, size) in enumerate(_chunks(stream, left)):
            if number == 0 and (kind != b"JSON" or size > MOST_JSON):
                raise BadResult(f"{path.name} is damaged: its first chunk is no glTF text of at most 64 MiB")
            if number == 0:
                text = stream.read(size)
                stream.seek(-size, 1)
            elif kind == b"BIN\0":
                data = max(data, size)
    document = _parsed(text, path)
    _check_data(document, data)
    return document


def _check_data(document: Mapping[str, Any], size: int) -> None:
    """Raise `BadResult` when the first buffer, which lies in the GLB itself, is not there in full."""
    first = next(iter(items(document, "buffers")), None)
    wanted = field(first, "byteLength")
    inside = field(first, "uri") is None and field(first, "extensions") is None  # a compressed one has a stand-in
    if inside and isinstance(wanted, int) and wanted > size:
        raise BadResult(f"The model is damaged: {size} of {wanted} bytes of its geometry and textures are there")


def _chunks(stream: BinaryIO, left: int) -> Iterator[tuple[bytes, int]]:
    """Yield kind and size of each chunk, the stream standing at its data."""
    while left > 0:
        head = stream.read(8)
        size = int.from_bytes(head[:4], "little")
        left -= 8 + size
        if len(head) < 8 or left < 0:
            raise BadResult("The model is damaged: a part of the GLB is longer than the file")
        yield head[4:], size
        stream.seek(size, 1)


def _limited(path: Path) -> bytes:
    if path.stat().st_size > MOST_JSON:
        raise BadResult(f"{path.name} has more than 64 MiB of glTF text")
    return path.read_bytes()


def _parsed(text: bytes, path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(cast("Mapping[str, Any]", document).get("asset"), dict):
        raise BadResult(f"{path.name} is damaged: it holds no glTF")
    return cast("Mapping[str, Any]", document)


def _uris(document: Mapping[str, Any]) -> Iterator[str]:
    for name in ("buffers", "images"):
        for item in items(document, name):
            uri = field(item, "uri")
            if isinstance(uri, str):
                yield uri


def _check_uri(uri: str, path: Path) -> None:
    if uri[:5].lower() == "data:":
        return
    name = unquote(uri).replace("\\", "/")
    if ":" in name or name.startswith("/") or ".." in name.split("/") or "\0" in name:
        raise ImportFailed(f"{path.name} refers to a file outside its own folder ({uri[:80]!r})")
    if not (path.parent / PurePosixPath(name)).resolve().is_relative_to(path.parent.resolve()):
        raise ImportFailed(f"{path.name} refers to a file outside its own folder ({uri[:80]!r})")


def _contents(document: Mapping[str, Any]) -> Contents:
    faces = vertices = 0
    accessors = items(document, "accessors")
    for mesh in items(document, "meshes"):
        for primitive in items(mesh, "primitives"):
            corners = _count(accessors, field(field(primitive, "attributes"), "POSITION"))
            indices = field(primitive, "indices")
            vertices += corners
            if field(primitive, "mode") in (None, 4):
                faces += (corners if indices is None else _count(accessors, indices)) // 3
    return Contents(
        faces=faces,
        vertices=vertices,
        textures=len(items(document, "images")),
    )


def field(value: Any, name: str) -> Any:
    """Return what an object has under a name; None for anything else."""
    return cast("Mapping[str, Any]", value).get(name) if isinstance(value, dict) else None


def items(value: Any, name: str) -> list[Any]:
    """Return the list that an object has under a name; an empty one for anything else."""
    found = field(value, name)
    return cast("list[Any]", found) if isinstance(found, list) else []


def _count(accessors: list[Any], index: Any) -> int:
    if not isinstance(index, int) or not 0 <= index < len(accessors):
        return 0
    count = field(accessors[index], "count")
    return count if isinstance(count, int) and count > 0 else 0
