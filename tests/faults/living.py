# SPDX-License-Identifier: GPL-3.0-or-later
"""One Blender that meets fault after fault through the console, and makes an offline object after each kind of them.

`python -m tests.faults.living FOLDER` prints a line of JSON for each fault.
"""

import json
import os
import shutil
import sys
from pathlib import Path

import bpy

import img3d_addon as img3d
from img3d_addon.core.errors import Img3dError

from ..fuzz.importer import odd
from ..guard import forbid_network
from ..servers.base import Reply
from . import test_connection as connection, test_garbage as garbage
from .servers import FaultySpar3d

ROUNDS = ("in_body", "truncated", "odd model 8", "journal gone", "home gone")  # each ends in an offline object
DUCK = Path(__file__).parent.parent.parent / "examples" / "duck.png"


def odd_model(seed):
    return lambda _reply: Reply(200, odd(seed), {"Content-Type": "model/gltf-binary"})


def truncated(reply):
    reply.body = reply.body[: len(reply.body) // 2]
    return reply


def journal_gone(home):
    def remove(_reply):
        for path in home.glob("journal*"):
            path.write_bytes(b"\xff" * 9000)

    return remove


def home_gone(home):
    return lambda _reply: shutil.rmtree(home)


def faults(home):
    """Yield the name of each fault and what the service then does."""
    yield from {how.__name__: how for how in connection.BREAKS}.items()
    for what in (garbage.random_bytes, garbage.bomb, garbage.endless_headers, garbage.wrong_gzip, truncated):
        yield what.__name__, what
    for seed in (1, 8):
        yield f"odd model {seed}", odd_model(seed)
    yield "journal gone", journal_gone(home)
    yield "home gone", home_gone(home)


def main(folder):
    forbid_network()
    home = folder / "home"
    os.environ["IMG3D_HOME"] = str(home)
    bpy.context.preferences.system.use_online_access = True
    with FaultySpar3d() as server:
        os.environ |= {"IMG3D_STABILITY_URL": server.url, "STABILITY_API_KEY": server.keys[0]}
        img3d.register()
        for name, fault in faults(home):
            server.faults["submit"] = fault
            say(name, "hosted", server)
            if name.endswith("gone"):
                img3d.unregister()
                shutil.rmtree(home, ignore_errors=True)
                img3d.register()
            if name in ROUNDS:
                say(name, "offline", server)
        img3d.unregister()


def say(name, provider, server):
    before = server.submits
    try:
        options = {"provider": "offline", "faces": 500, "texture_size": "512"}
        made = img3d.generate(DUCK, **(options if provider == "offline" else {"provider": "stability_spar3d"}))
        outcome = f"{len(made)} objects"
    except Img3dError as error:
        outcome = str(error)
    line = {"fault": name, "provider": provider, "outcome": outcome, "submits": server.submits - before}
    sys.stdout.write("\n@" + json.dumps(line) + "\n")  # Blender may have written half a line
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)
