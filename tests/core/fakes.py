# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers without a service, whose steps a test lets happen one by one."""

import threading
from pathlib import Path

from img3d_addon.core.params import Int
from img3d_addon.core.provider import Provider
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Model, Order, Price, Running, Task

from .glb import triangle

LIMIT = 20  # seconds after which a test that hangs fails


def settings(home, **values):
    return Settings(**{"home": home, "online": True, "environ": {}, **values})


def a_picture(folder: Path, name="chair.png"):
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (16, 16, 48, 48))
    image.save(folder / name)
    return folder / name


def an_order(folder: Path, provider="remote", **values):
    return Order(provider=provider, image=a_picture(folder), **values)


class Remote(Provider):
    """A service with tasks: `submit` and `poll` wait for `let_submit` and `let_finish`; what it saw is counted."""

    name = "remote"
    label = "Remote"
    base_url = "https://remote.invalid"
    params = (Int("seed", 1, min=0, max=9),)
    poll_every = 0.01
    cancellable = True

    def __init__(self):
        self.let_submit, self.let_finish = threading.Event(), threading.Event()
        self.let_submit.set()
        self.in_submit, self.in_poll = threading.Event(), threading.Event()
        self.submits, self.cancels = [], []
        self.submit_error = self.poll_error = None

    def submit(self, api, picture, params):
        self.submits.append((picture, dict(params)))
        self.in_submit.set()
        self._wait(api, self.let_submit)
        if self.submit_error:
            raise self.submit_error
        return Task(f"t{len(self.submits)}")

    def poll(self, api, task):
        self.in_poll.set()
        if self.poll_error:
            raise self.poll_error
        if not self.let_finish.is_set():
            return Running(0.5, "baking", eta=3.0)
        return self.model(api)

    def model(self, api):
        path = api.folder / "made.glb"
        path.write_bytes(triangle())
        return Model(path=path, cost=Price(amount=4, unit="credits"), seed=7)

    def cancel(self, api, task):
        self.cancels.append(task.id)
        return "Remote stopped it; nothing is charged."

    @staticmethod
    def _wait(api, event):
        while not event.wait(0.01):
            api.check()


class Sync(Remote):
    """A service that answers the submit with the model."""

    name = "sync"
    label = "Sync"
    sync = True
    cancellable = False

    def submit(self, api, picture, params):
        super().submit(api, picture, params)
        return self.model(api)


class Local(Sync):
    """A generator on this computer."""

    name = "local"
    label = "Local"
    base_url = ""
    repeatable = True
