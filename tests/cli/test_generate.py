# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job through the program: from a picture to every kind of file, offline."""

import json
import signal
import struct

import pytest

from tests.gltf_validator import validate

from .program import DUCK, EXAMPLES, SMALL, finish, kill, run, start, tree, wait_for

KINDS = ("glb", "gltf", "obj", "fbx", "stl", "ply", "usdz", "blend")
PARTS = {"a.gltf": ["a.bin", "a.gltf"], "a.obj": ["a.mtl", "a.obj"]}


def gltf_json(path):
    data = path.read_bytes()
    return json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])


def test_a_glb_is_what_the_provider_delivered(tmp_path, home):
    out = tmp_path / "new" / "duck.glb"
    done = run("generate", DUCK, "--out", out, "--json")
    assert done.status == 0, done
    assert done.kinds[0] == "queued"
    assert done.kinds[-4:] == ["downloaded", "imported", "written", "summary"]
    assert all(event["time"] > 0 and "job" in event for event in done.events)
    (kept,) = home.glob("library/*/offline.glb")
    assert out.read_bytes() == kept.read_bytes()
    written = done.events[-2]
    assert (written["path"], written["faces"]) == (str(out), pytest.approx(20_000, rel=0.1))
    assert written["vertices"] > 1000
    assert written["seconds"] < 30
    assert tree(out.parent) == ["duck.glb"]


@pytest.mark.parametrize("options", [(), ("--quad", "2000", "--size", "2")], ids=["delivered", "quads"])
def test_the_validator_finds_nothing_in_a_glb(tmp_path, options):
    out = tmp_path / "duck.glb"
    assert run("generate", DUCK, *SMALL, *options, "--out", out).status == 0
    issues = validate(out)["issues"]
    assert not issues["numErrors"], issues["messages"]
    assert not issues["numWarnings"], issues["messages"]
    found = gltf_json(out)
    assert found["images"]
    assert "TEXCOORD_0" in found["meshes"][0]["primitives"][0]["attributes"]


@pytest.mark.bpy
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_written_and_nothing_else_beside_it(tmp_path, kind):
    out = tmp_path / "out" / f"a.{kind}"
    done = run("generate", DUCK, *SMALL, "--size", "2", "--out", out, "--json")
    assert done.status == 0, done
    assert done.kinds[-4:] == ["downloaded", "imported", "written", "summary"]
    beside = [name for name in tree(out.parent) if not name.startswith("a_textures/")]
    assert beside == PARTS.get(out.name, [out.name])
    textures = [name for name in tree(out.parent) if name not in beside]
    assert bool(textures) == (kind in ("gltf", "obj"))


@pytest.mark.bpy
def test_no_folder_of_blender_s_is_left_behind(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for words in ((*SMALL, "--out", tmp_path / "a.stl"), ("--out", tmp_path / "no" / "a.png")):
        run("generate", DUCK, *words, env={"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)})
    assert (tmp_path / "a.stl").is_file()
    assert not list(scratch.iterdir())


@pytest.mark.bpy
def test_quads_keep_the_texture_and_the_blend_opens(tmp_path):
    import bpy

    out = tmp_path / "duck.blend"
    done = run("generate", DUCK, *SMALL, "--quad", "1200", "--facing", "-X", "--out", out)
    assert done.status == 0, done
    assert out.read_bytes()[:7] == b"BLENDER"  # not compressed: 4.2 and every tool reads it
    assert str(tmp_path).encode() not in out.read_bytes()
    bpy.ops.wm.open_mainfile(filepath=str(out))
    (item,) = [found for found in bpy.data.objects if found.type == "MESH"]
    sides = [len(face.vertices) for face in item.data.polygons]
    assert len(sides) == pytest.approx(1200, rel=0.15)
    assert sides.count(4) > 0.95 * len(sides)
    assert item.data.uv_layers
    (picture,) = [node.image for node in item.data.materials[0].node_tree.nodes if node.type == "TEX_IMAGE"]
    assert picture.packed_file
    assert picture.size[0] > 0
    corners = [item.matrix_world @ vertex.co for vertex in item.data.vertices]
    wide, deep = (max(at) - min(at) for at in ([c.x for c in corners], [c.y for c in corners]))
    assert wide < deep  # its front, which is wide, looks to -X
    assert open_edges(item) == 0


def open_edges(item):
    import bpy  # noqa: F401 - bmesh exists only once bpy is there

    # isort: split
    import bmesh

    work = bmesh.new()
    work.from_mesh(item.data)
    bmesh.ops.remove_doubles(work, verts=work.verts[:], dist=1e-6)
    found = sum(not edge.is_manifold for edge in work.edges)
    work.free()
    return found


@pytest.mark.bpy
def test_the_delivered_glb_is_watertight(tmp_path):
    import bpy

    out = tmp_path / "duck.glb"
    assert run("generate", DUCK, *SMALL, "--out", out).status == 0
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.import_scene.gltf(filepath=str(out))
    (item,) = [found for found in bpy.data.objects if found.type == "MESH"]
    assert open_edges(item) == 0


@pytest.mark.bpy
def test_modifiers_and_no_texture(tmp_path):
    plain, reduced = tmp_path / "plain.glb", tmp_path / "reduced.glb"
    first = run("generate", DUCK, *SMALL, "--no-texture", "--out", plain, "--json")
    assert "images" not in gltf_json(plain)
    second = run("generate", DUCK, *SMALL, "--decimate", "0.5", "--out", reduced, "--json")
    faces = [done.events[-2]["faces"] for done in (first, second)]
    assert faces[1] == pytest.approx(faces[0] / 2, rel=0.05)
    voxels = run("generate", DUCK, *SMALL, "--remesh-modifier", "--out", tmp_path / "v.stl", "--json")
    assert voxels.events[-2]["faces"] > faces[0]


def test_several_pictures_and_a_folder_go_beside_or_into_a_folder(tmp_path):
    pictures = sorted(EXAMPLES.glob("*.png"))
    done = run("generate", EXAMPLES, *SMALL, "--out", tmp_path / "all", "--format", ".GLB")
    assert done.status == 0, done
    assert tree(tmp_path / "all") == sorted(f"{path.stem}.glb" for path in pictures)
    assert f"{len(pictures)} written, 0 failed" in done.out
    copy = tmp_path / "my duck.png"
    copy.write_bytes(DUCK.read_bytes())
    for _ in range(2):
        assert run("generate", "my duck.png", *SMALL, cwd=tmp_path).status == 0
    assert {"my duck.glb", "my duck_2.glb"} <= {path.name for path in tmp_path.iterdir()}


def test_the_journal_is_listed_and_a_finished_job_is_written_again(tmp_path):
    assert "no jobs" in run("jobs").out
    assert run("generate", DUCK, *SMALL, "--out", tmp_path / "a.glb").status == 0
    (job,) = run("jobs", "--json").events
    assert (job["event"], job["state"], job["provider"]) == ("job", "imported", "offline")
    assert (job["running"], job["resumable"]) == (False, False)
    short = job["job"][:12]
    assert job["job"] in run("jobs").out
    assert "faces" in run("jobs", short).out
    assert "no job" in run("resume").out
    again = run("resume", short, "--out", tmp_path / "b.glb")
    assert again.status == 0, again
    assert (tmp_path / "b.glb").read_bytes() == (tmp_path / "a.glb").read_bytes()
    assert "nothing to stop" in run("cancel", short).out


def test_providers_and_estimate():
    assert "stability_spar3d" in run("providers").out
    assert "texture_resolution" in run("providers", "stability_spar3d").out
    (facts,) = run("providers", "offline", "--json").events
    assert {"name": "depth", "type": "float", "default": 0.8, "min": 0.1, "max": 2.0}.items() <= facts["params"][
        1
    ].items()
    assert "8 credits" in run("estimate", DUCK, DUCK, "--provider", "stability_spar3d").out


@pytest.mark.parametrize("words", [("--help",), ("generate", "--help"), ("resume", "-h")])
def test_help_teaches(words):
    done = run(*words)
    assert done.status == 0
    assert "exit status" in done.out
    assert not done.err


def test_the_bar_moves_only_on_a_terminal(tmp_path):
    done = run("generate", DUCK, *SMALL, "--out", tmp_path / "a.glb")
    assert "\r" not in done.err
    assert "making the model" in done.err


@pytest.mark.kill
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_job_is_kept_and_resumed(tmp_path, number):
    out = tmp_path / "big.glb"
    with (tmp_path / "events").open("w+") as events:
        words = ("generate", DUCK, "-o", "faces=150000", "-o", "texture_size=2048", "--out", out, "--json")
        child = start(*words, stdout=events)
        wait_for(lambda: '"running"' in (tmp_path / "events").read_text())
        kill(child, number)
        done = finish(child)
    assert done.status == 130, done
    first = json.loads((tmp_path / "events").read_text().splitlines()[0])
    assert first["job"] in done.sentence
    assert "resume" in done.sentence
    assert not out.exists()
    resumed = run("resume", "--all")
    assert resumed.status == 0, resumed
    assert out.read_bytes()[:4] == b"glTF"
