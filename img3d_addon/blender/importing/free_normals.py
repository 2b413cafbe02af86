# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep a large glTF's normals as vectors of their own: Blender's own way to store them takes seconds for a million.

For the helper process only: the hook is found through an entry in the preferences, which are the user's elsewhere.
Stored so, normals turn with the object but not with edits of single vertices, which small meshes are open to.
"""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import bpy
import numpy as np

from .geometry import corner_vertices

__all__ = ["FreeNormals", "kept", "worth_it"]

LARGE = 100_000  # triangles
AGREE = 0.99995  # cosine of half a degree, which is more than Blender's own way to store normals loses
_MODULE = "img3d_gltf_normals"
_log = logging.getLogger(__name__)
_TRIANGLES = (None, 4)  # glTF's modes; strips and fans are put into another order by the importer


class FreeNormals:
    """What the glTF importer calls after each mesh; `failed` when one could not keep the file's normals."""

    failed = False

    def gather_import_mesh_after_hook(self, source: Any, mesh: Any, gltf: Any) -> None:
        """Write the normals of the file to the mesh, which was imported without."""
        try:
            kept = _keep(source, mesh, gltf)
        except Exception:  # the importer would end with a sentence about itself
            _log.exception("the normals of %s", mesh.name)
            kept = False
        type(self).failed |= not kept


def _keep(source: Any, mesh: Any, gltf: Any) -> bool:
    """Tell whether the mesh has the normals of the file, or the file has none."""
    parts = [part for part in source.primitives if "POSITION" in part.attributes]
    if not any("NORMAL" in part.attributes for part in parts):
        return True
    if not all("NORMAL" in part.attributes and part.mode in _TRIANGLES for part in parts):
        return False
    decoded = [_decoded(part, gltf) for part in parts]
    gltf.decode_accessor_cache = {}
    normals = _of_corners(decoded, corners=len(mesh.loops))
    if normals is None:
        return False
    domain, found = _by_vertex(mesh, normals)
    stored = mesh.attributes.new("custom_normal", "FLOAT_VECTOR", domain)
    stored.data.foreach_set("vector", np.ascontiguousarray(found, np.float32).ravel())
    return True


def worth_it(path: Path, kind: str) -> bool:
    """Whether the file is large enough, and this Blender knows free normals."""
    from ...core.files.preflight import glb_contents

    return kind == "glb" and bpy.app.version >= (4, 5) and glb_contents(path).faces >= LARGE


@contextmanager
def kept() -> Iterator[type[FreeNormals]]:
    """Let the importer call us within the block."""
    module: Any = ModuleType(_MODULE)
    FreeNormals.failed = False
    module.glTF2ImportUserExtension = FreeNormals
    sys.modules[_MODULE] = module
    preferences: Any = bpy.context.preferences
    entry = preferences.addons.new()
    entry.module = _MODULE
    try:
        yield FreeNormals
    finally:
        preferences.addons.remove(entry)
        del sys.modules[_MODULE]


def _decoded(part: Any, gltf: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a primitive's triangles, places and normals, the last with Z up and of length 1; the importer decodes."""
    binary: Any = importlib.import_module("io_scene_gltf2.io.imp.gltf2_io_binary").BinaryData
    places = binary.decode_accessor(gltf, part.attributes["POSITION"], cache=True)
    normals = binary.decode_accessor(gltf, part.attributes["NORMAL"], cache=True)
    given = None if part.indices is None else binary.decode_accessor(gltf, part.indices)
    corners = np.arange(len(places)) if given is None else given.reshape(-1)
    turned = np.stack([normals[:, 0], -normals[:, 2], normals[:, 1]], axis=1).astype(np.float32)
    length = np.sqrt(np.einsum("ij,ij->i", turned, turned))
    turned /= np.maximum(length, 1e-12)[:, None]  # quantized ones are not of length 1
    return corners[: len(corners) // 3 * 3].reshape(-1, 3), places, turned


def _of_corners(parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]], *, corners: int) -> np.ndarray | None:
    """Return a normal for each of the mesh's `corners`; None when they are not those of the file."""
    if sum(triangles.size for triangles, _, _ in parts) != corners:
        parts = [(triangles[~_collapsed(triangles, places)], places, normals) for triangles, places, normals in parts]
    if sum(triangles.size for triangles, _, _ in parts) != corners:
        return None
    return np.concatenate([normals[triangles.reshape(-1)] for triangles, _, normals in parts])


def _collapsed(triangles: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Tell which triangles have two corners at one place: the weld makes no faces of them."""
    a, b, c = (places[triangles[:, corner]] for corner in range(3))
    return (a == b).all(axis=1) | (b == c).all(axis=1) | (c == a).all(axis=1)


def _by_vertex(mesh: Any, normals: np.ndarray) -> tuple[str, np.ndarray]:
    """Return the domain and its normals: one for each vertex where all its corners agree, a sixth of the memory."""
    corners = corner_vertices(mesh)
    one = np.zeros((len(mesh.vertices), 3), np.float32)
    one[corners] = normals
    agree = (np.einsum("ij,ij->i", one[corners], normals) > AGREE).all()
    return ("POINT", one) if agree else ("CORNER", normals)
