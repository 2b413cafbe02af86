# SPDX-License-Identifier: GPL-3.0-or-later
"""The provider: what it declares is what works, and its errors are those of the tree."""

from pathlib import Path

import pytest

from img3d_addon.core.errors import BadInput, ProviderError
from img3d_addon.core.files.images import prepare
from img3d_addon.core.params import Choice, Float, Int, check_all
from img3d_addon.core.values import Model, Running
from img3d_addon.providers.offline import Offline, process
from tests.gltf_validator import validate
from tests.servers.asking import asking

from .drawing import WHITE, Sheet
from .surfaces import Glb, assert_solid, euler

EXAMPLES = Path(__file__).parents[3] / "examples"
RED = (210, 50, 40)
CHOICES = [(item.name, choice) for item in Offline.params if isinstance(item, Choice) for choice in item.choices]


def submitted(path, folder, **params):
    """Prepare and submit; return the model and the progress."""
    provider = Offline()
    steps = []
    with asking("", folder, provider=provider, online=False) as api:
        api.folder.mkdir(parents=True, exist_ok=True)
        ready = prepare(path, provider.image, folder=folder / "job")
        work = provider.submit(api, ready, check_all(provider.params, {"faces": 1000, "texture_size": 512, **params}))
        while True:
            try:
                steps.append(next(work))
            except StopIteration as end:
                return end.value, steps


@pytest.fixture
def apple(tmp_path):
    return (
        Sheet(page=WHITE)
        .disc(120, 130, 80, RED)
        .line([(120, 60), (130, 20)], 10, (70, 50, 30))
        .save(tmp_path / "apple.png")
    )


def test_a_picture_becomes_a_model_without_network_or_cost(apple, tmp_path):
    model, steps = submitted(apple, tmp_path)
    assert isinstance(model, Model)
    assert all(isinstance(step, Running) and step.message for step in steps)
    assert model.cost.amount == 0
    assert model.facts["segmentation"] == "plain"
    glb = Glb(model.path.read_bytes())
    assert glb.document["nodes"][0]["name"] == "apple"
    assert_solid(*glb.welded())


@pytest.mark.parametrize(("name", "choice"), CHOICES, ids=[f"{name}={choice}" for name, choice in CHOICES])
def test_every_choice_that_is_offered_works(name, choice, tmp_path):
    transparent = choice == "alpha"
    params = {name: choice}
    if choice == "mask":
        params["mask"] = str(Sheet(page=(0, 0, 0)).disc(120, 130, 70, WHITE).save(tmp_path / "mask.png"))
    sheet = Sheet(page=None if transparent else WHITE).disc(120, 130, 80, (*RED, 255))
    model, _steps = submitted(sheet.save(tmp_path / "apple.png"), tmp_path, **params)
    assert_solid(*Glb(model.path.read_bytes()).welded())


RANGES = [(item, end) for item in Offline.params if isinstance(item, Int | Float) for end in (item.min, item.max)]


@pytest.mark.parametrize(("param", "end"), RANGES, ids=[f"{param.name}={end:g}" for param, end in RANGES])
def test_the_ends_of_the_ranges_work(apple, param, end, tmp_path):
    needed = {name: allowed[-1] for name, allowed in param.when.items()}
    model, _steps = submitted(apple, tmp_path, **needed, **{param.name: end})
    assert_solid(*Glb(model.path.read_bytes()).welded())


@pytest.mark.parametrize(
    ("mode", "absent"),
    [
        ("inflate", {"thickness", "bevel", "light_angle", "outline_px"}),
        ("relief", {"bevel", "light_angle", "flat_base", "outline_px", "back"}),
        ("extrude", {"depth", "light_angle", "flat_base", "outline_px"}),
        (
            "revolve",
            {
                *("depth", "thickness", "bevel", "light_angle", "flat_base", "outline_px"),
                *("detail_source", "detail"),
            },
        ),
    ],
)
def test_a_mode_shows_only_what_it_uses(mode, absent):
    shown = set(check_all(Offline.params, {"mode": mode}))
    assert {param.name for param in Offline.params} - shown == absent | {"mask"}


def test_another_mode_is_suggested_and_never_taken_by_itself(tmp_path, caplog):
    path = Sheet(400, 200, page=WHITE).text("MADE", 90, (30, 80, 190)).save(tmp_path / "logo.png")
    with caplog.at_level("INFO", "img3d_addon.providers.offline"):
        model, steps = submitted(path, tmp_path)
    assert model.facts["method"] == "inflate"
    assert model.facts["suggested_mode"] == "extrude"
    assert any("mode extrude may suit" in step.message for step in steps)
    assert "mode extrude may suit" in caplog.text


@pytest.mark.parametrize("name", ["duck", "mushroom", "rocket"])
def test_the_examples_become_models_without_a_fault(name, tmp_path):
    model, _steps = submitted(EXAMPLES / f"{name}.png", tmp_path, faces=20_000, texture_size=1024)
    triangles, points = Glb(model.path.read_bytes()).welded()
    assert_solid(triangles, points)
    assert len(triangles) == pytest.approx(20_000, rel=0.08)
    assert euler(triangles, points) == 2, "one piece without holes"
    issues = validate(model.path)["issues"]
    assert issues["numErrors"] == issues["numWarnings"] == 0, issues["messages"]


def test_the_common_parameters_are_the_four_that_matter():
    assert [param.name for param in Offline.params if not param.advanced] == ["mode", "depth", "faces", "texture_size"]


def test_no_object_is_bad_input_with_advice(tmp_path):
    path = Sheet(page=WHITE).save(tmp_path / "blank.png")
    with pytest.raises(BadInput, match="one colour") as caught:
        submitted(path, tmp_path)
    assert caught.value.advice in str(caught.value)


def test_a_broken_child_is_a_provider_error(apple, tmp_path, monkeypatch):
    def broken(_job):
        raise process.Broken("The offline generator ended with status 9: killed")
        yield

    monkeypatch.setattr(process, "generate", broken)
    with pytest.raises(ProviderError, match="status 9") as caught:
        submitted(apple, tmp_path)
    assert caught.value.advice


def test_it_is_free():
    assert Offline().estimate(None, {}).amount == 0
