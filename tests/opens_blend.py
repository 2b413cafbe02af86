# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a .blend with the bpy at hand and check the object in it: `python tests/opens_blend.py FILE`.

CI runs it with the oldest supported Blender on a file of a newer one.
"""

import os
import sys
import traceback

import bpy


def main(path: str) -> None:
    """Fail unless the file opens with one textured mesh that has faces."""
    bpy.ops.wm.open_mainfile(filepath=path)
    meshes = [item for item in bpy.context.scene.objects if item.type == "MESH"]
    assert len(meshes) == 1, [item.name for item in meshes]
    item = meshes[0]
    assert len(item.data.polygons) > 100, len(item.data.polygons)
    assert item.data.uv_layers, "no texture coordinates"
    assert item.get("img3d_job"), "no provenance"
    images = [node.image for node in item.data.materials[0].node_tree.nodes if node.type == "TEX_IMAGE"]
    assert images, "no texture"
    assert all(image.packed_file and image.size[0] > 0 for image in images), "the texture is not in the file"
    print(f"Blender {bpy.app.version_string} opens {path}: {item.name}, {len(item.data.polygons)} faces")  # noqa: T201


if __name__ == "__main__":
    status = 1
    try:
        main(sys.argv[1])
        status = 0
    except Exception:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(status)  # the bpy of 4.2 may crash at an orderly exit
