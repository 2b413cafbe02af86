# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md: its Python example runs as it stands there, but for the picture's path."""

import re
import sys
import types

import bpy

import img3d_addon
from img3d_addon.blender import session
from tests.servers.scenario import ScenarioServer
from tests.servers.stability import SPAR3D, StabilityServer
from tools import docs

from .meshes import empty_scene
from .test_console_page import DUCK


def test_the_example_runs(monkeypatch):
    code = re.findall(r"^```python\n(.*?)^```$", docs.README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(code) == 1
    extension = types.ModuleType("bl_ext.user_default")  # where an installed extension is found
    extension.img3d = img3d_addon
    monkeypatch.setitem(sys.modules, "bl_ext.user_default", extension)
    monkeypatch.setattr(bpy.context.preferences.system, "use_online_access", True)
    empty_scene()
    names: dict = {}
    with StabilityServer() as stability, ScenarioServer() as scenario:
        monkeypatch.setenv("IMG3D_STABILITY_URL", stability.url)
        monkeypatch.setenv("STABILITY_API_KEY", stability.keys[0])
        monkeypatch.setenv("IMG3D_SCENARIO_URL", scenario.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", scenario.keys[0])
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{scenario.keys[0]}-2")
        try:
            exec(code[0].replace("/path/to/photo.png", DUCK.as_posix()), names)
            assert names["job"].wait(timeout=120)
        finally:
            session.close()
        assert not stability.complaints
        assert not scenario.complaints
        assert len(stability.seen("POST", SPAR3D)) == 1
        assert not scenario.jobs, "an estimate makes nothing"
    assert names["objects"][0].name in bpy.data.objects
    assert names["price"].amount > 0
