# SPDX-License-Identifier: GPL-3.0-or-later
"""Stability's Stable Fast 3D: what differs from SPAR3D, and that the rest does not."""

import pytest

from img3d_addon import providers
from img3d_addon.core import errors
from img3d_addon.core.params import check_all
from img3d_addon.providers.stability_sf3d import StabilitySf3D
from img3d_addon.providers.stability_spar3d import StabilitySpar3D
from tests.servers.asking import asking, picture
from tests.servers.glb import glb
from tests.servers.stability import ERRORS, SF3D, SPAR3D, StabilityServer

MODEL = StabilitySf3D()


@pytest.fixture
def server():
    with StabilityServer() as running:
        yield running
        assert running.complaints == []


def submit(server, folder, *, provider=MODEL, image=None, **params):
    with asking(server.url, folder, provider=provider) as api:
        return provider.submit(api, image or picture(folder / "own"), check_all(provider.params, params))


def test_the_answer_is_the_model(tmp_path, server):
    model = submit(server, tmp_path)
    assert model.path.read_bytes() == glb()
    assert model.seed == 1234567
    assert model.cost is None, "the price is not known"
    (request,) = server.requests
    fields, files = request.form()
    assert fields == {
        "texture_resolution": "1024",
        "remesh": "none",
        "vertex_count": "-1",
        "foreground_ratio": "0.85",
    }
    assert set(files) == {"image"}
    assert (request.path, request.headers["stability-client-id"]) == (SF3D, "img3d")


def test_the_price_is_not_guessed():
    assert MODEL.estimate(None, check_all(MODEL.params, {})) is None


@pytest.mark.parametrize(("name", "values"), [(p.name, (p.min, p.max)) for p in MODEL.params if hasattr(p, "min")])
def test_the_ends_of_each_range_are_taken(tmp_path, server, name, values):
    for value in values:
        submit(server, tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("texture_resolution", "4096"),
        ("foreground_ratio", 1.3),
        ("foreground_ratio", 0.09),
        ("vertex_count", -2),
        ("vertex_count", 20001),
        ("vertex_count", 1.5),
        ("target_count", 1000),
        ("guidance_scale", 3),
        ("seed", 7),
    ],
)
def test_what_the_service_would_refuse_is_never_sent(tmp_path, server, name, value):
    with pytest.raises(errors.BadInput, match=name):
        submit(server, tmp_path, **{name: value})
    assert server.requests == []


def test_each_model_has_its_own_foreground_ratio(tmp_path, server):
    """Section 8, row 3: a factor of padding there, a share of the frame here."""
    submit(server, tmp_path)
    submit(server, tmp_path, provider=StabilitySpar3D())
    assert [request.path for request in server.requests] == [SF3D, SPAR3D]
    assert [request.form()[0]["foreground_ratio"] for request in server.requests] == ["0.85", "1.3"]


@pytest.mark.parametrize("scene", ERRORS)
def test_each_error_is_told_as_by_the_other_model(tmp_path, server, scene):
    server.play(scene)
    found = []
    for provider in (MODEL, StabilitySpar3D()):
        with pytest.raises(errors.ProviderError) as caught:
            submit(server, tmp_path, provider=provider)
        found.append(caught.value)
    own, other = found
    assert type(own) is type(other)
    assert ERRORS[scene][2] in str(own)
    assert str(own) == str(other).replace(StabilitySpar3D.label, MODEL.label)


@pytest.mark.parametrize(("scene", "kind"), [("filtered", errors.ModerationError), ("empty", errors.BadResult)])
def test_a_success_without_a_model_is_none(tmp_path, server, scene, kind):
    server.play(scene)
    with pytest.raises(kind, match=MODEL.label):
        submit(server, tmp_path)


def test_it_shares_account_key_test_and_balance(tmp_path, server):
    assert MODEL.account == StabilitySpar3D.account
    with asking(server.url, tmp_path, provider=MODEL) as api:
        assert MODEL.balance(api).amount == 412.5
        assert "artist@example.com" in MODEL.check_key(api)
    assert server.credits == 412.5


def test_both_models_are_listed_once():
    found = providers.load()
    assert [type(found[name]) for name in ("stability_sf3d", "stability_spar3d")] == [StabilitySf3D, StabilitySpar3D]
    assert [name for name in found if name.startswith("stability")] == ["stability_spar3d", "stability_sf3d"]
    assert found["stability_spar3d"].path == SPAR3D
