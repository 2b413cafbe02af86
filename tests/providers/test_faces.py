# SPDX-License-Identifier: GPL-3.0-or-later
"""How many triangles each provider is expected to deliver with which parameters."""

import pytest

from img3d_addon.core.params import check_all
from img3d_addon.providers import load

PROVIDERS = load()
MESHY, TRIPO, PIXAL = "fal-ai/meshy/v6/image-to-3d", "tripo3d/h3.1/image-to-3d", "fal-ai/pixal3d"


@pytest.mark.parametrize(
    ("name", "given", "faces"),
    [
        ("offline", {"faces": 5000}, 5000),
        ("stability_spar3d", {}, None),
        ("stability_spar3d", {"target_type": "face", "target_count": 3000}, 3000),
        ("stability_spar3d", {"target_type": "face", "target_count": 3000, "remesh": "quad"}, 6000),
        ("stability_spar3d", {"target_type": "vertex", "target_count": 3000}, 6000),
        ("stability_sf3d", {}, None),
        ("stability_sf3d", {"vertex_count": 500}, 1000),
        ("scenario_pixal3d", {}, 400_000),
        ("vtrix_spark3d", {"subdivisionlevel": "low"}, 30_000),
        ("hunyuan3d_local", {}, None),
        ("hunyuan3d_local", {"texture": True}, 40_000),
        ("modelslab_image_to_3d", {}, None),
        ("aiml_triposr", {}, None),
        ("fal", {}, None),
        ("fal", {"model": MESHY}, 30_000),
        ("fal", {"model": MESHY, "topology": "quad"}, 60_000),
        ("fal", {"model": TRIPO, "face_limit": 2000}, 2000),
        ("fal", {"model": PIXAL}, 400_000),
    ],
)
def test_what_the_parameters_say(name, given, faces):
    provider = PROVIDERS[name]
    assert provider.faces(check_all(provider.params, given)) == faces


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
def test_hints_are_declared_in_sensible_numbers(provider):
    assert provider.largest_texture in (0, 1024, 2048, 4096, 8192)
    assert provider.unit.strip() == provider.unit != ""
