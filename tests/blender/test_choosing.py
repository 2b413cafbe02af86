# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of the providers before one is chosen, and how many faces to expect of it."""

import bpy
import pytest

import img3d_addon
from img3d_addon.blender import properties, session
from img3d_addon.blender.expecting import faces_to_expect
from img3d_addon.blender.provider_states import FREE, KEY_MISSING, OFFLINE, READY, is_free, state_of

from .meshes import empty_scene


@pytest.fixture
def settings(home, monkeypatch):
    empty_scene()
    for provider in session.providers().values():
        for item in provider.account:
            monkeypatch.delenv(item.env, raising=False)
    img3d_addon.register()
    yield properties.settings_of(bpy.context.scene)
    bpy.context.preferences.system.use_online_access = False
    img3d_addon.unregister()


def test_a_provider_needs_online_access_and_then_a_key(settings, monkeypatch):
    found = session.providers()
    assert state_of(found["offline"]) is FREE
    assert state_of(found["stability_spar3d"]) is OFFLINE
    assert state_of(found["hunyuan3d_local"]) is OFFLINE
    bpy.context.preferences.system.use_online_access = True
    assert state_of(found["stability_spar3d"]) is KEY_MISSING
    assert state_of(found["hunyuan3d_local"]) is FREE
    monkeypatch.setenv("STABILITY_API_KEY", "sk-1")
    assert state_of(found["stability_spar3d"]) is READY


def test_two_are_free(settings):
    free = {name for name, provider in session.providers().items() if is_free(provider)}
    assert free == {"offline", "hunyuan3d_local"}


@pytest.mark.parametrize(
    ("provider", "own", "after", "words"),
    [
        ("offline", {"faces": 21_234}, {}, "About 21,000 triangles"),
        ("offline", {"faces": 20_000}, {"decimate_by": "ratio", "decimate_ratio": 0.1}, "About 2,000 triangles"),
        ("offline", {"faces": 20_000}, {"decimate_by": "faces", "decimate_faces": 300}, "About 300 triangles"),
        ("offline", {"faces": 1000}, {"decimate_by": "faces", "decimate_faces": 9000}, "About 1,000 triangles"),
        ("offline", {"faces": 20_000}, {"quads": True, "quad_faces": 5000}, "About 5,000 quads"),
        ("offline", {"faces": 20_000}, {"remesh": "voxel"}, ""),
        ("aiml_triposr", {}, {}, ""),
        ("aiml_triposr", {}, {"decimate_by": "faces", "decimate_faces": 900}, "About 900 triangles"),
        ("aiml_triposr", {}, {"decimate_by": "ratio"}, ""),
        ("stability_spar3d", {"remesh": "quad", "target_type": "face", "target_count": 4000}, {}, "About 4,000 quads"),
        ("vtrix_spark3d", {"subdivisionlevel": "low"}, {}, "About 30,000 triangles"),
    ],
)
def test_the_faces_to_expect(settings, provider, own, after, words):
    settings.provider = provider
    for group, values in ((getattr(settings, provider), own), (settings.after, after)):
        for name, value in values.items():
            setattr(group, name, value)
    assert faces_to_expect(settings) == words
