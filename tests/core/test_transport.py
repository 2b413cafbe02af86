# SPDX-License-Identifier: GPL-3.0-or-later
"""The wire: what a failed request says, whether it was sent, certificates, proxies, and ending it from outside."""

import socket
import threading

import pytest

from img3d_addon.core.errors import Cancelled, NetworkError, Stopped
from tests.servers.asking import KEY, Plain, asking
from tests.servers.base import CERTIFICATE, Reply
from tests.servers.plain import PlainServer


class Hasty(Plain):
    read_timeout = 0.3


@pytest.fixture
def server():
    with PlainServer() as running:
        yield running


def trouble(url, folder, **given):
    with asking(url, folder, **given) as api, pytest.raises(NetworkError) as caught:
        api.post("/thing", json={"a": 1})
    assert KEY not in str(caught.value)
    return caught.value


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_a_refused_connection_was_not_sent(tmp_path):
    error = trouble(f"http://127.0.0.1:{closed_port()}", tmp_path)
    assert "refused the connection" in str(error)
    assert error.sent is False


def test_an_unknown_name_was_not_sent(tmp_path):
    error = trouble("https://nowhere.invalid", tmp_path)
    assert "(DNS)" in str(error)
    assert error.sent is False


def test_a_port_without_tls_was_not_sent(tmp_path, server):
    error = trouble(server.url.replace("http:", "https:"), tmp_path)
    assert "TLS" in str(error)
    assert error.sent is False
    assert server.requests == []


def test_a_connection_that_is_never_taken_times_out_unsent(tmp_path):
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # the queue of one is full, the next connection hangs
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        error = trouble(f"http://127.0.0.1:{full.getsockname()[1]}", tmp_path, connect_timeout=0.3)
    assert "timed out before a connection" in str(error)
    assert error.sent is False


def test_a_lost_answer_may_have_been_taken(tmp_path, server):
    server.on("/thing", Reply(reset=True))
    error = trouble(server.url, tmp_path)
    assert "broken off" in str(error)
    assert error.sent is True
    assert len(server.requests) == 1, "nothing is sent twice"


def test_a_silent_server_times_out_and_may_have_taken_it(tmp_path, server):
    server.on("/thing", Reply(hold=True))
    error = trouble(server.url, tmp_path, provider=Hasty())
    assert "timed out without an answer" in str(error)
    assert error.sent is True
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["application/json", "model/gltf-binary"])
def test_an_answer_that_is_cut_short_is_a_network_error(tmp_path, server, kind):
    server.on("/thing", Reply(200, b"x" * 1000, {"Content-Type": kind}, cut=300))
    error = trouble(server.url, tmp_path)
    assert "broke" in str(error)
    assert error.sent is True
    assert not list((tmp_path / "job").glob("*"))


def test_a_post_goes_over_a_fresh_connection(tmp_path, server):
    ports = []
    server.on("/thing", Reply.of_json({}))
    server._server.verify_request = lambda _request, address: ports.append(address[1]) or True
    with asking(server.url, tmp_path) as api:
        api.get("/thing")
        api.get("/thing")
        assert len(ports) == 1
        api.post("/thing", json={})
    assert len(ports) == 2


def test_an_unknown_certificate_is_named_and_nothing_is_sent(tmp_path, monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with PlainServer(tls=True) as server:
        error = trouble(server.url, tmp_path)
        assert "was not trusted" in str(error)
        assert error.sent is False
        assert server.requests == []


def test_the_certificates_of_the_environment_count(tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    with PlainServer(tls=True) as server, asking(server.url, tmp_path) as api:
        server.on("/thing", Reply.of_json({"fine": True}))
        assert api.get("/thing").json == {"fine": True}


def test_a_missing_certificate_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    error = trouble("https://plain.invalid", tmp_path)
    assert "REQUESTS_CA_BUNDLE" in str(error)
    assert error.sent is False


def test_a_dead_proxy_is_named_and_nothing_was_sent(tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", f"http://name:geheim@127.0.0.1:{closed_port()}")
    error = trouble("https://plain.invalid", tmp_path)
    assert "proxy" in str(error)
    assert "geheim" not in str(error)
    assert error.sent is False


def test_the_proxy_of_the_environment_is_used(tmp_path, monkeypatch, server):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "")
    server.on("/api/thing", Reply.of_json({"by": "proxy"}))
    with asking("http://plain.invalid/api", tmp_path) as api:
        assert api.get("/thing?a=%7e%2f").json == {"by": "proxy"}
    assert server.requests[0].target == "http://plain.invalid/api/thing?a=%7e%2f"


def test_a_proxy_that_wants_a_password_is_named(tmp_path, monkeypatch, server):
    monkeypatch.setenv("http_proxy", server.url)
    server.on("/thing", Reply(407, b"", {}))
    error = trouble("http://plain.invalid", tmp_path)
    assert "proxy" in str(error)
    assert "407" in str(error)


def test_this_computer_is_asked_without_a_proxy(tmp_path, monkeypatch, server):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("no_proxy", "")
    server.on("/thing", Reply.of_json({}))
    with asking(server.url, tmp_path) as api:
        assert api.get("/thing").json == {}


def test_netrc_does_not_replace_the_key(tmp_path, monkeypatch, server):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.on("/thing", Reply.of_json({}))
    with asking(server.url, tmp_path) as api:
        api.get("/thing")
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("error", [None, Stopped("ended")])
def test_another_thread_ends_a_request_at_once(tmp_path, monkeypatch, tls, error):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    arrived = threading.Event()
    with PlainServer(tls=tls) as server, asking(server.url, tmp_path) as api:
        server.on("/thing", lambda _request: arrived.set() or Reply(hold=True))
        found = []

        def ask():
            try:
                api.post("/thing", json={})
            except (Cancelled, Stopped) as caught:
                found.append(caught)

        thread = threading.Thread(target=ask)
        thread.start()
        assert arrived.wait(10)
        api.abort(error)
        thread.join(10)  # the server says nothing for as long as it lives
        assert not thread.is_alive()
        assert [type(item) for item in found] == [type(error) if error else Cancelled]
        assert api.cancelled
        with pytest.raises(type(found[0])):
            api.get("/thing")
    assert len(server.requests) == 1


def test_another_thread_ends_an_answer_in_the_middle(tmp_path, server):
    with asking(server.url, tmp_path) as api:
        server.on("/thing", Reply(200, b"x" * 100_000, {"Content-Type": "model/gltf-binary"}))
        with api.open("GET", f"{server.url}/thing") as response:
            chunks = api.chunks(response)
            next(chunks)
            api.abort()
            with pytest.raises(Cancelled):
                list(chunks)


def test_a_wait_ends_with_the_abort(tmp_path, server):
    with asking(server.url, tmp_path) as api:
        timer = threading.Timer(0.05, api.abort)
        timer.start()
        with pytest.raises(Cancelled):
            api.wait(60)
        timer.join()
