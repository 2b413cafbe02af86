# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario's own SDK goes its whole way against our server, and judges every field of its answers.

With strict validation the SDK refuses an answer whose shape is not the service's: a server that drifted away from
the real one, and with it our client, would be found here. The SDK is in the `clients` group of pyproject.toml.
"""

import base64
import io
import urllib.request

import httpx
import pytest
import scenario_sdk
from PIL import Image

from tests.servers.asking import KEY
from tests.servers.glb import glb, png
from tests.servers.scenario import ScenarioServer

MODEL = "model_pixal3d"


@pytest.fixture
def server():
    """A service that must have found nothing to complain of when the test ends."""
    with ScenarioServer() as running:
        yield running
        assert running.complaints == []


def client(server, *, secret=f"{KEY}-2"):
    return scenario_sdk.Scenario(
        api_key=KEY,
        api_secret=secret,
        base_url=server.url,
        max_retries=0,
        http_client=httpx.Client(trust_env=False),
        _strict_response_validation=True,
    )


@pytest.fixture
def sdk(server):
    with client(server) as own:
        yield own


def uploaded(sdk, **given):
    text = base64.b64encode(png(640, 640)).decode()
    return sdk.assets.upload(name="input.png", image=text, **given).asset


def run(sdk, **inputs):
    return sdk.generate.run_model(MODEL, body={"image": uploaded(sdk).id, **inputs}).job


def states_of(sdk, job):
    """Return the states of a job up to its end, and the job as it was then."""
    states = []
    while job.status not in ("success", "failure", "canceled"):
        job = sdk.jobs.retrieve(job.job_id).job
        states.append((job.status, job.progress))
        assert len(states) < 20
    return states, job


def fetched(url):
    """Fetch a link as any browser would: letter by letter, without a key."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        return answer.read()


def test_it_is_the_version_that_the_contract_was_read_from():
    assert scenario_sdk.__version__ == "2.4.0"


def test_the_sdk_goes_from_the_picture_to_the_model(sdk, server):
    asset = uploaded(sdk, hide=True)
    assert (asset.kind, asset.mime_type, asset.status) == ("image", "image/png", "success")
    answer = sdk.generate.run_model(MODEL, body={"image": asset.id, "seed": 7, "decimationTarget": 5000})
    assert answer.job.status == "queued"
    assert answer.to_dict()["creativeUnitsCost"] == 60
    states, job = states_of(sdk, answer.job)
    assert [state for state, _ in states] == [
        "queued",
        "warming-up",
        "in-progress",
        "in-progress",
        "finalizing",
        "success",
    ]
    assert [progress for _, progress in states] == sorted(progress for _, progress in states)
    assert job.metadata.input == {"image": asset.id, "seed": 7, "decimationTarget": 5000}
    assert job.billing.cu_cost == 60
    assets = sdk.assets.get_bulk(asset_ids=job.metadata.asset_ids).assets
    (model,) = [found for found in assets if found.kind == "3d"]
    assert (model.mime_type, model.properties.format, model.properties.vertex_count) == ("model/gltf-binary", "glb", 24)
    assert fetched(model.url) == glb()
    alone = sdk.assets.retrieve(model.id, original_assets=True).asset
    assert alone.url != model.url, "each look gives a fresh link"
    assert fetched(alone.url) == glb()
    assert server.units == 412 - 60


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_a_picture_may_be_raw_base64_or_a_data_url(sdk, server, prefix):
    """Row 4 of the disagreements."""
    text = prefix + base64.b64encode(png(8, 8)).decode()
    asset = sdk.assets.upload(name="input.png", image=text).asset
    assert server.assets[asset.id].data == png(8, 8)


@pytest.mark.parametrize("parts", [1, 2])
def test_a_large_picture_goes_in_parts_to_the_store(sdk, server, parts):
    buffer = io.BytesIO()
    Image.effect_noise((2048, 2048), 120).save(buffer, "png", compress_level=1)
    data = buffer.getvalue() + b"\0" * 6_000_000
    upload = sdk.uploads.create(
        file_name="input.png",
        content_type="image/png",
        kind="image",
        parts=parts,
        file_size=len(data),
        asset_options={"hide": True},
    ).upload
    assert (upload.status, upload.source, len(upload.parts)) == ("pending", "multipart", parts)
    border = 5_500_000 if parts == 2 else len(data)
    for part, piece in zip(upload.parts, (data[:border], data[border:])[:parts], strict=True):
        assert httpx.put(part.url, content=piece, trust_env=False).status_code == 200
    assert sdk.uploads.trigger_action(upload.id, action="complete").upload.status == "validating"
    states = []
    while "imported" not in states:
        upload = sdk.uploads.retrieve(upload.id).upload
        states.append(upload.status)
    assert states == ["validating", "validated", "imported"]
    assert server.assets[upload.entity_id].data == data
    assert sdk.assets.retrieve(upload.entity_id).asset.mime_type == "image/png"


def test_an_upload_that_fails_says_why(sdk, server):
    server.play("upload_failed")
    data = png(64, 64)
    upload = sdk.uploads.create(
        file_name="a.png", content_type="image/png", kind="image", parts=1, file_size=len(data)
    ).upload
    httpx.put(upload.parts[0].url, content=data, trust_env=False)
    sdk.uploads.trigger_action(upload.id, action="complete")
    found = [sdk.uploads.retrieve(upload.id).upload for _ in range(3)][-1]
    assert (found.status, found.error_message) == ("failed", "The file could not be validated")


@pytest.mark.parametrize("way", ["true", "api"])
@pytest.mark.parametrize("scene", ["success", "price_with_job"])
def test_a_dry_run_has_a_status_of_its_own(sdk, server, way, scene):
    """Row 5 of the disagreements: 269. The SDK's type for the answer wants a job in it, which is not documented."""
    server.play(scene)
    body = {"image": uploaded(sdk).id}
    answer = sdk.generate.with_raw_response.run_model(MODEL, body=body, dry_run=way)
    assert answer.http_response.status_code == 269
    found = answer.http_response.json()
    assert (found["creativeUnitsCost"], found["costDetails"]) == (60, {"custom-generation": 60})
    if scene == "price_with_job":
        assert answer.parse().job.job_id == "job_0"
    assert (server.units, server.jobs) == (412, {})


@pytest.mark.parametrize(
    "scene",
    ["many_assets", "obj_only", "no_model", "asset_pending", "asset_error", "failure", "canceled", "success_at_once"],
)
def test_every_scene_has_the_shapes_of_the_service(sdk, server, scene):
    server.play(scene)
    _states, job = states_of(sdk, run(sdk))
    if scene == "failure":
        assert (job.metadata.error, job.metadata.hint) == (
            "The input image could not be processed",
            "Try another image",
        )
    for name in job.metadata.asset_ids:
        asset = sdk.assets.retrieve(name).asset
        assert asset.status in ("success", "pending", "error")


def test_a_model_is_converted_or_refused(sdk, server):
    for scene, data in (("obj_only", glb()), ("original_refused", None)):
        server.play(scene)
        _states, job = states_of(sdk, run(sdk))
        model = next(a for a in sdk.assets.get_bulk(asset_ids=job.metadata.asset_ids).assets if a.source == "img23d")
        if data:
            found = sdk.assets.download.request(model.id, target_format="glb")
            assert found.mime_type == "model/gltf-binary"
            assert fetched(found.url) == data
            assert fetched(sdk.assets.download.request(model.id).url) != data
        else:
            with pytest.raises(scenario_sdk.BadRequestError):
                sdk.assets.download.request(model.id, target_format="glb")


def test_teams_and_what_they_have_left(sdk):
    teams = sdk.teams.list().teams
    assert [(team.name, len(team.projects)) for team in teams] == [("Nobody's", 0), ("Example Studio", 1)]
    found = sdk.teams.retrieve_limits(teams[1].id)
    left = found.limits.creative_units - found.values.creative_units
    assert left + sum(part.remaining for part in found.one_shot_creative_units) == 412


def test_a_cancel_is_taken_or_refused(sdk, server):
    with pytest.raises(scenario_sdk.BadRequestError, match="Cannot cancel"):
        sdk.jobs.trigger_action(run(sdk).job_id, action="cancel")
    server.play("cancellable")
    assert sdk.jobs.trigger_action(run(sdk).job_id, action="cancel").job.status == "canceled"


def test_the_project_is_a_query_of_every_call():
    with ScenarioServer(project="proj_x") as strict, client(strict) as sdk:
        with pytest.raises(scenario_sdk.NotFoundError):
            uploaded(sdk)
        asset = uploaded(sdk, project_id="proj_x")
        job = sdk.generate.run_model(MODEL, body={"image": asset.id}, project_id="proj_x").job
        assert sdk.jobs.retrieve(job.job_id, project_id="proj_x").job.owner_id == "proj_x"
        assert sdk.assets.get_bulk(asset_ids=[asset.id], project_id="proj_x").assets[0].id == asset.id
        assert strict.complaints == []


def test_a_wrong_secret_is_refused(server):
    with client(server, secret="shh-wrong") as other, pytest.raises(scenario_sdk.AuthenticationError):
        other.teams.list()


@pytest.mark.parametrize(
    ("scene", "kind"),
    [
        ("bad_request", scenario_sdk.BadRequestError),
        ("plan", scenario_sdk.PermissionDeniedError),
        ("not_found", scenario_sdk.NotFoundError),
        ("limited_seconds", scenario_sdk.RateLimitError),
        ("unavailable", scenario_sdk.InternalServerError),
        ("reset", scenario_sdk.APIConnectionError),
    ],
)
def test_refusals_are_those_that_the_sdk_knows(sdk, server, scene, kind):
    server.play(scene)
    with pytest.raises(kind):
        run(sdk)


@pytest.mark.parametrize(
    "inputs", [{"resolution": 512}, {"seed": "7"}, {"remesh": "true"}, {"prompt": "x"}, {"image": "asset_99"}]
)
def test_the_server_is_strict_with_the_sdk_too(inputs):
    with ScenarioServer() as strict, client(strict) as sdk:
        with pytest.raises(scenario_sdk.BadRequestError):
            sdk.generate.run_model(MODEL, body={"image": uploaded(sdk).id, **inputs})
        assert len(strict.complaints) == 1
