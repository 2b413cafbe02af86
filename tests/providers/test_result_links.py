# SPDX-License-Identifier: GPL-3.0-or-later
"""What can lie behind the link to a finished model, for every service that gives links, through the whole engine."""

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PIL import Image

from img3d_addon import providers
from img3d_addon.core import errors
from img3d_addon.core.jobs.control import Control
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order
from tests.servers.asking import keys_of, settings
from tests.servers.base import HTML, Reply
from tests.servers.glb import archive, glb, obj, png
from tests.servers.linking import GOOD, SIGNED, Store, linking
from tests.servers.services import SERVICES

PROVIDERS = providers.load()
LINKED = [name for name, service in SERVICES.items() if service.links]
POLLED = [name for name in LINKED if not PROVIDERS[name].sync]
AT_ONCE = [name for name in LINKED if PROVIDERS[name].sync]  # nobody can be asked for a fresh link
HALF = len(glb()) // 2
BAD = {
    "truncated": replace(GOOD, body=glb()[:HALF]),
    "half": replace(GOOD, cut=HALF),
    "page": Reply(200, HTML, {"Content-Type": "text/html"}),
    "message": Reply.of_json({"message": "the file is not here"}),
    "empty": replace(GOOD, body=b""),
    "picture": Reply(200, png(), {"Content-Type": "model/gltf-binary"}),
    "evil zip": replace(GOOD, body=archive({"../evil.obj": obj()})),
    "empty zip": replace(GOOD, body=archive({})),
    "to a file": Reply(302, b"", {"Location": "file:///etc/passwd"}),
    "to ftp": Reply(302, b"", {"Location": "ftp://127.0.0.1/model.glb"}),
    "to data": Reply(302, b"", {"Location": "data:model/gltf-binary;base64,Z2xURg=="}),
}
every_link = pytest.mark.parametrize("name", LINKED)


@dataclass
class End:
    """How a run ended."""

    job: str
    state: str
    error: errors.Img3dError | None
    path: Path | None
    resumable: bool


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    """Ask again at once: how long it waits is tested where the waits are made."""
    waits = iter(range(300))

    def sleep(control, _seconds):
        control.check()
        assert next(waits, None) is not None, "it asks for ever"

    monkeypatch.setattr(Control, "sleep", sleep)


@pytest.fixture
def store():
    with Store() as running:
        yield running


@pytest.fixture
def service(name, store):
    with linking(SERVICES[name], store) as running:
        yield running


def run(name, service, tmp_path, *, job=None):
    """Order a model, or resume a job, and go to the end."""
    provider = PROVIDERS[name]
    source = tmp_path / "chair.png"
    Image.linear_gradient("L").resize((700, 700)).save(source)
    chosen = settings(tmp_path / "home", base_urls={provider.vendor: service.url}, keys=keys_of(provider))
    found = path = None
    with closing(Engine(chosen, PROVIDERS)) as engine:
        try:
            for event in engine.drive(job or Order(provider=name, image=source, params=SERVICES[name].params)):
                job, path = event.job, event.path or path
        except errors.Img3dError as error:
            found = error
        stored = engine.job(job)
    assert service.complaints == []
    return End(job, stored.state, found, path, stored.resumable)


def is_delivered(end, name, service, store):
    assert end.error is None
    assert end.state == "ready"
    assert end.path.read_bytes() == glb()
    assert store.complaints == []
    assert len(SERVICES[name].orders(service)) == 1
    return True


@every_link
@pytest.mark.parametrize("own", [False, True], ids=["elsewhere", "at the service"])
def test_a_file_is_fetched_without_the_keys_and_with_the_query_as_it_is(name, own, store, tmp_path):
    with linking(SERVICES[name], store, own=own) as service:
        assert is_delivered(run(name, service, tmp_path), name, service, store)
        asked = [request for request in (*store.requests, *service.requests) if request.path.startswith("/results/")]
    assert [request.target.partition("?")[2] for request in asked] == [SIGNED]


@every_link
def test_a_redirect_to_another_host_is_followed_without_the_keys(name, service, store, tmp_path):
    with Store() as other:
        target = other.link(other.url.replace("127.0.0.1", "localhost"))
        store.give(Reply(302, b"", {"Location": target}))
        assert is_delivered(run(name, service, tmp_path), name, service, store)
        assert [request.target for request in other.requests] == other.links
        assert other.complaints == []


@every_link
@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_model_is_a_bad_result_that_keeps_the_paid_task(name, bad, service, store, tmp_path):
    store.give(BAD[bad])
    end = run(name, service, tmp_path)
    assert isinstance(end.error, errors.BadResult)
    assert (end.state, end.path, end.resumable) == ("failed", None, True)
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(("evil", "passwd"))]
    assert not list(tmp_path.rglob("*.part"))
    store.give(GOOD)
    assert is_delivered(run(name, service, tmp_path, job=end.job), name, service, store)


@pytest.mark.parametrize("name", POLLED)
@pytest.mark.parametrize("answer", [403, 404, 410, "page"])
def test_a_link_that_is_over_is_replaced_by_a_fresh_one(name, answer, service, store, tmp_path):
    denied = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    over = BAD["page"] if answer == "page" else Reply(answer, denied, {"Content-Type": "application/xml"})
    store.end_first(over)
    assert is_delivered(run(name, service, tmp_path), name, service, store)
    assert len({request.target for request in store.requests}) == 2


@pytest.mark.parametrize("name", AT_ONCE)
@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_came_with_the_answer_is_over_until_it_works_again(name, status, service, store, tmp_path):
    store.give(Reply(status, b"<Error/>", {"Content-Type": "application/xml"}))
    end = run(name, service, tmp_path)
    assert isinstance(end.error, errors.NotFound)
    assert (end.state, end.resumable) == ("failed", True)
    store.give(GOOD)
    assert is_delivered(run(name, service, tmp_path, job=end.job), name, service, store)


@every_link
@pytest.mark.parametrize(
    "trouble",
    [replace(GOOD, cut=HALF), Reply(reset=True), Reply(502, HTML, {"Content-Type": "text/html"})],
    ids=["cut", "reset", "bad gateway"],
)
def test_a_broken_download_is_repeated(name, trouble, service, store, tmp_path):
    store.give(trouble, trouble, GOOD)
    assert is_delivered(run(name, service, tmp_path), name, service, store)
    assert len(store.requests) == 3


@every_link
def test_an_archive_is_unpacked_with_material_and_texture(name, service, store, tmp_path):
    store.give(replace(GOOD, body=archive()))
    end = run(name, service, tmp_path)
    assert (end.state, end.error) == ("ready", None)
    assert end.path.suffix == ".obj"
    assert end.path.read_bytes() == obj()
    assert {path.name for path in end.path.parent.iterdir()} >= {"model.mtl", "texture.png"}


@every_link
@pytest.mark.parametrize("file", ["model.obj", "model.zip", "model"])
def test_the_content_decides_and_not_the_name(name, file, service, store, tmp_path):
    store.file = file
    end = run(name, service, tmp_path)
    assert is_delivered(end, name, service, store)
    assert end.path.suffix == ".glb"
