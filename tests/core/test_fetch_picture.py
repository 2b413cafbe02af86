# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture from an address: nothing but a file comes, of a bounded size, and nothing of ours goes."""

import base64
import threading

import pytest

from img3d_addon.core.errors import BadInput, Cancelled, NetworkError, Offline
from img3d_addon.core.http import picture
from img3d_addon.core.http.picture import fetch_picture, is_address, name_in
from img3d_addon.core.jobs.control import Control
from img3d_addon.core.settings import Settings
from tests.servers.base import HTML, Reply
from tests.servers.plain import PlainServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(600)


@pytest.fixture
def server():
    with PlainServer() as running:
        yield running


def get(url, tmp_path, *, online=True, control=None):
    settings = Settings(home=tmp_path, online=online, keys={"STABILITY_API_KEY": "sk-secret"})
    return fetch_picture(url, tmp_path / "got" / "it", settings=settings, control=control or Control())


def test_a_picture_comes_without_anything_of_ours_going(server, tmp_path):
    url = server.on("/a/chair%20one.png", Reply(200, PNG, {"Content-Type": "image/png"}))
    assert get(url, tmp_path).read_bytes() == PNG
    (request,) = server.requests
    assert "sk-secret" not in str(request.headers)
    assert "authorization" not in request.headers


def test_it_follows_to_http_only(server, tmp_path):
    server.on("/real", Reply(200, PNG, {"Content-Type": "image/png"}))
    url = server.on("/short", Reply(302, b"", {"Location": "/real"}))
    assert get(url, tmp_path).read_bytes() == PNG
    bad = server.on("/bad", Reply(302, b"", {"Location": "file:///etc/passwd"}))
    with pytest.raises(BadInput, match="neither http"):
        get(bad, tmp_path)
    circle = server.on("/circle", Reply(302, b"", {"Location": "/circle"}))
    with pytest.raises(NetworkError, match="circle"):
        get(circle, tmp_path)


def test_a_web_page_or_a_refusal_is_said(server, tmp_path):
    page = server.on("/page", Reply(200, HTML, {"Content-Type": "text/html; charset=utf-8"}))
    with pytest.raises(BadInput, match="web page"):
        get(page, tmp_path)
    with pytest.raises(BadInput, match="HTTP 404"):
        get(server.on("/gone", Reply(404, b"", {})), tmp_path)
    assert not list(tmp_path.rglob("it*"))


def test_what_is_too_large_is_broken_off(server, tmp_path, monkeypatch):
    monkeypatch.setattr(picture, "MOST_BYTES", 500)
    url = server.on("/large", Reply(200, PNG, {"Content-Type": "image/png"}))
    with pytest.raises(BadInput, match="more than"):
        get(url, tmp_path)
    assert not list(tmp_path.rglob("it*"))


def test_offline_nothing_is_asked_but_data_are_read(server, tmp_path):
    url = server.on("/x", Reply(200, PNG, {}))
    with pytest.raises(Offline):
        get(url, tmp_path, online=False)
    assert not server.requests
    address = "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert get(address, tmp_path, online=False).read_bytes() == PNG
    with pytest.raises(BadInput, match="no picture"):
        get("data:image/png;base64,@@", tmp_path, online=False)


def test_a_stop_ends_it(server, tmp_path):
    url = server.on("/x", Reply(200, PNG, {}))
    control = Control()
    control.stop()
    with pytest.raises(Cancelled):
        get(url, tmp_path, control=control)
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.invalid/a.png?x=1", True),
        (" http://example.invalid/a \n", True),
        ("data:image/png;base64,AAAA", True),
        ("data:text/html,x", False),
        ("ftp://example.invalid/a.png", False),
        ("https://", False),
        ("see https://example.invalid/a.png", False),
        ("/home/me/chair.png", False),
        ("", False),
    ],
)
def test_what_is_an_address(text, expected):
    assert is_address(text) == expected


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://h.invalid/a/red%20chair.png?x=1", "red chair"),
        ("https://h.invalid/", "picture"),
        ("data:image/png;base64,AAAA", "picture"),
    ],
)
def test_the_picture_is_called_as_its_address_ends(url, name):
    assert name_in(url) == name
