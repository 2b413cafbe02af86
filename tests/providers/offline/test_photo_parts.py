# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of finding an object in a photo-like picture, each against a plain way to the same."""

import heapq

import numpy as np
import pytest

from img3d_addon.providers.offline.silhouette.focus import fine_sharpness, is_depth_told, sharpness
from img3d_addon.providers.offline.silhouette.geodesic import best_level, colour_steps, frame_distance
from img3d_addon.providers.offline.silhouette.guided import guided
from img3d_addon.providers.offline.silhouette.mixture import log_density
from img3d_addon.providers.offline.silhouette.smoothing import gauss
from img3d_addon.providers.offline.silhouette.surround import unlikeness
from img3d_addon.providers.offline.silhouette.walker import walked, weights_of


def noise(height, width, seed=1):
    return np.random.default_rng(seed).random((height, width, 3)).astype(np.float32)


def flat(height, width, colour):
    return np.broadcast_to(np.array(colour, np.float32), (height, width, 3)).copy()


def square(side=40, edge=12):
    mask = np.zeros((side, side), bool)
    mask[edge:-edge, edge:-edge] = True
    return mask


def dijkstra(right, down):
    """Return the distances to the frame by the textbook."""
    height, width = right.shape[0], down.shape[1]
    far = np.full((height, width), np.inf)
    far[[0, -1]] = far[:, [0, -1]] = 0
    heap = [(0.0, j, i) for j, i in zip(*np.nonzero(far == 0), strict=True)]
    while heap:
        so_far, j, i = heapq.heappop(heap)
        ways = []
        if i + 1 < width:
            ways.append((right[j, i], j, i + 1))
        if i:
            ways.append((right[j, i - 1], j, i - 1))
        if j + 1 < height:
            ways.append((down[j, i], j + 1, i))
        if j:
            ways.append((down[j - 1, i], j - 1, i))
        for cost, y, x in ways:
            if so_far + cost < far[y, x]:
                far[y, x] = so_far + cost
                heapq.heappush(heap, (far[y, x], y, x))
    return far


def test_the_sweeps_find_the_shortest_ways():
    lab, weight = noise(23, 31), noise(23, 31, seed=2)[..., 0]
    right, down = (np.maximum(steps - 0.3, 0) for steps in colour_steps(lab))
    right = right * np.minimum(weight[:, 1:], weight[:, :-1]) + 1e-4
    down = down * np.minimum(weight[1:], weight[:-1]) + 1e-4
    assert frame_distance(lab, weight, free=0.3) == pytest.approx(dijkstra(right, down), abs=2e-3)


def test_the_best_level_is_where_the_edge_is():
    y, x = np.mgrid[0:80, 0:80]
    off = np.hypot(y - 40, x - 40)
    distance = np.clip(1 - off / 40, 0, 1)  # a cone, on whose slope nothing but the edge tells the object
    edges = np.where(np.abs(off - 20) < 1.5, 0.2, 0.01)
    assert best_level(distance, edges) == pytest.approx(0.5, abs=0.06)


def test_a_mixture_knows_its_own_colours():
    random = np.random.default_rng(4)
    red, blue = np.array([[0.6], [0.2], [0.1]]), np.array([[0.4], [0.0], [-0.2]])
    cloud = (np.concatenate([red, blue], axis=1).repeat(300, axis=1) + random.normal(0, 0.01, (3, 600))).astype("f4")
    asked = np.concatenate([red, blue, (red + blue) / 2], axis=1).astype(np.float32)
    at_red, at_blue, between = log_density(asked, cloud, parts=4)
    assert min(at_red, at_blue) > between + 4
    assert np.isfinite(log_density(asked, cloud[:, :3], parts=16)).all(), "hardly any samples"
    assert np.isfinite(log_density(asked, cloud[:, :1].repeat(40, axis=1), parts=16)).all(), "one colour"


def test_walking_solves_its_equations():
    lab, trust, opinion = noise(9, 11), noise(9, 11, seed=2)[..., 0], noise(9, 11, seed=3)[..., 0]
    right, down = weights_of(lab)
    matrix = np.diag(trust.ravel().astype(float))
    for weights, step in ((np.pad(right, ((0, 0), (0, 1))), 1), (np.pad(down, ((0, 1), (0, 0))), 11)):
        for k in np.nonzero(weights.ravel())[0]:
            matrix[[k, k + step], [k, k + step]] += weights.ravel()[k]
            matrix[[k, k + step], [k + step, k]] -= weights.ravel()[k]
    truth = np.linalg.solve(matrix, (trust * opinion).ravel()).reshape(9, 11)
    found = walked((right, down), opinion, trust, start=np.zeros_like(opinion), rounds=200)
    assert found == pytest.approx(truth, abs=2e-3)


def test_an_opinion_spreads_up_to_the_edge():
    inside = square()
    lab = np.where(inside[..., None], flat(40, 40, (0.8, 0.1, 0)), flat(40, 40, (0.4, 0, 0)))
    opinion, trust = np.full((40, 40), 0.5, np.float32), np.zeros((40, 40), np.float32)
    opinion[20, 20], trust[20, 20] = 1, 1
    opinion[[0, -1]], trust[[0, -1]] = 0, 1
    found = walked(weights_of(lab), opinion, trust, start=opinion)
    assert ((found > 0.5) == inside).all()


def test_a_coarse_mask_follows_the_guide():
    truth = np.zeros((160, 160), bool)
    truth[43:118, 37:122] = True
    truth &= np.hypot(*np.mgrid[-80:80, -80:80]) < 52
    coarse = truth[2::4, 2::4]
    coarse = np.roll(coarse, 1, axis=1)  # four pixels off
    found = guided(coarse, np.where(truth, 0.8, 0.3).astype(np.float32))
    assert (found ^ truth).sum() < 0.25 * (coarse.repeat(4, 0).repeat(4, 1) ^ truth).sum()


def test_the_frames_colours_count_in_shadow_and_at_their_height():
    lab = flat(96, 96, (0.8, 0.02, 0.06))
    lab[:48] = (0.6, -0.05, -0.1)  # a wall above a floor
    lab[60:80, 30:60] *= 0.85  # a shadow on the floor
    lab[20:40, 30:60] = (0.5, 0.15, 0.1)  # a thing
    found = unlikeness(lab)
    assert found[64:76, 34:56].max() < 0.02
    assert found[24:36, 34:56].min() > 0.15
    lab[20:40, 30:60] = lab[90, 90]  # the colour of the floor, in front of the wall
    assert unlikeness(lab)[24:32, 34:56].min() > 0.023


def test_edges_out_of_focus_count_less():
    step = np.where(square(80, 20), 0.8, 0.3).astype(np.float32)
    sharp, blurred = (np.stack([gauss(step, sigma)] * 3, axis=-1) for sigma in (0.5, 4.0))
    assert sharpness(sharp)[20, 30:50].min() > 0.9
    assert sharpness(blurred)[20, 30:50].max() < 0.2


def test_the_depth_is_told_by_what_is_sharp_in_the_middle_and_blurred_around_it():
    y, x = np.mgrid[0:80, 0:80]
    centre = np.exp(-(((x - 40) ** 2 + (y - 40) ** 2) / 500))
    around = np.where(square(160, 12) & ~square(160, 30), 0.8, 0.3).astype(np.float32)
    inner = np.where(square(160, 60), 0.6, 0).astype(np.float32)
    soft, crisp = (np.stack([gauss(around, sigma) + inner] * 3, axis=-1) for sigma in (4.0, 0.5))
    for fine, told in ((soft, True), (crisp, False)):
        assert is_depth_told(fine_sharpness(fine, (80, 80)), fine[::2, ::2], centre) == told
    alone = np.stack([inner] * 3, axis=-1)
    assert not is_depth_told(fine_sharpness(alone, (80, 80)), alone[::2, ::2], centre), "nothing is around it"
