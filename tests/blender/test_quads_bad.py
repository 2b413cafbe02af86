# SPDX-License-Identifier: GPL-3.0-or-later
"""Some of the hundred bad meshes, one of most kinds; `python -m bench.quads --bad` does them all."""

from __future__ import annotations

import bpy
import pytest

from img3d_addon.blender.quads import QuadSettings, rebuild
from img3d_addon.core.errors import ImportFailed

from .bad_meshes import COUNT, NAMES, bad_mesh, faults
from .meshes import empty_scene
from .quad_scenes import counts, drive

pytestmark = pytest.mark.bpy

REFUSED = {"no area", "one place", "nothing is a number", "no faces"}
SLOW = {"million", "crumbs", "only crumbs", "random corners", "crumpled", "needles", "far away", "shells"}
CHOSEN = [NAMES.index(name) for name in dict.fromkeys(NAMES) if name not in SLOW]


def test_there_are_a_hundred():
    assert len(NAMES) == COUNT


@pytest.mark.parametrize("number", CHOSEN, ids=[NAMES[number] for number in CHOSEN])
def test_a_bad_mesh_ends_well(number):
    empty_scene()
    item, name, _ = bad_mesh(number)
    before = counts()
    steps = rebuild([item], QuadSettings(faces=60, texture=64))
    if name in REFUSED:
        with pytest.raises(ImportFailed, match=r"\.$"):
            drive(steps)
        assert counts() == before
        return
    made = drive(steps)[0]
    assert not faults(made.object)
    assert made.after.faces < 300
    assert counts()["objects"] == before["objects"] + 1
    assert bpy.context.scene.name == "Scene"
