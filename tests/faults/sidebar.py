# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user does in the sidebar, with marked keys in the preferences: `python -m tests.faults.sidebar FOLDER`."""

import os
import sys
import time
from pathlib import Path

import bpy

import img3d_addon as img3d
from img3d_addon.blender import asking, properties, pump, session

from ..cli.program import DUCK
from ..guard import forbid_network
from ..servers.stability import StabilityServer
from .marks import KEY


def ticked(until):
    """Call `tick` as the timer would."""
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end
        pump.tick()
        time.sleep(0.01)


def generated():
    """Press Generate; what Blender reports is printed."""
    try:
        bpy.ops.img3d.generate()
    except RuntimeError as error:
        print("reported:", error)  # noqa: T201
    ticked(lambda: not pump.busy())


def presets():
    """Press the plus of the presets."""
    try:
        bpy.ops.img3d.preset(name="marked")
    except (TypeError, RuntimeError) as error:
        print("reported:", error)  # noqa: T201


def main(folder, server):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    img3d.register()
    addon = bpy.context.preferences.addons.new()
    addon.module = session.PACKAGE
    own = addon.preferences
    own.stability_api_key = KEY
    own.stability_url = server.url
    bpy.context.preferences.system.use_online_access = True
    settings = properties.settings_of(bpy.context.scene)
    settings.picture = bpy.data.images.load(str(DUCK))
    settings.provider = "stability_spar3d"
    service = {"provider": "stability_spar3d"}
    for ask, more in ((bpy.ops.img3d.test_key, service), (bpy.ops.img3d.ask_balance, service)):
        ask(**more)
        ticked(lambda: not asking.waiting())
    generated()
    assert [item for item in bpy.data.objects if item.get("img3d_job")], "no object was made"
    for scene in ("echo_key", "unauthorized", "html", "truncated"):
        server.play(scene)
        generated()
    presets()
    bpy.ops.file.pack_all()
    for name, more in (("a.blend", {}), ("b.blend", {"copy": True})):
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / name), compress=False, **more)
    print(session.engine().view(), session.engine().jobs())  # noqa: T201
    assert any(KEY in request.headers.get("authorization", "") for request in server.requests)
    img3d.unregister()


if __name__ == "__main__":
    forbid_network()
    with StabilityServer() as served:
        served.keys = (KEY,)
        main(Path(sys.argv[1]), served)
    sys.stdout.flush()
    os._exit(0)
