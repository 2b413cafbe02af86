# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing of a parameter is cut off in the sidebar as wide as Blender opens it."""

import pytest

from img3d_addon.blender import layout
from img3d_addon.blender.properties import SIDEBAR_AFTER
from img3d_addon.blender.sidebar.after import AFTER_SECTIONS
from img3d_addon.blender.words import CHARACTER
from img3d_addon.core.params import Bool, Choice, Float
from img3d_addon.providers import load

WIDTH = 280 - layout.MARGIN


def sections():
    """Return what stands below one another: the basic and the advanced parameters of each provider."""
    for name, provider in load().items():
        for level in (False, True):
            yield pytest.param([one for one in provider.params if one.advanced == level], id=f"{name}-{level}")
    for names in AFTER_SECTIONS:
        yield pytest.param([one for one in SIDEBAR_AFTER if one.name in names], id=f"after-{names[0]}")


def test_every_option_of_the_sidebar_has_its_place():
    drawn = [name for names in AFTER_SECTIONS for name in names]
    assert sorted(drawn) == sorted(param.name for param in SIDEBAR_AFTER)


@pytest.mark.parametrize("params", [*sections()])
def test_every_label_and_choice_of_a_provider_can_be_read(params):
    shares = layout.label_shares(params, width=WIDTH)
    for param in params:
        label, share = len(param.title) * CHARACTER, shares[param.name]
        if isinstance(param, Bool):
            assert label + 20 <= WIDTH * (1 - share), param.name
        elif share:
            assert label <= WIDTH * share, f"the label of {param.name} is too long: {param.title!r}"
        else:
            assert label <= WIDTH * 0.8, f"the label of {param.name} is too long: {param.title!r}"
        if isinstance(param, Choice):
            longest = max((param.title_of(choice) for choice in param.choices), key=len)
            assert len(longest) * CHARACTER + 20 <= WIDTH * (1 - share), f"{param.name} cuts {longest!r} off"


def test_labels_share_one_width_and_a_long_one_goes_into_its_field():
    params = (Float("a", 0, min=0, max=1), Float("b", 0, min=0, max=1, label="a" * 18), Bool("c", True))
    shares = layout.label_shares(params, width=220.0)
    assert shares["a"] == shares["b"] == shares["c"] > layout.LEAST
    params = (*params, Float("d", 0, min=0, max=1, label="a" * 26))
    assert layout.label_shares(params, width=220.0) == {**shares, "d": 0.0}
