# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue that our tests talk to, asked by the vendor's own client: were it wrong, this would not work either.

The client speaks https only. It is told the host by its own variable, and the loopback certificate by OpenSSL's.
"""

import importlib
import sys

import pytest

from img3d_addon.providers.fal.models import ROWS
from tests.servers.asking import KEY, picture
from tests.servers.base import CERTIFICATE
from tests.servers.fal import ERRORS, LOST, POLICY, FalServer
from tests.servers.fal_models import MODELS

TRIPOSR = "fal-ai/triposr"
RODIN = "fal-ai/hyper3d/rodin/v2.5"


@pytest.fixture
def server():
    with FalServer(tls=True) as running:
        yield running


@pytest.fixture
def fal_client(server, monkeypatch):
    """Return the vendor's package, which reads its host once, when it is imported."""
    monkeypatch.setenv("FAL_QUEUE_RUN_HOST", server.url.removeprefix("https://"))
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    for name in [name for name in sys.modules if name.partition(".")[0] == "fal_client"]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("fal_client")


@pytest.fixture
def client(fal_client):
    return fal_client.SyncClient(key=KEY)


@pytest.fixture
def image(fal_client, tmp_path):
    return fal_client.encode_file(picture(tmp_path).path)


def statuses(handle):
    return list(handle.iter_events(with_logs=True, interval=0.01))


@pytest.mark.parametrize("model", MODELS)
def test_every_model_goes_from_submit_to_result(server, fal_client, client, image, model):
    field, many, _options = MODELS[model]
    handle = client.submit(model, {field: [image] if many else image})
    queued, working, done = statuses(handle)
    assert queued == fal_client.Queued(position=2)
    assert working.logs[0]["message"] == "Loading the model"
    assert done.metrics == {"inference_time": 12.3}
    assert done.error is None
    result = handle.get()
    assert any(isinstance(value, dict) and value["url"].startswith(server.url) for value in result.values())
    assert server.complaints == []
    assert len(server.tasks) == 1


def test_a_request_is_found_by_its_model_and_id_alone(server, fal_client, client, image):
    request = client.submit(RODIN, {"input_image_urls": [image]}).request_id
    assert isinstance(client.status(RODIN, request, with_logs=True), fal_client.Queued)
    assert "model_glb" in client.result(RODIN, request)
    assert server.complaints == []


def test_our_rule_for_the_sub_path_is_the_clients_own(fal_client):
    app_of = importlib.import_module("fal_client.client").AppId.from_endpoint_id
    for row in ROWS.values():
        found = app_of(row.id)
        assert row.app == f"{found.owner}/{found.alias}"
        assert found.namespace is None


def test_subscribing_is_submit_status_and_result_in_one(server, client, image):
    seen = []
    result = client.subscribe(TRIPOSR, {"image_url": image}, with_logs=True, interval=0.01, on_queue_update=seen.append)
    assert [type(state).__name__ for state in seen] == ["Queued", "InProgress", "Completed"]
    assert result["model_mesh"]["file_name"] == "model.glb"
    assert server.complaints == []


def test_a_cancel_is_taken_and_may_come_too_late(server, fal_client, client, image):
    handle = client.submit(RODIN, {"input_image_urls": [image]})
    handle.cancel()
    assert server.cancelled == [handle.request_id]
    late = client.submit(TRIPOSR, {"image_url": image})
    late.get(interval=0.01)
    with pytest.raises(fal_client.FalClientHTTPError, match="ALREADY_COMPLETED") as caught:
        late.cancel()
    assert caught.value.status_code == 400
    assert server.complaints == []


@pytest.mark.parametrize(("scene", "words"), [("failed", LOST), ("failed_policy", POLICY)])
def test_a_failed_task_is_completed_with_an_error(server, client, image, scene, words):
    server.play(scene)
    done = statuses(client.submit(TRIPOSR, {"image_url": image}))[-1]
    assert done.error == words
    assert done.error_type


@pytest.mark.parametrize("scene", ["bad_request", "exhausted", "policy", "policy_header", "internal"])
def test_a_refusal_carries_its_detail_and_type(server, fal_client, client, image, scene):
    server.play(scene)
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.submit(TRIPOSR, {"image_url": image})
    status, detail, kind = ERRORS[scene]
    assert (caught.value.status_code, caught.value.message, caught.value.error_type) == (status, detail, kind)


def test_a_wrong_key_is_refused(server, fal_client, image):
    with pytest.raises(fal_client.FalClientHTTPError, match="Authentication") as caught:
        fal_client.SyncClient(key="wrong").submit(TRIPOSR, {"image_url": image})
    assert caught.value.status_code == 401
    assert server.tasks == {}


@pytest.mark.parametrize(
    "scene", ["poll_408", "poll_409", "poll_429", "poll_502", "poll_503", "poll_504", "result_502"]
)
def test_the_client_asks_again_over_the_same_trouble_as_we_do(server, client, image, scene):
    server.play(scene)
    assert "model_mesh" in client.submit(TRIPOSR, {"image_url": image}).get(interval=0.01)
    assert server.complaints == []
    assert len(server.tasks) == 1


def test_an_input_that_is_wrong_is_noticed(server, fal_client, client, image):
    """The server is strict with the vendor's client, too."""
    with pytest.raises(fal_client.FalClientHTTPError) as caught:
        client.submit(TRIPOSR, {"image_url": image, "mc_resolution": "256"})
    assert caught.value.message[0]["loc"] == ["body", "mc_resolution"]
    assert len(server.complaints) == 1
