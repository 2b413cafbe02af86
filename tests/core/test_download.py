# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching results: no key goes along, the query stays as it is, and only a whole model counts."""

import base64
import json

import pytest

from img3d_addon.core.errors import (
    BadResult,
    Cancelled,
    NetworkError,
    NotFound,
    Offline,
    OutputError,
    ProviderError,
    RateLimited,
    ServerError,
)
from img3d_addon.core.http.download import Downloading, fetch, fetch_beside
from tests.servers.asking import KEY, asking
from tests.servers.base import HTML, Reply
from tests.servers.glb import archive, glb
from tests.servers.plain import PlainServer

GLB = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def server():
    with PlainServer() as running:
        yield running


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


def get(api, folder, *urls, **given):
    """Return the file and the steps on the way."""
    steps = fetch(urls, api=api, folder=folder, **given)
    seen = []
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value, seen


def test_a_model_is_fetched_without_the_headers_of_the_service(tmp_path, folder, server):
    url = server.on("/x.bin", Reply(200, glb(), GLB))
    with asking(server.url, tmp_path) as api:  # even from the own host
        path, steps = get(api, folder, f"{url}?Signature=a%2fb%7E&b=1&a=2+3&=")
    assert path == folder / "model.glb"
    assert path.read_bytes() == glb()
    assert [item.name for item in folder.iterdir()] == ["model.glb"]
    assert steps[-1] == Downloading(len(glb()), len(glb()))
    (request,) = server.requests
    assert request.target == "/x.bin?Signature=a%2fb%7E&b=1&a=2+3&="
    assert KEY not in json.dumps(request.headers)
    assert "authorization" not in request.headers


def test_a_large_file_comes_in_pieces_with_progress(tmp_path, folder, server):
    model = glb()
    data = model[:8] + (len(model) + 2_000_000).to_bytes(4, "little") + model[12:] + bytes(2_000_000)
    url = server.on("/x", Reply(200, data, GLB))
    with asking(server.url, tmp_path) as api:
        path, steps = get(api, folder, url)
    assert path.read_bytes() == data
    assert len(steps) > 4
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert {step.total for step in steps} == {len(data)}


def test_redirects_to_other_hosts_are_followed_without_a_key(tmp_path, folder, server):
    with PlainServer() as store:
        target = store.on("/s/x.glb", Reply(200, glb(), GLB))
        url = server.on("/x", Reply(302, b"", {"Location": f"{target}?sig=%2f"}))
        with asking(server.url, tmp_path) as api:
            path, _steps = get(api, folder, url)
        assert path.read_bytes() == glb()
        assert store.requests[0].target == "/s/x.glb?sig=%2f"
        assert KEY not in json.dumps([store.requests[0].headers, server.requests[0].headers])


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/a", "data:,abc", "gopher:x"])
def test_redirects_to_anything_but_http_are_refused(tmp_path, folder, server, location):
    url = server.on("/x", Reply(302, b"", {"Location": location}))
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match="only http and https"):
        get(api, folder, url)
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize("url", ["file:///etc/passwd", "/etc/passwd", "", "javascript:1", "http://[bad"])
def test_addresses_of_other_kinds_are_refused(tmp_path, folder, server, url):
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match="only http and https") as caught:
        get(api, folder, url)
    assert ("no web address" in caught.value.message) == (":" not in url)


def test_a_circle_of_redirects_ends(tmp_path, folder, server):
    url = server.on("/x", Reply(302, b"", {"Location": "/x"}))
    with asking(server.url, tmp_path) as api, pytest.raises(NetworkError, match="circle"):
        get(api, folder, url)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (HTML, "web page"),
        (b'{"message": "not here"}', "not here"),
        (b"", "empty"),
        (glb()[: len(glb()) // 2], "cut short"),
        (glb()[:10], "cut short"),
        (b"glTF\1\0\0\0" + glb()[8:], "version 1"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "png"),
        (bytes(1000), "unknown"),
    ],
)
def test_what_is_no_whole_model_is_a_bad_result(tmp_path, folder, server, body, word):
    url = server.on("/x.glb", Reply(200, body, {"Content-Type": "model/gltf-binary"}))
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match=word) as caught:
        get(api, folder, url)
    assert "not paid twice" in str(caught.value)
    assert caught.value.provider == "Plain Service"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(404, b"gone"), NotFound),
        (Reply(403, b"<Error>AccessDenied</Error>"), NotFound),
        (Reply(410), NotFound),
        (Reply(500), ServerError),
        (Reply(502, HTML), ServerError),
        (Reply(429, b"", {"Retry-After": "3"}), RateLimited),
        (Reply(206, glb()[:100]), ServerError),
        (Reply(200, glb(), GLB, cut=100), NetworkError),
        (Reply(reset=True), NetworkError),
    ],
)
def test_each_trouble_has_its_error(tmp_path, folder, server, reply, kind):
    url = server.on("/x", reply)
    with asking(server.url, tmp_path) as api, pytest.raises(ProviderError) as caught:
        get(api, folder, url)
    assert type(caught.value) is kind
    assert not folder.exists() or not list(folder.iterdir())


def test_the_addresses_are_tried_in_order(tmp_path, folder, server):
    urls = [
        server.on("/gone", Reply(404)),
        server.on("/page", Reply(200, HTML)),
        server.on("/good", Reply(200, glb(), GLB)),
        server.on("/never", Reply(200, glb(), GLB)),
    ]
    with asking(server.url, tmp_path) as api:
        path, _steps = get(api, folder, *urls)
    assert path.read_bytes() == glb()
    assert [request.path for request in server.requests] == ["/gone", "/page", "/good"]


def test_no_address_is_a_bad_result(tmp_path, folder, server):
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match="named no file"):
        get(api, folder)


def test_more_than_the_cap_is_refused_before_and_while_it_comes(tmp_path, folder, server):
    url = server.on("/x", Reply(200, glb(), GLB))
    with asking(server.url, tmp_path) as api:
        with pytest.raises(BadResult, match="more than"):
            get(api, folder, url, most_bytes=100)
        with pytest.raises(BadResult, match="larger than"):
            get(api, folder, "data:;base64," + base64.b64encode(glb()).decode(), most_bytes=100)
    assert list(folder.iterdir()) == []


def test_an_archive_is_left_packed_and_named_as_one(tmp_path, folder, server):
    url = server.on("/model.glb", Reply(200, archive(), {"Content-Type": "model/gltf-binary"}))
    with asking(server.url, tmp_path) as api:
        path, _steps = get(api, folder, url)
    assert path.name == "model.zip"


def test_data_addresses_are_decoded(tmp_path, folder, server):
    with asking(server.url, tmp_path) as api:
        path, _steps = get(api, folder, "data:model/gltf-binary;base64," + base64.b64encode(glb()).decode())
    assert path.read_bytes() == glb()
    assert server.requests == []


def test_an_unwritable_folder_is_an_output_error(tmp_path, server):
    (tmp_path / "file").write_text("in the way")
    url = server.on("/x", Reply(200, glb(), GLB))
    with asking(server.url, tmp_path) as api, pytest.raises(OutputError, match="file"):
        get(api, tmp_path / "file" / "results", url)


def test_offline_and_cancelled_hold_here_too(tmp_path, folder, server):
    url = server.on("/x", Reply(200, glb(), GLB))
    with asking(server.url, tmp_path, online=False) as api, pytest.raises(Offline):
        get(api, folder, url)
    with asking(server.url, tmp_path) as api:
        api.abort()
        with pytest.raises(Cancelled):
            get(api, folder, url)
    assert server.requests == []


def test_files_beside_a_model_lie_there_by_their_names_and_nowhere_else(tmp_path, folder, server):
    good = server.on("/a", Reply(200, b"newmtl model", GLB))
    files = {"model.mtl": f"{good}?s=1", "my texture (1).png": good}
    evil = {"../evil.png": good, "/etc/evil.png": good, "C:\\evil.png": good, ".png": good, "run.py": good, "": good}
    gone = {"lost.png": f"{server.url}/lost"}
    folder.mkdir()
    with asking(server.url, tmp_path) as api:
        list(fetch_beside({**files, **evil, **gone}, api=api, folder=folder))
    assert {file.name for file in folder.iterdir()} == set(files)
    assert not [path for path in tmp_path.rglob("evil*")]
    assert all("authorization" not in request.headers for request in server.requests)


@pytest.mark.parametrize("status", [200, 503])
def test_a_key_in_what_came_instead_of_a_model_is_not_shown(tmp_path, folder, server, status):
    url = server.on("/x", Reply.of_json({"message": f"denied for {KEY}"}, status=status))
    with asking(server.url, tmp_path) as api, pytest.raises(ProviderError, match=r"denied for \*\*\*") as caught:
        get(api, folder, url)
    assert KEY not in f"{caught.value} {caught.value.said}"
