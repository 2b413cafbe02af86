# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask Vtrix spark_3d for models, for the tests of it."""

import json

from img3d_addon.core.params import check_all
from img3d_addon.core.values import Model, Task
from img3d_addon.providers.vtrix_spark3d import VtrixSpark3D
from tests.servers.asking import KEY, asking, picture
from tests.servers.vtrix import CREATE

VTRIX = VtrixSpark3D()


def submit(server, folder, *, key=KEY, image=None, account=None, **params):
    with asking(server.url, folder, provider=VTRIX, key=key, account=account) as api:
        return VTRIX.submit(api, image or picture(folder / "own"), check_all(VTRIX.params, params))


def follow(server, folder, task, *, account=None, most=20):
    """Poll to the end; return the states on the way and the model."""
    states = []
    with asking(server.url, folder, provider=VTRIX, account=account) as api:
        for _ in range(most):
            state = VTRIX.poll(api, Task(**json.loads(json.dumps(vars(task)))))
            if isinstance(state, Model):
                return states, state
            states.append(state)
    raise AssertionError(f"no end: {states}")


def made(server, folder, **params):
    return follow(server, folder, submit(server, folder, **params))[1]


def bodies(server):
    return [request.json for request in server.seen("POST", CREATE)]
