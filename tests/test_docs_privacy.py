# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/services.md says under Privacy and Keys, at every service: what is sent, to whom, with which key."""

import io
import re
from contextlib import closing

import pytest
from PIL import Image

from img3d_addon.core.errors import Offline
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order
from tests.providers.test_pictures import PROVIDERS, drawn, no_waits, received
from tests.servers.asking import keys_of, leaks_of, settings
from tests.servers.services import SERVICES

__all__ = ["no_waits"]

NAME, ARTIST = "aunt-mary", "Ada Private"
AGENT = "img3d/0.1.0 Blender/5.2.0"

every_service = pytest.mark.parametrize("name", SERVICES)


@pytest.fixture
def source(tmp_path):
    image = drawn("RGB", (800, 800))
    exif = image.getexif()
    exif[0x013B] = ARTIST
    image.save(tmp_path / f"{NAME}.jpg", exif=exif)
    return tmp_path / f"{NAME}.jpg"


def asked(name, server, *, home, source, online=True):
    """Make a model of the picture; return the state of its job."""
    provider = PROVIDERS[name]
    given = {"base_urls": {provider.vendor: server.url}, "keys": keys_of(provider), "user_agent": AGENT}
    with closing(Engine(settings(home, online=online, **given), PROVIDERS)) as engine:
        order = Order(provider=name, image=source, params=SERVICES[name].params)
        return engine.job(list(engine.drive(order))[-1].job).state


def text_of(request):
    """Return all of a request but a picture in base64, in which nothing can be read."""
    return f"{request.method} {request.target} {request.headers}".encode() + request.body


@every_service
def test_a_service_gets_the_picture_without_its_name_and_metadata(name, source, home):
    assert ARTIST.encode() in source.read_bytes()
    with SERVICES[name].server() as server:
        assert asked(name, server, home=home, source=source) == "ready"
        sent = b"".join(map(text_of, server.requests))
        agents = {request.headers.get("user-agent") for request in server.requests}
        picture = received(server)
    assert NAME.encode() not in sent
    assert ARTIST.encode() not in sent + picture
    with Image.open(io.BytesIO(picture)) as image:
        assert not dict(image.getexif())
    assert agents == {AGENT}


@every_service
def test_a_result_is_fetched_without_the_key(name, source, home):
    service, secrets = SERVICES[name], leaks_of(PROVIDERS[name])
    with service.server() as server:
        asked(name, server, home=home, source=source)
        orders = [_has_one(secrets, request) for request in service.orders(server)]
        links = [request for request in server.requests if service.links and re.match(service.links, request.path)]
        fetched = [_has_one(secrets, request) for request in links]
    assert orders == [bool(secrets)]
    assert fetched == [False] * max(1, len(links)) if service.links else not links
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert [secret for secret in secrets if secret.encode() in kept] == []


@every_service
def test_nothing_is_asked_without_online_access(name, source, home):
    with SERVICES[name].server() as server:
        with pytest.raises(Offline):
            asked(name, server, home=home, source=source, online=False)
        assert server.requests == []


def _has_one(secrets, request):
    return any(secret.encode() in text_of(request) for secret in secrets)
