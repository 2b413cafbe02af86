# SPDX-License-Identifier: GPL-3.0-or-later
"""Large, narrow and odd pictures on their way through every hosted service, to what its strict server received."""

import base64
import hashlib
import io
import json
import tracemalloc
from contextlib import closing

import pytest
from PIL import Image, ImageDraw

from img3d_addon import providers
from img3d_addon.core.errors import Img3dError
from img3d_addon.core.jobs.control import Control
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.values import Order, Picture
from tests.servers.asking import asking, keys_of, settings
from tests.servers.base import Reply, _Handler
from tests.servers.playing import submitted
from tests.servers.services import SERVICES

PROVIDERS = providers.load()
BODY = 96 << 20  # bytes of the picture whose upload is weighed
MOST_HELD = 8 << 20  # bytes of Python objects that an upload may hold at once
every_service = pytest.mark.parametrize("name", SERVICES)


def drawn(mode, size):
    """Return a picture whose upper left quarter is red (dark where there is no colour), with much detail beside it."""
    image = Image.effect_noise(size, 40).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(220, 20, 20))
    if mode == "RGBA":
        alpha = Image.new("L", size, 0)
        ImageDraw.Draw(alpha).ellipse((0, 0, size[0] - 1, size[1] - 1), fill=255)
        image.putalpha(alpha)
    if mode == "I;16":
        return image.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    return image if mode in ("RGB", "RGBA") else image.convert(mode)


def rotated(image):
    """Return EXIF data that say: turn this a quarter to the right to see it."""
    exif = image.getexif()
    exif[0x0112] = 6
    return exif


KINDS = {
    "24 megapixels": ("a.jpg", "RGB", (6000, 4000), {"quality": 90}),
    "50 megabytes": ("a.bmp", "RGB", (4200, 4000), {}),
    "3 to 1": ("a.png", "RGB", (1800, 600), {}),
    "1 to 3": ("a.png", "RGB", (600, 1800), {}),
    "transparent": ("a.png", "RGBA", (1500, 1500), {}),
    "transparent 3 to 1": ("a.webp", "RGBA", (1800, 600), {"quality": 80}),
    "on its side": ("a.jpg", "RGB", (1200, 800), {"quality": 90}),
    "for print": ("a.tif", "CMYK", (900, 900), {}),
    "16 bit": ("a.png", "I;16", (900, 900), {}),
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return the function that makes a picture of a kind, once."""
    made = {}

    def make(kind):
        if kind not in made:
            file, mode, size, options = KINDS[kind]
            made[kind] = tmp_path_factory.mktemp("pictures") / file
            image = drawn(mode, size)
            image.save(made[kind], **options, **({"exif": rotated(image)} if kind == "on its side" else {}))
            assert kind != "50 megabytes" or made[kind].stat().st_size >= 50_000_000
        return made[kind]

    return make


@pytest.fixture(autouse=True)
def no_waits(monkeypatch):
    """Ask again at once: how long it waits is tested where the waits are made."""
    waits = iter(range(300))

    def sleep(control, _seconds):
        control.check()
        assert next(waits, None) is not None, "it asks for ever"

    monkeypatch.setattr(Control, "sleep", sleep)


def run(name, server, home, source):
    """Order a model of a picture through the engine and return the state in which the job ends."""
    provider = PROVIDERS[name]
    chosen = settings(home, base_urls={provider.vendor: server.url}, keys=keys_of(provider))
    with closing(Engine(chosen, PROVIDERS)) as engine:
        events = list(engine.drive(Order(provider=name, image=source, params=SERVICES[name].params)))
        return engine.job(events[-1].job).state


def received(server):
    """Return the one picture that was sent, in whatever way, as bytes."""
    found = {}
    for request in server.requests:
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind == "multipart/form-data":
            found |= {part.data: None for part in request.form()[1].values()}
        elif kind == "application/json":
            found |= dict.fromkeys(_packed(json.loads(request.body)))
    parts = b"".join(request.body for request in server.requests if request.method == "PUT")
    (data,) = [*found, *([parts] if parts else [])]
    return data


def _packed(value):
    """Yield the files that stand in a JSON value as base64, bare or in a data address."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _packed(item)
    elif isinstance(value, str) and len(value) > 2000:
        yield base64.b64decode(value.rpartition(",")[2], validate=True)


@every_service
@pytest.mark.parametrize("kind", KINDS)
def test_it_arrives_within_the_limits_and_as_it_looks(name, kind, source, tmp_path):
    limits, service = PROVIDERS[name].image, SERVICES[name]
    with service.server() as server:
        assert run(name, server, tmp_path, source(kind)) == "ready"
        assert server.complaints == []
        assert len(service.orders(server)) == 1
        data = received(server)
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.format.lower() in limits.formats
    assert image.mode == ("RGBA" if "transparent" in kind else "RGB")
    assert not image.getexif()
    assert "icc_profile" not in image.info
    assert len(data) <= (limits.max_bytes or len(data))
    assert limits.min_side <= min(image.size)
    assert max(image.size) <= (limits.max_side or max(image.size))
    assert image.width * image.height <= (limits.max_pixels or image.width * image.height)
    shape = image.width / image.height
    assert limits.min_aspect <= shape <= (limits.max_aspect or shape)
    _looks_right(image, kind)


def _looks_right(image, kind):
    """Judge the picture inside a canvas that may be wider or higher than it."""
    _file, mode, (width, height), _options = KINDS[kind]
    if kind == "on its side":
        width, height = height, width
    scale = min(image.width / width, image.height / height)
    wide, high = width * scale, height * scale
    left, top = (image.width - wide) / 2, (image.height - high) / 2

    def at(across, down):
        return image.getpixel((int(left + across * wide), int(top + down * high)))

    upper_left, lower_right = at(0.3, 0.3), at(0.7, 0.7)
    if kind == "on its side":  # what was upper left in the file is upper right to the eye
        upper_left = at(0.7, 0.3)
        assert not _is_red(at(0.3, 0.3))
    if mode != "I;16":
        assert _is_red(upper_left)
        assert not _is_red(lower_right)
    else:
        assert max(upper_left) - min(upper_left) <= 3
        assert 60 <= upper_left[0] <= 100, "the grey of that red, in 8 bit"
    if mode == "RGBA":
        assert at(0.5, 0.5)[3] == 255
        assert at(0.01, 0.01)[3] == 0
        assert image.getpixel((0, 0))[3] == 0


def _is_red(pixel):
    return pixel[0] > 150 and max(pixel[1:3]) < 110


class Drain(_Handler):
    """Reads a large body without keeping it, and says that it was enough."""

    def serve(self):
        length = left = int(self.headers.get("Content-Length") or 0)
        if length < 1 << 20:
            return super().serve()
        while left:
            left -= len(self.rfile.read(min(left, 64 << 10)))
        with self.vendor._lock:
            self.vendor.drained.append(length)
        return self.answer(Reply(200) if self.command == "PUT" else Reply.of_json({"message": "enough"}, status=400))

    do_POST = do_PUT = serve  # noqa: N815


@every_service
def test_a_large_picture_is_sent_from_disk_and_not_from_memory(name, tmp_path):
    provider, service = PROVIDERS[name], SERVICES[name]
    path = tmp_path / "input.png"
    with path.open("wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\n")
        stream.truncate(BODY)
    given = Picture(
        path=path,
        name="input",
        mime="image/png",
        width=4000,
        height=4000,
        has_alpha=False,
        sha256=hashlib.sha256(b"").hexdigest(),
        size=BODY,
    )
    with service.server() as server, asking(server.url, tmp_path, provider=provider) as api:
        server.drained = []
        server._server.RequestHandlerClass = type("Handler", (Drain,), {"vendor": server})
        tracemalloc.start()
        try:
            with pytest.raises(Img3dError):
                _ = provider.upload(api, given) if provider.has_upload else submitted(provider, api, picture=given)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert sum(server.drained) >= BODY
    assert peak < MOST_HELD
