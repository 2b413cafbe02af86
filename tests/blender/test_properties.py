# SPDX-License-Identifier: GPL-3.0-or-later
"""Property groups derived from declarations: kinds, limits, saved choices, large seeds, names that RNA owns."""

import bpy
import pytest

from img3d_addon.blender import after, properties, seeds
from img3d_addon.core.errors import BadInput
from img3d_addon.core.params import Bool, Choice, File, Float, Int, Text
from img3d_addon.providers import load

from .meshes import empty_scene

PARAMS = (
    Int("seed", 0, min=0, max=4294967294),
    Int("faces", 5000, min=100, max=20_000, unit="faces", help="How many"),
    Float("ratio", 1.3, min=1.0, max=2.0),
    Bool("remesh", True),
    Choice("size", 1024, choices=(512, 1024, 2048)),
    Choice("mode", "b", choices=("a", "b")),
    Text("prompt", "", max_length=20),
    Float("finish", 0.5, min=0.0, max=1.0, when={"mode": ("b",), "size": (1024, 2048)}),
    Text("note", "", max_length=3, when={"prompt": ("ask",)}),
    File("mask", ""),
)
EVERYTHING = {param.name: param.default for param in PARAMS if param.name != "note"}


@pytest.fixture
def group():
    made = properties.group_type("test", PARAMS)
    bpy.utils.register_class(made)
    bpy.types.Scene.img3d_test = bpy.props.PointerProperty(type=made)
    yield bpy.context.scene.img3d_test
    bpy.context.scene.property_unset("img3d_test")
    del bpy.types.Scene.img3d_test
    bpy.utils.unregister_class(made)


def test_the_defaults_are_the_declared_ones_in_their_own_types(group):
    found = properties.values(group, PARAMS)
    assert found == pytest.approx({**EVERYTHING, "prompt": found["prompt"]})
    assert found["prompt"] == ""
    assert type(found["size"]) is int
    assert type(found["seed"]) is int


def test_a_seed_beyond_31_bits_reaches_the_request_whole(group):
    group.seed = "4294967294"
    assert properties.values(group, PARAMS)["seed"] == 4294967294


def test_a_parameter_that_does_not_exist_beside_the_others_is_left_out(group):
    group.finish = 0.7
    group.size = "512"
    assert "finish" not in properties.values(group, PARAMS)
    assert "finish" not in [param.name for param in properties.existing(group, PARAMS)]
    group.size = "2048"
    assert properties.values(group, PARAMS)["finish"] == pytest.approx(0.7)
    group.note = "too long"
    assert "note" not in properties.values(group, PARAMS)
    group.prompt = "ask"
    with pytest.raises(BadInput, match="note"):
        properties.values(group, PARAMS)


@pytest.mark.parametrize("text", ["4294967295", "-1", "x", "", "1.5"])
def test_a_seed_that_is_none_is_named(group, text):
    group.seed = text
    with pytest.raises(BadInput, match="seed"):
        properties.values(group, PARAMS)
    assert "seed" in properties.wrong(group, PARAMS[0])


def test_blender_keeps_small_numbers_within_their_range(group):
    group.faces = 10**6
    assert group.faces == 20_000
    group.ratio = 0.0
    assert group.ratio == pytest.approx(1.0)


def test_a_choice_keeps_its_number_when_another_is_put_in_front():
    before = properties.enum_items([("b", "", ""), ("c", "", "")])
    later = properties.enum_items([("a", "", ""), ("c", "", ""), ("b", "", "")])
    assert {item[0]: item[3] for item in before}.items() <= {item[0]: item[3] for item in later}.items()
    assert all(0 <= item[3] < 2**31 for item in later)


def test_numbers_of_all_declared_choices_differ():
    owners = [provider.params for provider in load().values()] + [after.AFTER]
    for param in (param for params in owners for param in params if isinstance(param, Choice)):
        items = properties.enum_items((str(choice), "", "") for choice in param.choices)
        assert len({item[3] for item in items}) == len(items), param.name
    assert len({item[3] for item in properties.enum_items((name, "", "") for name in load())}) == len(load())


@pytest.mark.parametrize("name", ["name", "rna_type", "bl_rna", "id_data", "keys", "get", "_hidden"])
def test_a_name_that_blender_owns_is_refused(name):
    with pytest.raises(ValueError, match=name):
        properties.group_type("test", (Bool(name, True),))


def test_each_provider_has_a_group_of_its_own_with_a_short_enough_name():
    for name, provider in load().items():
        made = properties.group_type(name, provider.params)
        locks = {seeds.lock_name(param) for param in provider.params if seeds.is_seed(param)}
        assert set(made.__annotations__) == {param.name for param in provider.params} | locks
        assert len(made.__name__) <= 64


@pytest.fixture
def settings():
    empty_scene()
    properties.register()
    yield properties.settings_of(bpy.context.scene)
    properties.unregister()


def test_the_scene_carries_picture_provider_and_groups(settings):
    settings.picture = bpy.data.images.new("chair", 4, 4)
    assert settings.provider == "offline"
    for name, provider in load().items():
        settings.provider = name
        assert properties.values(getattr(settings, name), provider.params)
    bpy.data.images.remove(settings.picture)
    assert settings.picture is None


def test_the_options_of_after_start_as_declared(settings):
    assert after.check(properties.after_values(settings)) == after.check({})


def test_the_sidebar_composes_decimate_from_ratio_or_faces(settings):
    settings.after.decimate_by = "ratio"
    assert properties.after_values(settings)["decimate"] == pytest.approx(0.5)
    settings.after.decimate_by = "faces"
    assert properties.after_values(settings)["decimate"] == 10_000
    assert after.decimate_ratio(10_000, faces=40_000) == pytest.approx(0.25)
    assert after.decimate_ratio(10_000, faces=4) == 1.0
    settings.after.property_unset("decimate_by")


def test_a_length_in_the_sidebar_is_in_scene_units(settings):
    bpy.context.scene.unit_settings.scale_length = 0.01
    settings.after.size = 200.0
    assert properties.after_values(settings)["size"] == pytest.approx(2.0)
    bpy.context.scene.unit_settings.scale_length = 1.0
    settings.after.property_unset("size")


def test_what_is_stored_of_a_parameter_that_does_not_exist_is_left_out_after_a_file_load(settings, tmp_path):
    settings.hunyuan3d_local.face_count = 2000
    settings.hunyuan3d_local.texture = False
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    group = properties.settings_of(bpy.context.scene).hunyuan3d_local
    assert group.face_count == 2000
    params = load()["hunyuan3d_local"].params
    assert "face_count" not in properties.values(group, params)
    group.texture = True
    assert properties.values(group, params)["face_count"] == 2000
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


def test_saved_choices_and_seeds_come_back(settings, tmp_path):
    settings.after.facing = "+X"
    settings.provider = "offline"
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    settings.after.facing = "-Y"
    bpy.ops.wm.open_mainfile(filepath=path)
    assert properties.settings_of(bpy.context.scene).after.facing == "+X"
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)


@pytest.mark.filterwarnings("ignore:.*blend relative")  # said of a script that sets it, not of a user
def test_a_file_is_chosen_in_the_browser_and_may_lie_beside_the_blend(group, tmp_path, monkeypatch):
    assert group.bl_rna.properties["mask"].subtype == "FILE_PATH"
    (tmp_path / "mask.png").write_bytes(b"something")
    monkeypatch.setattr(bpy.path, "abspath", lambda path: path.replace("//", f"{tmp_path}/"))  # as in a saved file
    group.mask = "//mask.png"
    assert properties.values(group, PARAMS)["mask"] == str(tmp_path / "mask.png")
    group.mask = "//other.png"
    with pytest.raises(BadInput, match="There is no picture"):
        properties.values(group, PARAMS)
