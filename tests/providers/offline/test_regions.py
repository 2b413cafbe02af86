# SPDX-License-Identifier: GPL-3.0-or-later
"""Components, flood, erosion, and the limited distance, against plain loops."""

import numpy as np
import pytest

from img3d_addon.providers.offline.silhouette.distance import inner_distance
from img3d_addon.providers.offline.silhouette.regions import areas, chosen, dilate, erode, label, open_to_frame


def flooded(mask):
    """Number the components of `mask` by a plain flood fill, in reading order."""
    numbers = np.full(mask.shape, -1)
    count = 0
    for start in zip(*np.nonzero(mask), strict=True):
        if numbers[start] >= 0:
            continue
        todo = [start]
        while todo:
            j, i = todo.pop()
            if 0 <= j < mask.shape[0] and 0 <= i < mask.shape[1] and mask[j, i] and numbers[j, i] < 0:
                numbers[j, i] = count
                todo += [(j + 1, i), (j - 1, i), (j, i + 1), (j, i - 1)]
        count += 1
    return numbers, count


@pytest.mark.parametrize("share", [0.0, 0.3, 0.55, 0.7, 1.0])
def test_components_are_those_of_a_flood_fill(share):
    mask = np.random.default_rng(7).random((37, 53)) < share
    labels, count = label(mask)
    truth, true_count = flooded(mask)
    assert count == true_count
    assert ((labels >= 0) == mask).all()
    pairs = set(zip(labels[mask].tolist(), truth[mask].tolist(), strict=True))
    assert len(pairs) == count, "one number here is one number there"
    assert areas(labels, count).sum() == mask.sum()
    assert chosen(labels, np.ones(count, bool)).sum() == mask.sum()


def test_a_spiral_is_one_component():
    mask = np.zeros((41, 41), bool)
    for k in range(0, 20, 2):
        mask[k, k : 41 - k] = mask[k : 41 - k, 40 - k] = mask[40 - k, k : 41 - k] = True
        mask[k + 2 : 41 - k, k] = True
        mask[k + 2, k : k + 3] = True
    assert label(mask)[1] == flooded(mask)[1] == 1


def test_what_touches_the_frame_is_open():
    mask = np.zeros((9, 9), bool)
    mask[3:6, 3:6] = True
    mask[0:2, 4] = True
    assert open_to_frame(mask).sum() == 2


def test_erosion_and_dilation_undo_each_other_on_a_square():
    mask = np.zeros((20, 20), bool)
    mask[5:15, 5:15] = True
    assert erode(mask, 2).sum() == 36
    assert (dilate(erode(mask, 2), 2) & ~mask).sum() == 0
    assert erode(np.ones((5, 5), bool)).all(), "the frame does not shrink it"


@pytest.mark.parametrize("limit", [3, 9])
def test_the_distance_is_exact_up_to_its_limit(limit):
    mask = np.zeros((30, 40), bool)
    mask[4:26, 5:33] = True
    mask[12, 20] = False
    outside = np.argwhere(~mask)
    truth = np.zeros(mask.shape)
    for j, i in np.argwhere(mask):
        truth[j, i] = np.sqrt(((outside - [j, i]) ** 2).sum(1).min())
    assert inner_distance(mask, limit) == pytest.approx(np.minimum(truth, limit), abs=1e-5)
