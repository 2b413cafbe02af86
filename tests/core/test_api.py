# SPDX-License-Identifier: GPL-3.0-or-later
"""The client handed to providers: what it sends, where, and what it makes of answers."""

import base64
import json
import logging
import socket
import threading
from contextlib import closing, contextmanager

import pytest

from img3d_addon.core.errors import (
    AuthError,
    BadInput,
    BadResult,
    Offline,
    OutputError,
    ProviderError,
    RateLimited,
    RequestRefused,
)
from img3d_addon.core.http.api import Api, Base64File, FilePart
from img3d_addon.core.params import Secret, Text
from tests.servers.asking import KEY, Plain, asking, settings
from tests.servers.base import HTML, Reply
from tests.servers.glb import glb
from tests.servers.plain import PlainServer

GLB = {"Content-Type": "model/gltf-binary"}


@contextmanager
def answering(raw):
    """Answer one request with these bytes; yield the address."""

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(raw)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


@pytest.fixture
def server():
    with PlainServer() as running:
        yield running


def test_paths_are_joined_to_the_base_url_with_the_headers_of_the_provider(tmp_path, server):
    server.on("/v1/thing", Reply.of_json({"a": 1}, x_request_id="r1"))
    with asking(f"{server.url}/v1/", tmp_path, user_agent="img3d/9") as api:
        answer = api.get("/thing", query={"q": "a b&c"})
        api.get(f"{server.url}/v1/thing")
    assert answer.json == {"a": 1}
    assert answer.headers["X-REQUEST-ID"] == "r1"
    for request in server.requests:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["user-agent"] == "img3d/9"
    assert server.requests[0].query == {"q": "a b&c"}


def test_another_host_gets_no_key(tmp_path, server):
    with PlainServer() as other:
        other.on("/x", Reply.of_json({}))
        with asking(server.url, tmp_path) as api:
            api.get(f"{other.url}/x")
            api.post(f"{other.url}/x", json={})
            api.put(f"{other.url}/x", body=b"abc", headers={"Content-Type": "image/png"})
        assert len(other.requests) == 3
        for request in other.requests:
            assert KEY not in json.dumps(request.headers) + request.target + request.body.decode()
        assert other.requests[2].headers["content-type"] == "image/png"
        assert other.requests[2].body == b"abc"


def test_a_put_to_the_own_host_carries_no_key_either(tmp_path, server):
    server.on("/x", Reply.of_json({}))
    (tmp_path / "part").write_bytes(b"p" * 700_000)
    with asking(server.url, tmp_path) as api:
        api.put(f"{server.url}/x", body=tmp_path / "part")
    assert server.requests[0].body == b"p" * 700_000
    assert "authorization" not in server.requests[0].headers


def test_a_put_of_nothing_says_that_it_has_no_bytes(tmp_path, server):
    server.on("/x", Reply.of_json({}))
    with asking(server.url, tmp_path) as api:
        assert api.put(f"{server.url}/x", body=b"").status == 200
    assert server.requests[0].headers["content-length"] == "0"
    assert "transfer-encoding" not in server.requests[0].headers
    assert server.complaints == []


def test_redirects_stay_on_the_own_host(tmp_path, server):
    server.on("/new", Reply.of_json({"here": True}))
    server.on("/old", Reply(302, b"", {"Location": "/new"}))
    server.on("/away", Reply(302, b"", {"Location": "https://other.invalid/steal?token=geheim"}))
    server.on("/file", Reply(302, b"", {"Location": "file:///etc/passwd"}))
    server.on("/circle", Reply(302, b"", {"Location": "/circle"}))
    with asking(server.url, tmp_path) as api:
        assert api.get("/old").json == {"here": True}
        for path in ("/away", "/file", "/circle"):
            with pytest.raises(ProviderError, match="redirected") as caught:
                api.get(path)
            assert "geheim" not in str(caught.value)
        with pytest.raises(ProviderError, match="redirected"):
            api.post("/old", json={})  # it would arrive as something else, or twice
    assert len(server.seen("POST", "/new")) == 0


def test_a_form_is_multipart_and_its_file_is_streamed(tmp_path, server):
    data = bytes(range(256)) * 3000
    (tmp_path / "a.bin").write_bytes(data)
    server.on("/x", Reply.of_json({}))
    with asking(server.url, tmp_path) as api:
        part = FilePart(path=tmp_path / "a.bin", filename='ä "q".png', mime="image/png")
        api.post("/x", form={"one": "1", "text": "ü\r\n2"}, files={"image": part})
    fields, files = server.requests[0].form()
    assert fields == {"one": "1", "text": "ü\r\n2"}
    assert (files["image"].filename, files["image"].mime) == ("ä %22q%22.png", "image/png")
    assert files["image"].data == data


@pytest.mark.parametrize("size", [0, 1, 2, 3, 196608, 196609, 500_000])
def test_json_may_hold_files_as_base64(tmp_path, server, size):
    data = bytes(number % 251 for number in range(size))
    (tmp_path / "a.png").write_bytes(data)
    server.on("/x", Reply.of_json({}))
    with asking(server.url, tmp_path) as api:
        file = Base64File(tmp_path / "a.png", "data:image/png;base64,")
        api.post("/x", json={"image": file, "again": [Base64File(tmp_path / "a.png")], "b": "ü"})
    body = server.requests[0].json
    assert server.requests[0].headers["content-type"] == "application/json"
    assert body["image"] == "data:image/png;base64," + base64.b64encode(data).decode()
    assert base64.b64decode(body["again"][0]) == data
    assert body["b"] == "ü"


def test_a_file_that_is_gone_is_an_output_error(tmp_path, server):
    with asking(server.url, tmp_path) as api, pytest.raises(OutputError, match="cannot be read"):
        api.post("/x", files={"image": FilePart(path=tmp_path / "no", filename="a", mime="image/png")})
    assert server.requests == []


def test_a_binary_answer_becomes_a_file(tmp_path, server):
    server.on("/x", Reply(200, glb(), GLB))
    server.on("/wrong", Reply(200, glb(), {"Content-Type": "application/json"}))
    server.on("/bare", Reply(200, b"{}"))
    with asking(server.url, tmp_path) as api:
        first, second = api.get("/x"), api.get("/wrong")
        assert first.file.read_bytes() == second.file.read_bytes() == glb()
        assert first.file != second.file
        assert api.get("/bare").json == {}
        with pytest.raises(BadResult, match="not understood"):
            _ = first.json
    assert sorted(path.name for path in (tmp_path / "job").iterdir()) == ["answer-1", "answer-2"]


@pytest.mark.parametrize(
    ("body", "kind", "word"),
    [(HTML, "text/html", "web page"), (b"", "application/json", "empty"), (b"hm", "text/plain", "plain text")],
)
def test_an_answer_that_is_no_json_says_what_it_is(tmp_path, server, body, kind, word):
    server.on("/x", Reply(200, body, {"Content-Type": kind}))
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match=word) as caught:
        _ = api.get("/x").json
    assert "Plain Service" in str(caught.value)


def test_text_beyond_the_cap_is_refused(tmp_path, server, monkeypatch):
    monkeypatch.setattr("img3d_addon.core.http.receive.MOST_TEXT", 1 << 20)
    server.on("/x", Reply(200, b" " * (2 << 20), {"Content-Type": "application/json"}))
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match="longer than 1 MiB"):
        api.get("/x")


def test_a_file_beyond_the_cap_is_refused_and_removed(tmp_path, server, monkeypatch):
    monkeypatch.setattr("img3d_addon.core.http.api.MOST_FILE", 1 << 20)
    server.on("/x", Reply(200, b"\0" * (2 << 20), GLB))
    with asking(server.url, tmp_path) as api, pytest.raises(BadResult, match="larger than 1 MiB"):
        api.get("/x")
    assert list((tmp_path / "job").iterdir()) == []


def test_a_refusal_is_raised_with_the_words_of_the_service(tmp_path, server):
    server.on("/x", Reply.of_json({"message": "image too odd"}, status=400))
    server.on("/wait", Reply.of_json({"message": "slow down"}, status=429, retry_after=7))
    server.on("/key", Reply.of_json({"error": {"message": f"bad key {KEY}"}}, status=401))
    with asking(server.url, tmp_path) as api:
        with pytest.raises(RequestRefused, match="image too odd"):
            api.get("/x")
        with pytest.raises(RateLimited) as limited:
            api.get("/wait")
        assert limited.value.wait == 7
        with pytest.raises(AuthError) as auth:
            api.get("/key")
    assert KEY not in str(auth.value)
    assert KEY not in auth.value.said
    assert "bad key ***" in str(auth.value)


def test_offline_makes_no_connection(tmp_path, server):
    with asking(server.url, tmp_path, online=False, offline_advice="Turn it on.") as api:
        for ask in (
            lambda: api.get("/x"),
            lambda: api.post("/x", json={}),
            lambda: api.put(f"{server.url}/x", body=b""),
        ):
            with pytest.raises(Offline, match="Turn it on"):
                ask()
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.invalid",
        "plain.invalid",
        "http://",
        "https://u:p@a.invalid",
        "https://a b",
        "https://a.invalid:no",
        "https://a.invalid/?q=1",
    ],
)
def test_a_base_url_that_is_none_is_refused(tmp_path, url):
    with pytest.raises(BadInput, match="base URL of Plain Service"), asking(url, tmp_path):
        pass


def test_no_key_and_no_signed_query_reaches_the_log(tmp_path, server, caplog):
    caplog.set_level(logging.DEBUG)
    server.on("/x", Reply.of_json({"url": "https://cdn.invalid/a?Signature=geheim", "key": "geheim2"}))
    server.on("/bad", Reply.of_json({"message": f"Bearer {KEY}", "api_key": "geheim3"}, status=400))
    with asking(server.url, tmp_path) as api:
        api.get("/x?Signature=geheim")
        with pytest.raises(RequestRefused):
            api.post("/bad", json={"key": api.key("key")})
    assert "/x" in caplog.text
    for secret in (KEY, "geheim"):
        assert secret not in caplog.text


def test_base64_in_an_answer_becomes_a_file(tmp_path, server):
    with asking(server.url, tmp_path) as api:
        assert api.decode(base64.b64encode(glb()).decode()).read_bytes() == glb()
        assert api.decode("data:model/gltf-binary;base64," + base64.b64encode(b"abcd").decode()).read_bytes() == b"abcd"
        assert api.decode("data:,a%20b").read_bytes() == b"a b"
        for broken in ("", "data:model/gltf-binary;base64", "%%%%", "abcde"):
            with pytest.raises(BadResult):
                api.decode(broken)


@pytest.mark.parametrize("status", [200, 400])
def test_a_key_that_comes_back_is_nowhere_in_the_answer(tmp_path, server, status):
    echo = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
    body = f'{{"message": "{KEY} {echo}"}}'.encode()
    server.on("/x", Reply(status, body, {"Content-Type": "application/json", "x-request-id": KEY}))
    with asking(server.url, tmp_path) as api:
        if status == 200:
            answer = api.get("/x")
            assert answer.json == {"message": "*** ***"}
            assert answer.headers["x-request-id"] == "***"
        else:
            with pytest.raises(RequestRefused, match=r"“\*\*\* \*\*\*”"):
                api.get("/x")


def test_a_redirect_that_is_not_followed_is_told_without_the_key(tmp_path, server):
    server.on("/x", Reply(302, b"", {"Location": f"/login/{KEY}"}))
    server.on("/y", Reply(307, b""))
    with asking(server.url, tmp_path) as api:
        with pytest.raises(ProviderError, match=r"to http://127\.0\.0\.1:\d+/login/\*\*\*, which is not"):
            api.post("/x", json={})
        with pytest.raises(ProviderError, match="without saying where"):
            api.post("/y", json={})


def test_a_long_refusal_is_read_to_its_end(tmp_path, server):
    server.on("/x", Reply.of_json({"pad": "x" * (1 << 20), "errors": ["the reason"]}, status=400))
    with asking(server.url, tmp_path) as api, pytest.raises(RequestRefused, match="“the reason”"):
        api.get("/x")


@pytest.mark.parametrize("kind", ["text/plain", "model/gltf-binary", "application/octet-stream"])
def test_a_file_is_known_when_its_bytes_come_one_by_one(kind, tmp_path):
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in glb()) + b"0\r\n\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with answering(head.encode() + chunks) as url, asking(url, tmp_path) as api:
        assert api.get("/x").file.read_bytes() == glb()


def test_interim_answers_are_not_the_answer(tmp_path):
    interim = b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    with answering(interim + final) as url, asking(url, tmp_path) as api:
        assert api.post("/x", json={}).json == {}


class Several(Plain):
    """A service with a second host and a key of two parts."""

    other_hosts = ("https://prices.plain.invalid",)
    account = (Secret("key", env="PLAIN_KEY"), Secret("secret", env="PLAIN_SECRET"), Text("line", "standard"))

    def headers(self, account):
        pair = base64.b64encode(f"{account['key']}:{account['secret']}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}


def test_the_other_hosts_of_a_service_get_the_key_and_an_own_base_url_stands_for_them(tmp_path, server):
    server.on("/prices", Reply.of_json({}))
    account = {"key": "first-part", "secret": "second-part", "line": "standard"}
    with closing(Api(Several(), settings(tmp_path), account=account)) as api:
        assert api.is_home("https://prices.plain.invalid/x")
        assert api.is_home("https://plain.invalid:443/x")
        assert not api.is_home("https://evil.invalid/x")
    own = settings(tmp_path, base_urls={"PLAIN": server.url})
    with closing(Api(Several(), own, account=account)) as api:
        assert not api.is_home("https://prices.plain.invalid/x")
        api.get("https://prices.plain.invalid/prices", query={"of": "a b"})
    assert server.requests[-1].target == "/prices?of=a+b"
    assert server.requests[-1].headers["authorization"].startswith("Basic ")


def test_what_the_headers_make_of_the_keys_is_secret_and_a_setting_is_not(tmp_path, server):
    account = {"key": "first-part", "secret": "second-part", "line": "standard"}
    pair = base64.b64encode(b"first-part:second-part").decode()
    text = f"standard: {pair}, first-part, second-part"
    server.on("/echo", Reply.of_json({"message": text}))
    with closing(Api(Several(), settings(tmp_path, base_urls={"PLAIN": server.url}), account=account)) as api:
        assert api.get("/echo").json == {"message": "standard: ***, ***, ***"}


def test_each_half_of_a_key_that_is_joined_by_a_colon_is_secret(tmp_path, server):
    server.on("/echo", Reply.of_json({"message": "no user for the-secret-half; key-id-half:the-secret-half; x:y"}))
    own = settings(tmp_path, base_urls={"PLAIN": server.url})
    account = {"key": "key-id-half:the-secret-half", "secret": "other-secret", "line": "standard"}
    with closing(Api(Several(), own, account=account)) as api:
        assert api.get("/echo").json == {"message": "no user for ***; ***; x:y"}
