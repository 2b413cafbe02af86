# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of import and post-processing: what they take, and what is said before anything is paid."""

import pytest

from img3d_addon.blender import after, properties
from img3d_addon.core.errors import BadInput
from img3d_addon.core.params import check_all
from img3d_addon.providers import load
from tests.blender.meshes import bpy, empty_scene


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        (" 0.5, .25 ,0.1", "0.5, 0.25, 0.1"),
        ("0.1 0.5;0.5", "0.5, 0.1"),
        ([0.5, 0.1], "0.5, 0.1"),
        (0.5, "0.5"),
    ],
)
def test_ratios_of_levels_of_detail_are_read_the_finest_first(given, kept):
    checked = after.check({"lods": given})["lods"]
    assert checked == kept
    assert after.lod_ratios(checked) == tuple(float(word) for word in kept.split(",") if word)


@pytest.mark.parametrize(
    "given", ["half", "50, 25", "1", "0", "-0.5", "nan", "0.5, 0.0001", [0.9] * 3 + [2], "0,5 0,2x"]
)
def test_other_ratios_are_refused_in_words(given):
    with pytest.raises(BadInput, match=r"shares of the faces.*such as 0\.5, 0\.25, 0\.1"):
        after.check({"lods": given})


def test_more_levels_than_anybody_needs_are_refused():
    with pytest.raises(BadInput, match="at most 8"):
        after.check({"lods": [number / 10 for number in range(1, 10)]})


def test_an_option_is_refused_where_it_does_not_apply():
    with pytest.raises(BadInput, match="shading_angle can be given only with shading = angle"):
        after.check({"shading_angle": 40})
    assert after.check({"shading": "angle"})["shading_angle"] == 30
    assert "texture_limit" not in after.check({"texture": False})
    assert "asset_author" not in after.check({})


def test_options_of_before_give_way_to_new_ones():
    before = after.check({"shading": "angle", "shading_angle": 40, "texture_limit": 1024, "size": 2, "lods": "0.5"})
    again = after.check({"shading": "flat", "texture": False}, over={**before, "out": "x.glb"})
    assert (again["shading"], again["size"], again["lods"]) == ("flat", 2, "0.5")
    assert not {"shading_angle", "texture_limit"} & set(again)
    assert after.check({}, over=before) == before


def test_which_quads_a_model_of_many_makes_is_told_by_model():
    fal = load()["fal"]
    takers = {name: next(param for param in fal.params if param.name == name).when["model"] for name in fal.quads}
    for model in next(param for param in fal.params if param.name == "model").choices:
        existing = check_all(fal.params, {"model": model})
        told = after.own_quads_text(fal, existing)
        names = [name for name in fal.quads if model in takers[name]]
        assert bool(told) is bool(names), model
        for param in (param for param in fal.params if param.name in names):
            assert f"itself: {param.title} = {param.title_of(fal.quads[param.name])}." in told


def test_quads_and_a_reduction_together_are_refused():
    with pytest.raises(BadInput, match="Leave Decimate"):
        after.check_quads(after.check({"quad": 500, "decimate": 0.5}))


def test_the_sidebar_names_the_service_s_quads_and_the_reason():
    spar3d, fal = load()["stability_spar3d"], load()["fal"]
    assert after.own_quads_text(spar3d, {"remesh"}).startswith(f"{spar3d.label} makes quads itself: Remesh = Quads.")
    assert "nothing has to be baked" in after.own_quads_text(fal, {"model", "mesh_mode"})
    assert after.own_quads_text(fal, {"model"}) == ""
    assert after.own_quads_text(load()["offline"], {"mode"}) == ""


def test_the_sidebar_has_switches_for_quads_and_hides_what_does_not_apply():
    empty_scene()
    properties.register()
    try:
        settings = properties.settings_of(bpy.context.scene)
        shown = {param.name for param in properties.existing(settings.after, properties.SIDEBAR_AFTER)}
        hidden = {"shading_angle", "remesh_detail", "decimate_ratio", "quad_faces", "quad_texture", "asset_author"}
        assert not hidden & shown
        settings.after.quads, settings.after.quad_faces, settings.after.quad_texture = True, 900, "1024"
        settings.after.texture_limit, settings.after.lods = "2048", "0.1, 0.5"
        found = properties.after_values(settings)
        assert (found["quad"], found["quad_texture"], found["texture_limit"]) == (900, 1024, 2048)
        assert found["lods"] == "0.5, 0.1"
        settings.after.lods = "a few"
        lods = next(param for param in properties.SIDEBAR_AFTER if param.name == "lods")
        assert "shares of the faces" in properties.wrong(settings.after, lods)
    finally:
        properties.unregister()
