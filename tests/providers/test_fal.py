# SPDX-License-Identifier: GPL-3.0-or-later
"""fal.ai against a strict queue that was written from the contract: what each model is sent."""

import json

import pytest
from PIL import Image

from img3d_addon.core import errors
from img3d_addon.core.files.images import prepare
from img3d_addon.core.params import Bool, Choice, Float, Int, Text
from img3d_addon.core.values import Model, Task
from img3d_addon.providers.fal import Fal
from img3d_addon.providers.fal.models import ROWS
from img3d_addon.providers.fal.options import LEFT
from tests.servers.asking import KEY, asking, picture
from tests.servers.fal import FalServer
from tests.servers.fal_models import MODELS
from tests.servers.playing import checked

FAL = Fal()
TRIPOSR = "fal-ai/triposr"
RODIN = "fal-ai/hyper3d/rodin/v2"
TEXTS = {"bbox_condition": "100, 50,80"}
every_model = pytest.mark.parametrize("model", MODELS)


@pytest.fixture
def server():
    with FalServer() as running:
        yield running


def submit(server, folder, *, key=KEY, image=None, **params):
    with asking(server.url, folder, provider=FAL, key=key) as api:
        return FAL.submit(api, image or picture(folder / "own"), checked(FAL, params))


def followed(server, folder, **params):
    """Submit and poll to the end; return all states."""
    with asking(server.url, folder, provider=FAL) as api:
        task = FAL.submit(api, picture(folder / "own"), checked(FAL, params))
        task = Task(**json.loads(json.dumps({"id": task.id, "data": task.data})))
        states = []
        while not (states and isinstance(states[-1], Model)):
            states.append(FAL.poll(api, task))
            assert len(states) < 9
        return states


def options_of(model):
    return [param for param in FAL.params if model in param.when.get("model", ())]


def ends_of(param, model):
    """Return values of an option at the ends of what the model takes."""
    allowed = ROWS[model].takes[param.name]
    match param:
        case Choice():
            return [choice for choice in param.choices if choice not in LEFT and choice in allowed]
        case Bool():
            return [True, False]
        case Int() | Float():
            low, high = getattr(allowed, "low", param.min), getattr(allowed, "high", param.max)
            return [type(param.default)(low if low != -1 else 0), type(param.default)(high)]
        case Text():
            return [TEXTS.get(param.name, "a red chair")]
    raise AssertionError(param)


def test_the_table_has_every_model_of_the_contract_with_its_options():
    assert set(ROWS) == set(MODELS)
    for model, (field, many, options) in MODELS.items():
        row = ROWS[model]
        assert (row.image, row.many) == (field, many)
        assert set(row.takes) == set(options), model
        assert {param.name for param in options_of(model)} == set(options)


@every_model
def test_each_model_is_asked_with_its_defaults(tmp_path, server, model):
    states = followed(server, tmp_path, model=model)
    assert server.complaints == []
    assert isinstance(states[-1], Model)
    (request,) = server.seen("POST", f"/{model}")
    field, many, options = MODELS[model]
    sent = request.json
    assert isinstance(sent.pop(field), list) is many
    assert set(sent) <= set(options)
    shown = checked(FAL, {"model": model})
    assert sent == {name: value for name, value in shown.items() if name != "model" and value not in LEFT}


@every_model
def test_each_model_is_asked_with_each_option_at_both_ends(tmp_path, server, model):
    ends = {param.name: ends_of(param, model) for param in options_of(model)}
    for end in (0, -1):
        given = {name: values[end] for name, values in ends.items()}
        if "quality_override" in given:
            given["quality_override"] = (500, 1_000_000)[end] if given["mesh_mode"] == "Raw" else (1000, 200_000)[end]
        submit(server, tmp_path, model=model, **given)
        sent = server.requests[-1].json
        assert set(sent) == {MODELS[model][0], *ends}, "all of them"
    assert server.complaints == []


@every_model
def test_each_choice_of_each_option_is_taken(tmp_path, server, model):
    for param in options_of(model):
        for value in ends_of(param, model) if isinstance(param, Choice) else ():
            submit(server, tmp_path, model=model, **{param.name: value})
    assert server.complaints == []


@pytest.mark.parametrize(
    ("model", "name", "value", "words"),
    [
        ("tripo3d/p1/image-to-3d", "face_limit", 20_001, "Tripo P1"),
        ("tripo3d/h3.1/image-to-3d", "face_limit", 999, "from 1000 to 2000000"),
        ("fal-ai/pixal3d", "resolution", 512, "one of 1024, 1536"),
        ("fal-ai/pixal3d", "max_num_tokens", 4095, "from 4096"),
        ("fal-ai/pixal3d", "shape_slat_rescale_t", 0.5, "from 1 to 6"),
        ("fal-ai/pixal3d", "shape_slat_guidance_strength", -0.5, "from 0 to 10"),
        ("fal-ai/hunyuan-3d/v3.1/pro/image-to-3d", "face_count", 39_999, "from 40000 to 1500000"),
        ("fal-ai/hyper3d/rodin", "seed", 65_536, "from 0 to 65535"),
        ("fal-ai/hyper3d/rodin", "tier", "Gen-2.5-Low", "one of Regular"),
        ("fal-ai/hyper3d/rodin/v2.5", "tier", "Sketch", "Gen-2.5-Extreme-Low"),
        (RODIN, "quality_override", 499, "from 500"),
        (RODIN, "bbox_condition", "100,50", "three whole numbers"),
        (RODIN, "bbox_condition", "1,0,2", "three whole numbers"),
        (TRIPOSR, "mc_resolution", 2000, "from 32 to 1024"),
        (TRIPOSR, "seed", 7, "only with model"),
        ("fal-ai/bytedance/seed3d/image-to-3d", "texture", "true", "only with model"),
        ("fal-ai/hunyuan-3d/v3.1/pro/image-to-3d", "enable_pbr", True, "only with model"),
        (TRIPOSR, "generate_pbr", True, "no parameter"),
    ],
)
def test_what_a_model_does_not_take_is_never_sent(tmp_path, server, model, name, value, words):
    with pytest.raises(errors.BadInput, match=name) as caught:
        submit(server, tmp_path, model=model, **{name: value})
    assert words in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("faces", [999, 200_001])
def test_quads_of_rodin_have_a_range_of_their_own(tmp_path, server, faces):
    with pytest.raises(errors.BadInput, match="with quads"):
        submit(server, tmp_path, model=RODIN, mesh_mode="Quad", quality_override=faces)
    submit(server, tmp_path, model=RODIN, mesh_mode="Raw", quality_override=faces)
    assert server.complaints == []


@pytest.mark.parametrize(("given", "sent"), [(True, True), (False, False), ("true", True), ("default", None)])
def test_a_switch_is_yes_no_or_left_to_the_model(tmp_path, server, given, sent):
    submit(server, tmp_path, model="tripo3d/p1/image-to-3d", quad=given)
    assert server.requests[0].json.get("quad") is sent


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_each_format_is_sent_under_its_own_type(tmp_path, server, kind):
    submit(server, tmp_path, image=picture(tmp_path / "own", kind=kind))
    assert server.requests[0].json["image_url"].startswith(f"data:image/{kind};base64,")
    assert server.complaints == []


@pytest.mark.parametrize("size", [(64, 64), (6000, 4000), (3000, 1000), (1000, 3000)])
def test_pictures_of_every_size_are_prepared_to_what_is_taken(tmp_path, server, size):
    Image.effect_noise(size, 99).convert("RGB").save(tmp_path / "a.bmp")
    image = prepare(tmp_path / "a.bmp", FAL.image, folder=tmp_path / "job")
    submit(server, tmp_path, image=image)
    assert server.complaints == []
    assert max(image.width, image.height) <= 2048
    assert 0.4 <= image.width / image.height <= 2.5
