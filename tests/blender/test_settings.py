# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings in the sidebar: what is changed, how it goes back, seeds and presets."""

from pathlib import Path

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import defaults, orders, presets, properties, seeds, session, setting_operators
from img3d_addon.providers import load

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"
PROVIDERS = load()
SHIPPED = sorted((presets.FOLDER / "presets").rglob("*.py"))
SEEDED = [(name, param) for name, one in PROVIDERS.items() for param in one.params if seeds.is_seed(param)]


@pytest.fixture
def settings(home):
    empty_scene()
    img3d_addon.register()
    found = properties.settings_of(bpy.context.scene)
    found.picture = bpy.data.images.load(str(DUCK))
    yield found
    img3d_addon.unregister()


def test_nothing_differs_from_its_default_at_first(settings):
    for name, provider in PROVIDERS.items():
        assert not defaults.changed(getattr(settings, name), provider.params)
    assert not defaults.changed(settings.after, properties.SIDEBAR_AFTER)


def test_a_changed_setting_is_told_and_goes_back_alone(settings):
    own, params = settings.offline, PROVIDERS["offline"].params
    own.faces, own.depth, own.mode = 999, 0.3, "relief"
    assert [param.name for param in defaults.changed(own, params)] == ["mode", "depth", "faces"]
    bpy.ops.img3d.reset_setting(group="offline", setting="faces")
    assert own.faces == 20000
    assert [param.name for param in defaults.changed(own, params)] == ["mode", "depth"]


def test_a_value_that_is_set_to_its_default_is_not_changed(settings):
    settings.offline.depth = 0.8
    assert not defaults.changed(settings.offline, PROVIDERS["offline"].params)


def test_all_of_a_provider_go_back_and_no_others(settings):
    settings.offline.faces, settings.stability_spar3d.seed, settings.after.shading = 999, "5", "flat"
    bpy.ops.img3d.reset_setting(group="stability_spar3d")
    assert (settings.stability_spar3d.seed, settings.stability_spar3d.seed_locked) == ("0", False)
    assert (settings.offline.faces, settings.after.shading) == (999, "flat")
    bpy.ops.img3d.reset_setting(group="after")
    assert settings.after.shading != "flat"


def test_the_button_says_what_the_default_is(settings):
    operator = setting_operators.IMG3D_OT_reset_setting

    class Meant:
        group, setting = "offline", "mode"

    assert operator.description(bpy.context, Meant) == "Back to the default: Inflate"


@pytest.mark.parametrize(("name", "param"), SEEDED, ids=lambda value: getattr(value, "name", value))
def test_an_unlocked_seed_is_drawn_anew_for_each_job(settings, name, param):
    own = getattr(settings, name)
    given = {param.name: param.default}
    found = [seeds.renewed(own, [param], given)[param.name] for _ in range(8)]
    assert len(set(found)) > 1
    assert all(1 <= seed <= 65535 and param.check(seed) == seed for seed in found)
    assert int(getattr(own, param.name)) == found[-1]
    assert not seeds.locked(own, param)


@pytest.mark.parametrize(("name", "param"), SEEDED, ids=lambda value: getattr(value, "name", value))
def test_a_seed_that_is_set_is_locked_and_used(settings, name, param):
    own = getattr(settings, name)
    seeds.show(own, param, 77)
    assert seeds.locked(own, param)
    assert seeds.renewed(own, [param], {param.name: 77}) == {param.name: 77}


def test_an_order_has_the_seed_that_is_used(settings):
    settings.provider = "stability_spar3d"
    order = orders.order_of(bpy.context.scene)
    assert str(order.params["seed"]) == settings.stability_spar3d.seed > "0"
    settings.stability_spar3d.seed_locked = True
    assert orders.order_of(bpy.context.scene).params["seed"] == order.params["seed"]
    bpy.ops.img3d.new_seed(group="stability_spar3d", setting="seed")
    assert settings.stability_spar3d.seed_locked
    assert str(orders.order_of(bpy.context.scene).params["seed"]) == settings.stability_spar3d.seed


def test_a_new_seed_does_not_make_a_price_another_one(settings):
    settings.provider = "stability_spar3d"
    before = orders._price_topic(settings)
    orders.order_of(bpy.context.scene)
    assert orders._price_topic(settings) == before


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name} {path.stem}")
def test_a_shipped_preset_loads_and_its_values_go_together(settings, path):
    name = path.parent.name
    settings.provider = name
    group = getattr(settings, name)
    before = {param.name: getattr(group, param.name) for param in PROVIDERS[name].params}
    bpy.ops.script.execute_preset(filepath=str(path), menu_idname=presets.panel_of(PROVIDERS[name]))
    written = [line.split(" = ")[0] for line in path.read_text().splitlines() if line.startswith("settings.")]
    params = {param.name: param for param in PROVIDERS[name].params}
    for one in written:
        param = params[one.removeprefix("settings.")]
        assert presets.in_presets(param)
    orders.params_of(settings)
    changed = {name for name, value in before.items() if getattr(group, name) != value}
    assert changed <= {one.removeprefix("settings.") for one in written}
    assert changed or path.stem in ("Balanced", "Draft"), "a preset that changes nothing"


def test_a_provider_with_presets_has_a_draft_a_balanced_and_a_best_one():
    """One that is added in one file has none yet."""
    for name in {path.parent.name for path in SHIPPED}:
        found = {path.stem for path in SHIPPED if path.parent.name == name}
        assert {"Draft", "Balanced", "Best"} <= found, name


def test_an_own_preset_is_kept_loaded_and_removed(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(bpy.utils, "user_resource", lambda kind, path="", create=False: _made(tmp_path / path))
    monkeypatch.setattr(bpy.utils, "script_paths", lambda subdir="", **_: [str(tmp_path / subdir)])
    settings.provider = "stability_spar3d"
    settings.stability_spar3d.texture_resolution, settings.stability_spar3d.seed = "512", "5"
    assert bpy.ops.img3d.preset(name="My Own") == {"FINISHED"}
    (path,) = tmp_path.rglob("*.py")
    text = path.read_text()
    assert "seed" not in text
    assert "KEY" not in text.upper()
    bpy.ops.img3d.reset_setting(group="stability_spar3d")
    panel = presets.panel_of(session.providers()["stability_spar3d"])
    bpy.ops.script.execute_preset(filepath=str(path), menu_idname=panel)
    assert settings.stability_spar3d.texture_resolution == "512"
    bpy.ops.img3d.preset(name="My_Own", remove_name=True)
    assert not path.exists()


def _made(path):
    path.mkdir(parents=True, exist_ok=True)
    return str(path)
