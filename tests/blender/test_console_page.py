# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/console.md: every example runs as it stands there, one after the other."""

import shutil
from pathlib import Path

import bpy
import pytest

from img3d_addon.blender import session
from tests.console_page import PAGE, examples
from tests.servers.scenario import ScenarioServer
from tests.servers.stability import SPAR3D, StabilityServer

from .meshes import empty_scene

DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"
STL = "solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n"


@pytest.fixture
def services(monkeypatch):
    """Play Stability and Scenario, as the user's environment names them."""
    with StabilityServer() as stability, ScenarioServer() as scenario:
        monkeypatch.setenv("IMG3D_STABILITY_URL", stability.url)
        monkeypatch.setenv("STABILITY_API_KEY", stability.keys[0])
        monkeypatch.setenv("IMG3D_SCENARIO_URL", scenario.url)
        monkeypatch.setenv("SCENARIO_SDK_API_KEY", scenario.keys[0])
        monkeypatch.setenv("SCENARIO_SDK_API_SECRET", f"{scenario.keys[0]}-2")
        yield stability, scenario
        assert not stability.complaints
        assert not scenario.complaints


def test_the_examples_run(services, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(DUCK, "chair.png")
    Path("bracket.stl").write_text(STL, encoding="utf-8")
    empty_scene()
    found = examples()
    assert len(found) > 8
    names: dict = {}
    try:
        for line, code in found:
            exec(compile("\n" * (line - 1) + code, str(PAGE), "exec"), names)
    finally:
        session.close()
        bpy.context.preferences.system.use_online_access = False
    assert len(services[0].seen("POST", SPAR3D)) == 1
    assert len(services[1].jobs) == 1
    assert max(names["other"].dimensions) == pytest.approx(0.25)
    assert [modifier.type for modifier in names["seat"].modifiers] == ["REMESH", "NODES"]
    assert (names["warning"], names["count"]) == ("", 1)
    out = capsys.readouterr().out
    assert "4 credits (0.04 USD)" in out
    assert "A quad remesh makes the mesh anew" in out
