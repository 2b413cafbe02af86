# SPDX-License-Identifier: GPL-3.0-or-later
"""Each operator beside the function that does the same: same parameters, same outcome."""

import inspect
from pathlib import Path

import bpy
import numpy as np
import pytest

import img3d_addon as img3d
from img3d_addon.blender import console, orders, properties, pump, session
from img3d_addon.blender.after import check
from img3d_addon.blender.importing.used import images_of
from img3d_addon.blender.seeds import is_seed, lock_name
from img3d_addon.core.jobs.checks import check_params
from img3d_addon.core.params import File
from img3d_addon.providers import load
from tests.servers.scenario import ScenarioServer

from .meshes import empty_scene, projected_blob

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"
SMALL = {"faces": 2000, "texture_size": 512}
SERVICE = "scenario_pixal3d"
# Buttons that have no function beside them: a script has its own pictures, lists, folders, settings and loops.
_PICTURES = {"check_picture", "drop_pictures", "open_pictures", "paste_picture", "repair_picture", "stop_picture"}
_PICTURES |= {f"picture_from_{place}" for place in ("editor", "empty", "render", "viewport")} | {"take_picture"}
_JOBS = {"copy_error", "open_folder", "refresh_jobs", "reload_settings", "remove_job", "select_objects", "stop_quads"}
_SEVERAL = {"compare", "generate_several", "gallery_page", "offer_assets", "place_result", "stop_waiting", "try_again"}
_SETTINGS = {"new_seed", "notice", "preset", "reset_setting", "show_tab"}
INTERFACE_ONLY = _PICTURES | _JOBS | _SEVERAL | _SETTINGS


@pytest.fixture(autouse=True)
def settings(home):
    empty_scene()
    img3d.register()
    found = properties.settings_of(bpy.context.scene)
    found.picture = bpy.data.images.load(str(DUCK))
    found.offline.faces, found.offline.texture_size = SMALL["faces"], str(SMALL["texture_size"])
    yield found
    bpy.context.preferences.system.use_online_access = False
    img3d.unregister()


@pytest.fixture
def server(monkeypatch):
    with ScenarioServer() as made:
        monkeypatch.setenv("IMG3D_SCENARIO_URL", made.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", made.keys[0])
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{made.keys[0]}-2")
        bpy.context.preferences.system.use_online_access = True
        yield made


def said(capfd):
    """Return what operators reported: without a window, Blender prints it."""
    return [line.removeprefix("Info: ") for line in capfd.readouterr().out.splitlines() if line.startswith("Info: ")]


def shape(item):
    """Return what makes a mesh: corners, texture coordinates, place."""
    corners = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", corners)
    uv = np.empty(len(item.data.loops) * 2, np.float32)
    item.data.uv_layers[0].uv.foreach_get("vector", uv)
    return corners, uv, np.array(item.matrix_basis)


def same(one, other):
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(shape(one), shape(other), strict=True))


def two_blobs():
    """Return one and its copy: two new ones may have their corners in another order, in 5.2."""
    first = projected_blob(16)
    second = first.copy()
    second.data = first.data.copy()
    bpy.context.collection.objects.link(second)
    return [first, second]


def broken_off():
    """Return a job that can be resumed."""
    events = session.engine().drive(console._order(DUCK, "offline", name="", account=None, after=None, options=SMALL))
    job = next(event.job for event in events if event.kind == "submitted")
    events.close()
    return job


def test_every_operator_stands_here():
    compared = {"generate", "cancel", "resume", "import_result", "test_key", "ask_price"}
    compared |= {"ask_balance", "restore_texture", "full_textures", "quad_remesh"}
    assert set(dir(bpy.ops.img3d)) == compared | INTERFACE_ONLY


@pytest.mark.parametrize("name", load())
def test_generate_takes_the_same_parameters_with_the_same_defaults(settings, name):
    settings.provider = name
    settings.offline.property_unset("faces")
    settings.offline.property_unset("texture_size")
    provider = load()[name]
    seeds = [param for param in provider.params if is_seed(param)]
    for param in seeds:  # unlocked, the sidebar draws a new one for each job
        setattr(getattr(settings, name), lock_name(param), True)
    ours = console._order(settings.picture, name, name="", account=None, after=None, options={})
    theirs = orders.order_of(bpy.context.scene)
    for order in (ours, theirs):
        assert check_params(order.params, provider) == check_params({}, provider)
        assert check(order.after) == check({})
    assert (ours.provider, ours.image, ours.name) == (theirs.provider, theirs.image, theirs.name)
    group = getattr(settings, name).bl_rna.properties
    assert {one.name for one in provider.params if not isinstance(one, File)} <= set(group.keys())


def test_generate_and_its_refusal(settings, server):
    (ours,) = img3d.generate(DUCK, **SMALL)
    assert bpy.ops.img3d.generate() == {"FINISHED"}
    assert same(ours, bpy.context.view_layer.objects.active)
    settings.provider = SERVICE
    server.play("no_units")
    with pytest.raises(img3d.Img3dError) as refused:
        img3d.generate(DUCK, SERVICE)
    with pytest.raises(RuntimeError) as reported:
        bpy.ops.img3d.generate()
    assert str(refused.value) in str(reported.value)


def test_cancel(server, capfd):
    server.play("cancellable")
    ours, theirs = (img3d.submit(DUCK, SERVICE) for _ in range(2))
    while not all(server.seen("GET", f"/v1/jobs/job_{number}") for number in (1, 2)):
        assert ours.wait(timeout=0.05) is False
    answer = ours.cancel()
    assert bpy.ops.img3d.cancel(job=theirs.id) == {"FINISHED"}
    assert session.engine().wait_idle(30)
    assert ours.state == theirs.state == "cancelled"
    assert answer == theirs.facts.message  # the button does not wait for the service's own answer
    assert said(capfd)
    assert [job.canceled for job in server.jobs.values()] == [True, True]


def test_resume():
    ours, theirs = broken_off(), broken_off()
    assert img3d.job(ours).resume().wait(60)
    assert bpy.ops.img3d.resume(job=theirs) == {"FINISHED"}
    assert img3d.job(theirs).wait(60)
    assert img3d.job(ours).facts.sha256 == img3d.job(theirs).facts.sha256
    pump.tick()
    assert [item["img3d_job"] for item in bpy.data.objects] == [theirs]  # the button was pressed for the object, too


def test_import_result(settings):
    job = img3d.submit(DUCK, size=2, **SMALL)
    assert job.wait(60)
    (ours,) = img3d.import_result(job)
    assert bpy.ops.img3d.import_result(job=job.id) == {"FINISHED"}
    assert same(ours, bpy.context.view_layer.objects.active)
    settings.after.size = 3.0
    (ours,) = img3d.import_result(job, size=3)
    assert bpy.ops.img3d.import_result(job=job.id, as_set=True) == {"FINISHED"}
    assert same(ours, bpy.context.view_layer.objects.active)


def test_test_key(server, capfd):
    assert bpy.ops.img3d.test_key(provider=SERVICE) == {"FINISHED"}
    assert said(capfd)[0].startswith(f"{img3d.check_key(SERVICE)} Left: {img3d.balance(SERVICE)}")


def test_ask_balance(server, capfd):
    assert bpy.ops.img3d.ask_balance(provider=SERVICE) == {"FINISHED"}
    assert str(img3d.balance(SERVICE)) in said(capfd)[0]


def test_ask_price(settings, server, capfd):
    settings.provider = SERVICE
    assert bpy.ops.img3d.ask_price() == {"FINISHED"}
    assert str(img3d.estimate(DUCK, SERVICE)) in said(capfd)[0]


def test_restore_texture():
    made = two_blobs()
    before = shape(made[0])[1]
    for item in made:
        item.data.uv_layers[0].uv.foreach_set("vector", np.zeros(2 * len(item.data.loops), np.float32))
        item.select_set(item == made[1])
    img3d.restore_texture(made[0])
    assert bpy.ops.img3d.restore_texture() == {"FINISHED"}
    assert same(*made)
    assert np.array_equal(shape(made[0])[1], before)


def test_full_textures():
    options = {"texture_limit": "1024", "reuse": False}
    job = img3d.submit(DUCK, faces=2000, texture_size=2048)
    assert job.wait(60)
    (ours,), (theirs,) = (img3d.import_result(job, **options) for _ in range(2))
    assert max(sizes(ours)) == max(sizes(theirs)) == 1024
    assert img3d.full_textures(ours) == 1
    for item in (ours, theirs):
        item.select_set(item == theirs)
    assert bpy.ops.img3d.full_textures() == {"FINISHED"}
    assert sizes(ours) == sizes(theirs)
    assert max(sizes(ours)) > 1024


def sizes(item):
    """Return the longest sides of the textures of an object."""
    return [max(image.size) for image in images_of([item])]


def test_quad_remesh():
    signature = inspect.signature(img3d.quad_remesh)
    defaults = {name: one.default for name, one in signature.parameters.items() if name != "item"}
    declared = bpy.ops.img3d.quad_remesh.get_rna_type().properties
    assert {name: type(value)(declared[name].default) for name, value in defaults.items()} == defaults
    made = two_blobs()
    ours = img3d.quad_remesh(made[0], 200, keep_original=False)
    for item in bpy.context.view_layer.objects:
        item.select_set(item == made[1])
    bpy.context.view_layer.objects.active = made[1]
    assert bpy.ops.img3d.quad_remesh(faces=200, keep_original=False) == {"FINISHED"}
    theirs = bpy.context.view_layer.objects.active
    assert [len(item.data.polygons) for item in (ours, theirs)] == [len(ours.data.polygons)] * 2
    assert len(bpy.context.scene.objects) == 2
