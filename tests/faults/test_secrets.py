# SPDX-License-Identifier: GPL-3.0-or-later
"""Every flow with marked keys: they stand in nothing that is written, printed or sent to others than their vendor."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from img3d_addon.core.errors import Img3dError
from img3d_addon.core.helper.process import Process
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.params import Secret
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Order
from img3d_addon.providers import load

from ..cli.program import DUCK, ROOT, finish, wait_for
from ..servers.asking import leaks_of
from ..servers.base import HTML, Reply, VendorServer
from ..servers.glb import glb
from ..servers.modelslab import ModelsLabServer
from ..servers.services import SERVICES
from .marks import KEY, TOKEN, forms, leaks, written
from .world import World

HOSTED = {name: provider for name, provider in load().items() if any(isinstance(i, Secret) for i in provider.account)}
SPAR3D, SCENARIO = "stability_spar3d", "scenario_pixal3d"


class Elsewhere(VendorServer):
    """A host that is not the vendor's; it delivers a model and remembers all that it was sent."""

    name = "elsewhere"

    def reply(self, request):
        return Reply(200, glb(), {"Content-Type": "model/gltf-binary"})

    def leaks(self, secrets):
        sent = [f"{one.target}\n{one.headers}".encode() + one.body for one in self.requests]
        return [leak for data in sent for leak in leaks(data, secrets)]


class Echo(VendorServer):
    """Repeats in its answer all that it was sent: as `mode` says."""

    name = "echo"

    def __init__(self, mode, elsewhere, **options):
        super().__init__(**options)
        self.mode, self.elsewhere = mode, elsewhere

    def reply(self, request):
        said = " ".join([*request.headers.values(), request.body[:3000].decode("latin-1")])
        line = "".join(letter if "!" <= letter <= "~" else " " for letter in said)[:4000]
        moved = f"{self.elsewhere.url}/?key={line.replace(' ', '%20')[:2000]}"
        fields = dict.fromkeys(("message", "id", "status", "error", "detail", "request_id", "task_id", "name"), said)
        return {
            "refused": lambda: Reply.of_json({"message": said, "errors": [said]}, status=401),
            "failed": lambda: Reply.of_json({"error": {"message": said, "code": said}}, status=500),
            "success": lambda: Reply.of_json(fields),
            "success with more": lambda: Reply.of_json({**fields, "job": fields, "data": fields, "output": [said]}),
            "headers": lambda: Reply(400, b"no", {"X-Echo": line, "Retry-After": line, "Content-Type": "text/plain"}),
            "page": lambda: Reply(502, HTML + said.encode(errors="replace"), {"Content-Type": "text/html"}),
            "redirect": lambda: Reply(307, b"", {"Location": moved}),
        }[self.mode]()


MODES = ("refused", "failed", "success", "success with more", "headers", "page", "redirect")


@pytest.fixture
def elsewhere():
    with Elsewhere() as server:
        yield server


def secrets_of(provider):
    return leaks_of(provider, key=KEY)


def engine_of(home, provider, url):
    keys = {item.env: f"{KEY}-{place}" if place else KEY for place, item in enumerate(_secrets(provider))}
    keys = {env: value.replace("-1", "-2") if value != KEY else value for env, value in keys.items()}
    provider = type("Quick", (type(provider),), {"poll_every": 0.01, "read_timeout": 3.0, "deadline": 2.0})()
    environ = {**keys, f"IMG3D_{provider.vendor}_URL": url}
    return Engine(Settings(home=home, online=True, environ=environ), {provider.name: provider})


def _secrets(provider):
    return [item for item in provider.account if isinstance(item, Secret)]


def everything(engine, provider, params):
    """Ask all that can be asked of a service; return what a front may show of it."""
    told = []
    calls = [lambda: engine.check_key(provider.name)]
    if provider.has_balance:
        calls.append(lambda: engine.balance(provider.name))
    calls.append(lambda: engine.estimate(provider.name, params, image=DUCK))
    for call in calls:
        try:
            told.append(repr(call()))
        except Img3dError as error:
            told += [str(error), repr(error), str(error.__dict__)]
    try:
        for event in engine.drive(Order(provider=provider.name, image=DUCK, params=params)):
            told += [json.dumps(event.to_json(), default=str), repr(event)]
    except Img3dError as error:
        told += [str(error), repr(error), str(error.__dict__)]
    for job in engine.jobs():
        told += [repr(job), *(str(value) for name, value in vars(job).items() if name != "model")]
    return "\n".join(told)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", HOSTED)
def test_a_service_that_repeats_what_it_was_sent(name, mode, elsewhere, tmp_path, capfd, caplog, monkeypatch):
    monkeypatch.setattr("img3d_addon.core.jobs.retry.FIRST", 0.01)
    caplog.set_level(logging.DEBUG)
    provider = HOSTED[name]
    with Echo(mode, elsewhere) as server:
        engine = engine_of(tmp_path / "home", provider, server.url)
        try:
            told = everything(engine, provider, SERVICES[name].params if name in SERVICES else {})
        finally:
            engine.close()
        assert any(leaks(str(one.headers).encode() + one.body, secrets_of(provider)) for one in server.requests)
    assert_clean(told, provider, tmp_path, capfd, caplog, elsewhere)


@pytest.mark.parametrize("name", [name for name in HOSTED if name in SERVICES])
def test_a_job_that_goes_well(name, elsewhere, tmp_path, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    provider = HOSTED[name]
    server = SERVICES[name].server()
    server.keys = (KEY,)
    with server:
        if isinstance(server, ModelsLabServer):
            server.play("no_eta")
        engine = engine_of(tmp_path / "home", provider, server.url)
        try:
            told = everything(engine, provider, SERVICES[name].params)
            assert [job.state for job in engine.jobs()] == ["ready"], told
        finally:
            engine.close()
        assert server.complaints == [], "such as a result address that was asked with the key"
    assert_clean(told, provider, tmp_path, capfd, caplog, elsewhere)


def assert_clean(told, provider, folder, capfd, caplog, elsewhere):
    secrets = secrets_of(provider)
    printed = "".join(capfd.readouterr())
    for where, text in (("told", told), ("printed", printed), ("logged", caplog.text)):
        assert leaks(text.encode(errors="replace"), secrets) == [], where
    assert written([folder], secrets) == []
    assert elsewhere.leaks(secrets) == []


# Real programs


class Marked(World):
    """A world whose keys are marked."""

    def __init__(self, provider, folder, **places):
        super().__init__(provider, folder, **places)
        self.secrets = secrets_of(load()[provider])
        if self.server:
            self.server.keys = (KEY,)
            for place, item in enumerate(_secrets(load()[provider])):
                self.environ[item.env] = f"{KEY}-2" if place else KEY
        self.environ["TMPDIR"] = str(folder / "tmp")
        (folder / "tmp").mkdir()
        self.printed = b""

    def run(self, *words, **environ):
        done = super().run(*words, **environ)
        self.printed += (done.out + done.err).encode()
        return done

    def is_clean(self):
        assert leaks(self.printed, self.secrets) == []
        assert written([self.folder], self.secrets, tokens=[TOKEN]) == []


@pytest.fixture
def marked(ground):
    made = []

    def make(provider):
        made.append(Marked(provider, ground))
        return made[-1]

    yield make
    for one in made:
        one.close()


def family(pid):
    """Return the processes below a process, with itself."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="looks into /proc")
@pytest.mark.parametrize("provider", [pytest.param(SPAR3D, marks=pytest.mark.long), SCENARIO])
def test_programs_from_the_order_to_the_file(marked, elsewhere, provider):
    """Good, refused, cancelled, killed and resumed, a batch, questions, another host; and what `ps` shows meanwhile."""
    one = marked(provider)
    seen = []

    def look(_reply):
        for pid in family(os.getpid()) - {os.getpid()}:
            for name in ("cmdline", "environ"):
                try:
                    seen.append((pid, name, Path(f"/proc/{pid}/{name}").read_bytes()))
                except OSError:
                    continue

    one.at("submit", look)
    assert one.generate("--verbose", "--json").status == 0
    assert seen
    assert [pid for pid, name, data in seen if name == "cmdline" and leaks(data, one.secrets)] == []
    with_keys = {pid for pid, name, data in seen if name == "environ" and leaks(data, one.secrets)}
    assert len(with_keys) == 1, "the program has them from its caller"
    child = one.start(*one.generate_words("--verbose"))
    one.at("submit", lambda _reply: os.killpg(child.pid, signal.SIGKILL))
    one.printed += "".join(child.communicate(timeout=60)).encode()
    for words in (
        ("jobs", "--json"),
        ("resume", "--all", "--submit-again"),
        ("balance", provider, "--json"),
        ("estimate", DUCK, "--provider", provider),
        ("batch", DUCK, "--out", one.folder / "batch", "--provider", provider),
        # as a farm's task does
        ("batch", DUCK, DUCK, "--range", "0:1", "--out", one.folder / "farm", "--provider", provider, "--json"),
        ("providers", provider),
    ):
        one.run("--online-mode", *words)
    child = one.start(*one.generate_words("--json"))
    one.at("submit", lambda reply: setattr(reply, "hold", True))
    before = one.submits
    wait_for(lambda: one.submits > before)
    job = next(job["job"] for job in one.jobs() if job["running"])
    one.run("cancel", job)
    one.server.released.set()
    done = finish(child)
    one.printed += (done.out + done.err).encode()
    step = "result" if provider == SCENARIO else "submit"
    one.at(step, lambda _reply: Reply(302, b"", {"Location": f"{elsewhere.url}/model.glb?Signature={TOKEN}"}))
    one.generate("--verbose", "--json")
    assert bool(elsewhere.requests) is (step == "result")
    one.server.keys = ("sk-another",)
    done = one.generate("--verbose", "--json")
    assert done.status == 1
    assert '"kind": "auth"' in done.out
    assert elsewhere.leaks(one.secrets) == []
    assert one.server.complaints == []
    one.is_clean()


def test_helpers_have_no_keys(monkeypatch):
    for provider in HOSTED.values():
        for item in _secrets(provider):
            monkeypatch.setenv(item.env, KEY)
    code = "import json, os, sys; print(json.dumps(dict(os.environ)))"
    child = Process([sys.executable, "-c", code])
    (environ,) = child.messages()
    child.kill()
    assert "PATH" in environ
    assert leaks(json.dumps(environ).encode(), [KEY]) == []


@pytest.mark.bpy
def test_the_sidebar_and_what_it_saves(ground):
    """The key stands in the preferences; no .blend, preset, job, report or temporary file has it."""
    for name in ("home", "resources", "tmp", "blends"):
        (ground / name).mkdir()
    environ = {
        **os.environ,
        "IMG3D_HOME": str(ground / "home"),
        "BLENDER_USER_RESOURCES": str(ground / "resources"),
        "TMPDIR": str(ground / "tmp"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.sidebar", ground / "blends"],
        cwd=ROOT, env=environ, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert {path.name for path in (ground / "blends").iterdir()} == {"a.blend", "b.blend"}
    assert b"reported" in done.stdout
    secrets = secrets_of(HOSTED[SPAR3D])
    assert leaks(done.stdout + done.stderr, secrets) == []
    assert written([ground], secrets) == []


def test_the_search_itself_finds_all_forms(tmp_path):
    for number, form in enumerate(forms(KEY)):
        (tmp_path / f"{number}.txt").write_bytes(b"..." + form + b"...")
    found = written([tmp_path], [KEY])
    assert {path for path, _ in found} == {str(path) for path in tmp_path.iterdir()}
