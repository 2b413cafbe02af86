# SPDX-License-Identifier: GPL-3.0-or-later
"""A program to be killed: runs jobs of one home folder and prints their events, one JSON object a line.

`--pause before:remote` stops for ever just before that state is written down, `after:remote` just after it;
it then prints "paused".
"""

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from img3d_addon.core.errors import Img3dError
from img3d_addon.core.http.api import FilePart
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.jobs.journal import Journal
from img3d_addon.core.params import Secret
from img3d_addon.core.provider import Provider
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Model, Order, Running, Task
from img3d_addon.providers import load

from ..guard import forbid_network


class Tasks(Provider):
    """The service of tests/servers/tasks.py."""

    name = "tasks"
    label = "Tasks"
    vendor = "TASKS"
    base_url = "http://127.0.0.1:9"
    account = (Secret("key", env="TASKS_API_KEY"),)
    poll_every = 0.01

    def headers(self, account):
        return {"Authorization": f"Bearer {account['key']}"}

    def submit(self, api, picture, params):
        part = FilePart(path=picture.path, filename="input.png", mime=picture.mime)
        return Task(api.post("/submit", files={"image": part}).json["id"])

    def poll(self, api, task):
        answer = api.get(f"/tasks/{task.id}").json
        if answer["status"] == "done":
            return Model(urls=(answer["url"],))
        return Running(answer["progress"])


PROVIDERS = {"tasks": Tasks(), **load()}
for provider in PROVIDERS.values():
    provider.poll_every = 0.01


def say(**values):
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def pause_at(when, state):
    """Stop at a commit of the journal, as a kill might find it."""
    move = Journal.move

    def pausing(self, job_id, to, **changes):
        def stop():
            say(event="paused", job=job_id)
            threading.Event().wait()

        if (when, state) == ("before", to):
            stop()
        job = move(self, job_id, to, **changes)
        if (when, state) == ("after", to):
            stop()
        return job

    Journal.move = pausing


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("command", choices=("generate", "resume", "many"))
    parser.add_argument("what", nargs="+")
    parser.add_argument("--provider", default="tasks")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--pause", default=":")
    given = parser.parse_args()
    forbid_network()
    pause_at(*given.pause.split(":"))
    engine = Engine(Settings(home=given.home, online=True, environ=dict(os.environ)), PROVIDERS)
    try:
        if given.command == "many":
            for name in given.what:
                say(event="queued", job=engine.submit(Order(provider=given.provider, image=Path(name))))
            engine.wait_idle()
            return
        for what in given.what:
            job = what if given.command == "resume" else Order(provider=given.provider, image=Path(what))
            for event in engine.drive(job, again=given.again):
                say(**event.to_json())
    except Img3dError as error:
        say(event="error", kind=error.kind, message=str(error))
    finally:
        engine.close()


if __name__ == "__main__":
    main()
