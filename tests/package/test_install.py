# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip in a clean Blender: installed, enabled, an object without a key, one from a service, and after a restart."""

import subprocess
import sys

from ..servers.stability import StabilityServer
from .profiles import archives, version_of

DUCK = "examples/duck.png"


def test_it_is_enabled_and_works_from_its_own_place(profile, archive, pytestconfig):
    duck = str(pytestconfig.rootpath / DUCK)
    with StabilityServer() as server:
        enabled, offline, hosted, jobs, _saved, facts, traces = profile.run(
            ["install", str(archive)],
            ["generate", duck],
            ["generate", duck, "stability_spar3d"],
            ["jobs"],
            ["save_preferences"],
            ["facts"],
            ["traces"],
            IMG3D_STABILITY_URL=server.url,
            STABILITY_API_KEY=server.keys[0],
        )
    assert enabled == [True, True]
    assert offline == [["duck", True]]
    assert [has_faces for _name, has_faces in hosted] == [True]
    assert sorted(jobs) == [["offline", "imported"], ["stability_spar3d", "imported"]]
    assert server.complaints == []
    assert facts["version"] == version_of(archive)
    assert f"img3d/{facts['version']} " in facts["agent"]
    assert not facts["tree"]
    outside = [path for path in facts["files"] if not path.startswith(str(profile.resources))]
    assert outside == []
    assert facts["pillow"].startswith(str(profile.resources))
    assert facts["home"] == str(profile.data / "img3d")
    assert "Traceback" not in profile.log, profile.log
    # these are what the test of the removal looks for
    assert {"img3d"} < set(traces["modules"]) | {"img3d"}
    assert traces["scene"]
    assert traces["operators"]
    assert traces["classes"]
    # and the same when Blender starts anew
    _read, again, jobs = profile.run(["load_preferences"], ["enabled"], ["jobs"])
    assert again == [True, True]
    assert len(jobs) == 2
    assert "Traceback" not in profile.log, profile.log


def test_blenders_own_tool_of_this_version_finds_nothing_wrong():
    code = (
        "import sys, os, bpy; from bl_pkg.bl_extension_cli import cli_extension_handler as do;"
        "status = max(do(['validate', path]) for path in sys.argv[1:]); sys.stdout.flush(); os._exit(status)"
    )
    line = [sys.executable, "-P", "-c", code, *map(str, archives().values())]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Success parsing TOML") == len(archives())
