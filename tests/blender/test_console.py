# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions for scripts, and that an operator does the same as they do."""

from pathlib import Path

import bpy
import numpy as np
import pytest

import img3d_addon as img3d
from img3d_addon.blender import console, keywords, properties, session
from img3d_addon.blender.after import AFTER, check
from img3d_addon.core.errors import AuthError, BadInput, Cancelled, CreditsError, ImportFailed, KeyMissing, Offline
from img3d_addon.core.params import Bool
from img3d_addon.providers import load
from tests.servers.scenario import ScenarioServer
from tests.servers.stability import SPAR3D, StabilityServer

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"
SMALL = {"faces": 2000, "texture_size": 512}


@pytest.fixture(autouse=True)
def scene():
    empty_scene()
    yield
    bpy.context.preferences.system.use_online_access = False
    session.close()


@pytest.fixture
def server(monkeypatch):
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", made.keys[0])
        bpy.context.preferences.system.use_online_access = True
        yield made


def shape(item):
    """Return what makes a mesh: corners, faces, texture coordinates, place."""
    mesh = item.data
    corners = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", corners)
    uv = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers[0].uv.foreach_get("vector", uv)
    return corners, [tuple(face.vertices) for face in mesh.polygons], uv, np.array(item.matrix_basis)


def test_the_names_of_arguments_are_no_provider_s_parameters():
    for provider in load().values():
        names = {param.name for param in provider.params}
        assert not names & {"image", "provider", "name", "account", "after"}, provider.name


@pytest.mark.parametrize("provider", load())
def test_every_parameter_is_a_keyword_also_one_that_is_called_like_an_option_of_ours(provider):
    declared = {param.name: param.default for param in load()[provider].params}
    params, ours = console._split({**declared, "size": 2}, provider)
    assert (params, ours) == (declared, {"size": 2})


def test_an_option_of_ours_can_be_told_from_a_parameter_of_the_same_name(monkeypatch):
    monkeypatch.setattr(load()["offline"].__class__, "params", (*load()["offline"].params, Bool("texture", True)))
    order = console._order(
        DUCK, "offline", name="", account=None, after={"texture": False}, options={"texture": True, "depth": 1}
    )
    assert order.params == {"texture": True, "depth": 1}
    assert order.after["texture"] is False
    with pytest.raises(BadInput, match="depth"):
        img3d.submit(DUCK, after={"depth": 1})


def test_every_option_after_the_download_has_a_keyword():
    assert sorted(keywords.KEYWORDS.values()) == sorted(param.name for param in AFTER)


def test_generate_returns_the_new_objects():
    bpy.context.scene.cursor.location = (1, 2, 3)
    (item,) = img3d.generate(DUCK, size=2, **SMALL)
    assert item.name == "duck"
    assert item["img3d_provider"] == "offline"
    bpy.context.view_layer.update()
    assert max(item.dimensions) == pytest.approx(2.0, abs=1e-4)
    assert tuple(item.location) == pytest.approx((1, 2, 3), abs=1e-4)
    (job,) = img3d.jobs()
    assert (job.id, job.state, job.progress, job.error) == (item["img3d_job"], "imported", 1.0, None)


def test_the_operator_makes_the_same_object():
    (ours,) = img3d.generate(str(DUCK), size=1.5, facing="+X", decimate=0.5, shading="flat", **SMALL)
    img3d.register()
    try:
        settings = properties.settings_of(bpy.context.scene)
        settings.picture = bpy.data.images.load(str(DUCK))
        settings.offline.faces, settings.offline.texture_size = SMALL["faces"], str(SMALL["texture_size"])
        settings.after.size, settings.after.facing, settings.after.shading = 1.5, "+X", "flat"
        settings.after.decimate_by, settings.after.decimate_ratio = "ratio", 0.5
        assert bpy.ops.img3d.generate() == {"FINISHED"}
        theirs = bpy.context.view_layer.objects.active
        assert theirs != ours
        for one, other in zip(shape(ours), shape(theirs), strict=True):
            assert np.array_equal(one, other)
        jobs = [session.engine().job(item["img3d_job"]) for item in (ours, theirs)]
        assert jobs[0].params == jobs[1].params
        assert jobs[0].after == check(jobs[1].after)
        assert [item.modifiers[0].ratio for item in (ours, theirs)] == [0.5, 0.5]
    finally:
        img3d.unregister()


def test_a_picture_of_the_blend_and_quads():
    image = bpy.data.images.load(str(DUCK))
    image.pack()
    (item,) = img3d.generate(image, name="bath duck", quad=600, **SMALL)
    assert item.name == "bath duck"
    assert len(item.data.polygons) == pytest.approx(600, rel=0.2)


def test_submit_returns_at_once_and_the_result_is_imported_when_asked_for():
    job = img3d.submit(DUCK, **SMALL)
    assert job.wait(timeout=60)
    assert job.path.is_file()
    assert not bpy.data.objects
    (item,) = job.import_result(remesh_modifier="voxel", size=3)
    assert [modifier.type for modifier in item.modifiers] == ["REMESH", "NODES"]
    assert img3d.job(job.id[:12]).state == "imported"
    with pytest.raises(BadInput, match="depth"):
        job.import_result(depth=1)


def test_a_vendor_s_remesh_is_the_vendor_s(server):
    (item,) = img3d.generate(DUCK, provider="stability_spar3d", remesh="quad", remesh_modifier="blocks")
    (request,) = server.seen("POST", SPAR3D)
    assert request.form()[0]["remesh"] == "quad"
    assert [modifier.mode for modifier in item.modifiers] == ["BLOCKS"]
    assert img3d.balance("stability_spar3d").amount == 408.5


def test_errors_are_the_package_s_own(server, monkeypatch):
    server.play("payment_required")
    with pytest.raises(CreditsError):
        img3d.generate(DUCK, provider="stability_spar3d")
    job = img3d.submit(DUCK, provider="stability_spar3d")
    with pytest.raises(CreditsError, match="credits"):
        job.wait(60)
    assert isinstance(job.error, CreditsError)
    with pytest.raises(BadInput, match="no result"):
        job.import_result()
    monkeypatch.delenv("STABILITY_API_KEY")
    with pytest.raises(KeyMissing):
        img3d.submit(DUCK, provider="stability_spar3d")
    bpy.context.preferences.system.use_online_access = False
    with pytest.raises(Offline):
        img3d.generate(DUCK, provider="stability_spar3d", account={"key": "sk-x"})
    assert not bpy.data.objects


def test_a_cancelled_job_says_so(server):
    server.play("hold")
    job = img3d.submit(DUCK, provider="stability_spar3d")
    assert job.wait(timeout=0.2) is False
    assert job.cancel()
    with pytest.raises(img3d.Img3dError):
        job.wait(30)
    assert job.state in ("cancelled", "uncertain")
    assert job.state == "uncertain" or isinstance(job.error, Cancelled)


def test_a_cancel_returns_what_the_service_answers(monkeypatch):
    with ScenarioServer() as made:
        made.play("cancellable")
        monkeypatch.setenv("IMG3D_SCENARIO_URL", made.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", made.keys[0])
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{made.keys[0]}-2")
        bpy.context.preferences.system.use_online_access = True
        job = img3d.submit(DUCK, provider="scenario_pixal3d")
        while not made.seen("GET", "/v1/jobs/job_1"):
            assert job.wait(timeout=0.05) is False
        made.delay = 0.5
        assert "stops the job" in job.cancel()
        session.close()
        assert made.jobs["job_1"].canceled
        assert not made.complaints


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"quad": 500, "decimate": 0.5}, "quad remesh"),
        ({"remesh_modifier": "soft"}, "remesh"),
        ({"detph": 1}, "depth"),
        ({"provider": "oflline"}, "offline"),
        ({"image": "/nowhere/a.png"}, "a.png"),
    ],
)
def test_what_cannot_work_is_refused_first(options, words):
    with pytest.raises(BadInput, match=words):
        img3d.generate(**{"image": DUCK, **options})
    assert not img3d.jobs()


def test_what_a_job_costs():
    assert img3d.estimate().amount == 0
    assert img3d.estimate(DUCK, "stability_spar3d", remesh="quad", quad=0).amount == 4
    with pytest.raises(BadInput, match=r"a\.png"):
        img3d.estimate("/nowhere/a.png", provider="stability_spar3d")


def test_a_price_that_is_asked_with_a_picture_of_the_blend(server, monkeypatch):
    with ScenarioServer() as scenario:
        monkeypatch.setenv("IMG3D_SCENARIO_URL", scenario.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", scenario.keys[0])
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{scenario.keys[0]}-2")
        image = bpy.data.images.load(str(DUCK))
        image.pack()
        assert img3d.estimate(image, "scenario_pixal3d", seed=7).amount == 60
        with pytest.raises(BadInput):
            img3d.estimate(provider="scenario_pixal3d")
        assert "works" in img3d.check_key("scenario_pixal3d")
        assert img3d.balance("scenario_pixal3d").amount == 412
        assert not scenario.complaints
        assert not scenario.jobs
    assert not img3d.jobs()


def test_the_key_is_tested(server, monkeypatch):
    assert "works" in img3d.check_key("stability_spar3d")
    monkeypatch.setenv("STABILITY_API_KEY", "sk-wrong")
    with pytest.raises(AuthError, match="key"):
        img3d.check_key("stability_spar3d")
    with pytest.raises(BadInput, match="no key"):
        img3d.check_key("offline")


def test_a_job_s_result_is_imported_by_its_id_too():
    job = img3d.submit(DUCK, **SMALL)
    assert job.wait(timeout=60)
    made = [item for source in (job, job.id, job.id[:12]) for item in img3d.import_result(source, size=3)]
    assert {item["img3d_job"] for item in made} == {job.id}
    assert len(made) == 3
    assert job.state == "imported"
    with pytest.raises(BadInput, match="There is no job"):
        img3d.import_result("nothing")


def test_a_model_file_of_one_s_own_is_imported(tmp_path):
    file = tmp_path / "bracket v2.obj"
    file.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    for source in (file, str(file)):
        (item,) = img3d.import_result(source, size=2, location="origin", remesh_modifier="blocks")
        assert item.name.startswith("bracket v2")
        assert [modifier.mode for modifier in item.modifiers] == ["BLOCKS"]
    assert not img3d.jobs()


@pytest.mark.parametrize(
    ("content", "options", "error", "words"),
    [
        (None, {}, BadInput, "There is no model file"),
        (b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", {"depth": 1}, BadInput, "depth"),
        (b"v 0 0 0\nv 0 0 0\nv 0 1 0\nf 1 2 3\n", {"quad": 100}, ImportFailed, "no area"),
        (b"<html>nothing here</html>", {}, ImportFailed, "'html'.* Look at the file"),
        (b"glTF\2\0\0\0", {}, ImportFailed, "cut short.* Look at the file"),
    ],
)
def test_a_model_file_that_cannot_be_imported_leaves_nothing(tmp_path, content, options, error, words):
    file = tmp_path / "a.obj"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(error, match=words):
        img3d.import_result(file, **options)
    assert not bpy.data.objects


def test_the_services_tell_what_they_take():
    found = img3d.providers()
    assert list(found) == list(load())
    assert next(iter(found)) == "offline"
    assert {param.name for param in found["offline"].params} >= {"mode", "depth"}


def test_every_public_name_is_there():
    for name in img3d.__all__:
        assert callable(getattr(img3d, name)) or name == "errors", name
    for name in img3d.errors.__all__:
        assert getattr(img3d, name) is getattr(img3d.errors, name)
    assert set(img3d.__all__) | set(img3d.errors.__all__) <= set(dir(img3d))
    with pytest.raises(AttributeError, match="genrate"):
        img3d.genrate  # noqa: B018
