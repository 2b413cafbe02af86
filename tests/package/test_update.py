# SPDX-License-Identifier: GPL-3.0-or-later
"""A newer version over an older one, from a file or a repository: all is kept, nothing of the old one runs."""

import contextlib
import functools
import http.server
import subprocess
import sys
import threading

from tools import repository

from ..servers.scenario import ScenarioServer
from ..servers.services import SERVICES
from .profiles import OLD, version_of

DUCK = "examples/duck.png"
KEY = "sk-MARKED-0123456789"


def test_an_update_keeps_keys_settings_jobs_and_what_is_under_way(profile, archive, old_archive, pytestconfig):
    duck = str(pytestconfig.rootpath / DUCK)
    key = ScenarioServer.keys[0]
    account = {"SCENARIO_SDK_API_KEY": key, "SCENARIO_SDK_API_SECRET": f"{key}-2"}
    with ScenarioServer() as server:
        steps = profile.run(
            ["install", str(old_archive)],
            ["facts"],
            ["set_up", KEY],
            ["generate", duck],
            ["submit", duck, "scenario_pixal3d"],
            ["install", str(archive)],
            ["facts"],
            ["kept"],
            ["jobs"],
            ["save_preferences"],
            IMG3D_SCENARIO_URL=server.url,
            **account,
        )
        _old, before, chosen, _objects, job, enabled, after, kept, jobs, _saved = steps
        assert before["version"] == OLD
        assert before["gone"]
        assert before["home"].startswith(str(profile.resources))
        assert enabled == [True, True]
        assert after["version"] == version_of(archive)
        assert f"img3d/{after['version']} " in after["agent"]
        assert after["gone"] == []
        assert not (profile.resources / "extensions/user_default/img3d/core/leftover.py").exists()
        assert kept == chosen
        assert kept["key"] == KEY
        assert after["home"] == str(profile.data / "img3d")  # taken over from where Blender would delete it
        assert sorted(provider for provider, _state in jobs) == ["offline", "scenario_pixal3d"]
        assert "Traceback" not in profile.log, profile.log
        read, kept, state = profile.run(
            ["load_preferences"], ["kept"], ["finish", job], IMG3D_SCENARIO_URL=server.url, **account
        )
        assert kept["key"] == (KEY if read else "")
        assert state in ("ready", "imported")
        assert len(SERVICES["scenario_pixal3d"].orders(server)) == 1, "it was paid once"


def test_a_repository_on_a_web_server_installs_and_updates(profile, archive, old_archive, tmp_path, pytestconfig):
    site = tmp_path / "site"
    _publish(old_archive, site / "before")
    _publish(archive, site / "now")
    with _served(site) as url:
        _added, _synced, installed, before, _moved, _synced, enabled, after, objects = profile.run(
            ["add_repository", f"{url}/before/index.json"],
            ["sync"],
            ["install_from_repository"],
            ["facts", "own"],
            ["move_repository", f"{url}/now/index.json"],
            ["sync"],
            ["upgrade_all"],
            ["facts", "own"],
            ["generate", str(pytestconfig.rootpath / DUCK), "offline", "own"],
        )
    assert installed == enabled == [True, True]
    assert before["version"] == OLD
    assert after["version"] == version_of(archive)
    assert after["gone"] == []
    assert objects == [["duck", True]]
    assert "Traceback" not in profile.log, profile.log


def _publish(archive, folder):
    """Put a zip on the site as `build.py package` does, with this Blender's own tool."""
    repository.build([archive], folder, _tool)


def _tool(*words):
    code = (
        "import sys, os, bpy; from bl_pkg.bl_extension_cli import cli_extension_handler as do;"
        "status = do(sys.argv[1:]); sys.stdout.flush(); os._exit(status)"
    )
    subprocess.run([sys.executable, "-P", "-c", code, *words], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def _served(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
