# SPDX-License-Identifier: GPL-3.0-or-later
"""One .blend with all results of a batch as assets, with previews and catalogs, that can be added to."""

import bpy
import pytest

from img3d_addon.blender.cli.batch.assets import gathering
from img3d_addon.blender.cli.batch.showing import catalog_id

CATALOG = "Image to 3D/Offline"


def part(folder, name, *, file, catalog=CATALOG, colour=1.0):
    """Write an asset as a helper does."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
    item = bpy.data.objects.new(name, mesh)
    item.asset_mark()
    item["img3d_file"] = file
    item.asset_data.catalog_id = catalog_id(catalog)
    preview = item.preview_ensure()
    preview.image_size = (4, 4)
    preview.image_pixels_float.foreach_set([colour, 0.0, 0.0, 1.0] * 16)
    bpy.data.libraries.write(str(folder / f"{name}.blend"), {item}, fake_user=True)
    return str(folder / f"{name}.blend")


def gather(parts, target):
    catalogs = {CATALOG: catalog_id(CATALOG)}
    steps = gathering({"parts": parts, "target": str(target), "catalogs": catalogs})
    assert all(0 <= fraction <= 1 for fraction, _words in steps)
    bpy.ops.wm.open_mainfile(filepath=str(target))
    return {item.name: item for item in bpy.data.objects if item.asset_data}


def test_assets_keep_their_previews_catalogs_and_names(tmp_path):
    target = tmp_path / "lib" / "assets.blend"
    target.parent.mkdir()
    found = gather([part(tmp_path, "chair", file="chair.glb"), part(tmp_path, "lamp", file="lamp.glb")], target)
    assert set(found) == {"chair", "lamp"}
    for item in found.values():
        assert item.asset_data.catalog_id == catalog_id(CATALOG)
        assert tuple(item.preview.image_size) == (4, 4)
        assert item.preview.image_pixels_float[0] == pytest.approx(1.0, abs=0.01)
    assert not bpy.data.libraries
    text = (target.parent / "blender_assets.cats.txt").read_text()
    assert text.startswith("VERSION 1\n")
    assert f"{catalog_id(CATALOG)}:{CATALOG}:" in text


def test_a_library_is_added_to_and_a_new_result_takes_the_place_of_the_old_one(tmp_path):
    target = tmp_path / "assets.blend"
    gather([part(tmp_path, "chair", file="chair.glb"), part(tmp_path, "lamp", file="lamp.glb")], target)
    found = gather([part(tmp_path, "chair", file="chair.glb", colour=0.25)], target)
    assert set(found) == {"chair", "lamp"}
    assert len(bpy.data.objects) == len(bpy.data.meshes) == 2
    (chair,) = [item for item in found.values() if item["img3d_file"] == "chair.glb"]
    assert chair.preview.image_pixels_float[0] == pytest.approx(0.25, abs=0.01)
    assert (tmp_path / "blender_assets.cats.txt").read_text().count(f":{CATALOG}:") == 1
