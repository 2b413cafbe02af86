# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred deliberately bad meshes, the same ones every time, and what a clean result has to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import numpy as np

__all__ = ["COUNT", "NAMES", "bad_mesh", "faults"]

COUNT = 100

Soup = tuple[np.ndarray, np.ndarray]
"""Points, float64 (n, 3), and triangles (m, 3)."""


def ball(rings: int = 24, *, radius: float = 1.0, at: Any = (0.0, 0.0, 0.0)) -> Soup:
    """Return a closed sphere of 4 * rings * (rings - 1) triangles."""
    steps = 2 * rings
    tilt = np.pi * np.arange(1, rings)[:, None] / rings
    turn = 2 * np.pi * np.arange(steps)[None] / steps
    body = np.stack([np.sin(tilt) * np.cos(turn), np.sin(tilt) * np.sin(turn), np.cos(tilt) + 0 * turn], -1)
    points = np.concatenate([[[0, 0, 1]], body.reshape(-1, 3), [[0, 0, -1]]])
    first = 1 + np.arange((rings - 2) * steps)
    right = 1 + (first - 1) // steps * steps + first % steps
    sides = np.concatenate(
        [np.stack([first, first + steps, right], -1), np.stack([right, first + steps, right + steps], -1)]
    )
    top = 1 + np.arange(steps)
    caps = np.stack([0 * top, top, 1 + top % steps], -1)
    last = len(points) - 1
    floor = np.stack([0 * top + last, last - top, last - 1 - top % steps], -1)
    return points * radius + np.asarray(at), np.concatenate([sides, caps, floor])


def torus(across: int = 16, around: int = 40, *, tube: float = 0.35) -> Soup:
    """Return a closed ring."""
    u, v = np.meshgrid(2 * np.pi * np.arange(around) / around, 2 * np.pi * np.arange(across) / across, indexing="ij")
    out = 1 + tube * np.cos(v)
    points = np.stack([out * np.cos(u), out * np.sin(u), tube * np.sin(v)], -1).reshape(-1, 3)
    a = np.arange(around * across).reshape(around, across)
    b, c, d = np.roll(a, -1, 0), np.roll(np.roll(a, -1, 0), -1, 1), np.roll(a, -1, 1)
    return points, np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])


def cube(half: float = 1.0, at: Any = (0.0, 0.0, 0.0)) -> Soup:
    """Return twelve triangles."""
    points = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float) * half + np.asarray(at)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return points, np.array([tri for a, b, c, d in quads for tri in ((a, b, c), (a, c, d))])


def sheet(cells: int = 20) -> Soup:
    """Return a wavy open grid."""
    x, y = np.meshgrid(np.linspace(-1, 1, cells + 1), np.linspace(-1, 1, cells + 1), indexing="ij")
    points = np.stack([x, y, 0.2 * np.sin(3 * x) * np.cos(2 * y)], -1).reshape(-1, 3)
    a = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    return points, np.concatenate(
        [np.stack([a, a + cells + 1, a + 1], -1), np.stack([a + 1, a + cells + 1, a + cells + 2], -1)]
    )


def together(*soups: Soup) -> Soup:
    """Return all of them as one."""
    counts = np.cumsum([0] + [len(points) for points, _ in soups])
    return np.concatenate([p for p, _ in soups]), np.concatenate(
        [t + n for (_, t), n in zip(soups, counts, strict=False)]
    )


def _some(soup: Soup, rng: np.random.Generator) -> Soup:
    return soup if rng.random() < 0.5 else torus()


def _holes(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points, triangles[rng.random(len(triangles)) > rng.uniform(0.01, 0.4)]


def _cut(rng: np.random.Generator) -> Soup:
    points, triangles = ball()
    return points, triangles[points[triangles].mean(axis=1)[:, 2] < rng.uniform(-0.7, 0.9)]


def _doubles(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points[triangles.ravel()], np.arange(triangles.size).reshape(-1, 3)


def _nearly_doubles(rng: np.random.Generator) -> Soup:
    points, triangles = _doubles(rng)
    return points + rng.normal(scale=10.0 ** rng.uniform(-7, -2), size=points.shape), triangles


def _twice(rng: np.random.Generator) -> Soup:
    soup = _some(ball(), rng)
    points, triangles = soup
    return points, np.concatenate([triangles, triangles[:, ::-1] if rng.random() < 0.5 else triangles])


def _flipped(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    turn = rng.random(len(triangles)) < rng.uniform(0.02, 0.7)
    return points, np.where(turn[:, None], triangles[:, ::-1], triangles)


def _inside_out(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points, triangles[:, ::-1]


def _loose(rng: np.random.Generator) -> Soup:
    count = int(rng.integers(1, 300))
    loose = (rng.normal(size=(3 * count, 3)), np.arange(3 * count).reshape(-1, 3))
    return together(ball(), loose)


def _soup(rng: np.random.Generator) -> Soup:
    count = int(rng.integers(5, 400))
    middles = np.repeat(rng.normal(size=(count, 3)), 3, axis=0)
    return middles + rng.normal(scale=0.2, size=(3 * count, 3)), np.arange(3 * count).reshape(-1, 3)


def _crossing(rng: np.random.Generator) -> Soup:
    count = int(rng.integers(2, 9))
    return together(
        *(ball(12, radius=rng.uniform(0.2, 1), at=rng.uniform(-0.8, 0.8, 3)) for _ in range(count)), cube(0.7)
    )


def _crumpled(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points + rng.normal(scale=rng.uniform(0.05, 0.6), size=points.shape), triangles


def _random_corners(rng: np.random.Generator) -> Soup:
    points = rng.normal(size=(int(rng.integers(6, 200)), 3))
    triangles = rng.integers(0, len(points), (int(rng.integers(4, 600)), 3))
    return points, triangles


def _shells(rng: np.random.Generator) -> Soup:
    return together(*(ball(16, radius=radius) for radius in np.linspace(1, 0.3, int(rng.integers(2, 6)))))


def _crumbs(rng: np.random.Generator) -> Soup:
    count, size = int(rng.integers(200, 900)), rng.uniform(0.004, 0.06)
    return together(ball(), *(ball(4, radius=size, at=at) for at in rng.uniform(-2, 2, (count, 3))))


def _only_crumbs(rng: np.random.Generator) -> Soup:
    return together(*(ball(4, radius=0.03, at=at) for at in rng.uniform(-1, 1, (int(rng.integers(50, 400)), 3))))


def _one_triangle(rng: np.random.Generator) -> Soup:
    return rng.normal(size=(3, 3)), np.array([[0, 1, 2]])


def _few_triangles(rng: np.random.Generator) -> Soup:
    return rng.normal(size=(4, 3)), np.array([[0, 1, 2], [1, 2, 3]])


def _no_area(rng: np.random.Generator) -> Soup:
    points = np.outer(rng.normal(size=60), [1.0, 2.0, 3.0])
    return points, np.arange(60).reshape(-1, 3)


def _one_place(rng: np.random.Generator) -> Soup:
    return np.full((30, 3), rng.normal()), np.arange(30).reshape(-1, 3)


def _needles(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points * [1.0, 1.0, 10.0 ** rng.uniform(1, 3)], triangles


def _flat(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points * [1.0, 1.0, 10.0 ** rng.uniform(-9, -2)], triangles


def _tiny(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points * 10.0 ** rng.uniform(-8, -5), triangles


def _huge(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points * 10.0 ** rng.uniform(5, 9), triangles


def _far_away(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    return points + 10.0 ** rng.uniform(3, 8), triangles


def _not_numbers(rng: np.random.Generator) -> Soup:
    points, triangles = _some(ball(), rng)
    points = points.copy()
    points[rng.integers(0, len(points), int(rng.integers(1, 60)))] = rng.choice([np.nan, np.inf, -np.inf, 3e38])
    return points, triangles


def _nothing_is_a_number(rng: np.random.Generator) -> Soup:
    points, triangles = ball(6)
    return np.full_like(points, rng.choice([np.nan, np.inf])), triangles


def _no_faces(rng: np.random.Generator) -> Soup:
    return ball(6)[0], np.empty((0, 3), int)


def _sheet(rng: np.random.Generator) -> Soup:
    return sheet(int(rng.integers(1, 40)))


def _fan_of_sheets(rng: np.random.Generator) -> Soup:
    """Many sheets that share one edge: no manifold at all."""
    leaves = int(rng.integers(3, 9))
    turn = 2 * np.pi * np.arange(leaves) / leaves
    outer = np.stack([np.cos(turn), np.sin(turn), 0 * turn], -1)
    points = np.concatenate([[[0, 0, -1], [0, 0, 1]], outer])
    return points, np.array([[0, 1, 2 + number] for number in range(leaves)])


def _touching(rng: np.random.Generator) -> Soup:
    """Cubes that share a corner or an edge."""
    return together(cube(1, (0, 0, 0)), cube(1, (2, 2, 2 * float(rng.integers(0, 2)))), cube(1, (4, 4, 4)))


def _million(rng: np.random.Generator) -> Soup:
    points, triangles = ball(501)
    return points * (1 + 0.02 * np.sin(40 * points[:, :1]) * np.cos(30 * points[:, 1:2])), triangles


def _spikes(rng: np.random.Generator) -> Soup:
    points, triangles = ball()
    chosen = rng.integers(0, len(points), 40)
    points = points.copy()
    points[chosen] *= rng.uniform(2, 50, (40, 1))
    return points, triangles


def _bottle(rng: np.random.Generator) -> Soup:
    """A Moebius strip: it has one side."""
    u, v = np.meshgrid(2 * np.pi * np.arange(60) / 60, np.linspace(-0.3, 0.3, 5), indexing="ij")
    out = 1 + v * np.cos(u / 2)
    points = np.stack([out * np.cos(u), out * np.sin(u), v * np.sin(u / 2)], -1).reshape(-1, 3)
    a = np.arange(300).reshape(60, 5)
    b = np.roll(a, -1, 0)
    b[-1] = b[-1, ::-1]
    quads = np.stack([a[:, :-1], b[:, :-1], b[:, 1:], a[:, 1:]], -1).reshape(-1, 4)
    return points, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


KINDS: tuple[tuple[Callable[[np.random.Generator], Soup], int], ...] = (
    (_holes, 8), (_cut, 4), (_doubles, 2), (_nearly_doubles, 4), (_twice, 3), (_flipped, 5), (_inside_out, 2),
    (_loose, 4), (_soup, 4), (_crossing, 5), (_crumpled, 6), (_random_corners, 5), (_shells, 3), (_crumbs, 4),
    (_only_crumbs, 2), (_one_triangle, 2), (_few_triangles, 1), (_no_area, 1), (_one_place, 1), (_needles, 4),
    (_flat, 6), (_tiny, 4), (_huge, 3), (_far_away, 3), (_not_numbers, 4), (_nothing_is_a_number, 1), (_no_faces, 1),
    (_sheet, 2), (_fan_of_sheets, 1), (_touching, 1), (_spikes, 2), (_bottle, 1), (_million, 1),
)  # fmt: skip
"""How to make them, and how many of each kind."""

NAMES = tuple(make.__name__.strip("_").replace("_", " ") for make, count in KINDS for _ in range(count))


def bad_mesh(number: int) -> tuple[Any, str, int]:
    """Return mesh `number` of `COUNT` as an object in no scene, what is bad about it, and the faces to ask for."""
    make = [make for make, count in KINDS for _ in range(count)][number]
    rng = np.random.default_rng(7919 * number + 17)
    with np.errstate(all="ignore"):
        points, triangles = make(rng)
        mesh = _mesh(points.astype(np.float32), triangles)
    if rng.random() < 0.5:
        _dress(mesh, rng)
    item = bpy.data.objects.new(f"bad {number}", mesh)
    return item, NAMES[number], int(rng.choice([60, 300, 1000]))


def faults(item: Any) -> str:
    """Return what is wrong with a result, or an empty text."""
    mesh = item.data
    place = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", place)
    sides = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_total", sides)
    edge = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("edge_index", edge)
    if not len(sides) or not np.isfinite(place).all():
        return "no faces, or corners that are no numbers"
    if (sides != 4).any() or (np.bincount(edge, minlength=len(mesh.edges)) != 2).any():
        return "not all quads, or not closed"
    if mesh.validate(verbose=False):
        return "an invalid mesh"
    return ""


def _mesh(points: np.ndarray, triangles: np.ndarray) -> Any:
    mesh = bpy.data.meshes.new("bad")
    mesh.vertices.add(len(points))
    mesh.vertices.foreach_set("co", points.ravel())
    mesh.loops.add(triangles.size)
    mesh.loops.foreach_set("vertex_index", triangles.astype(np.int32).ravel())
    mesh.polygons.add(len(triangles))
    mesh.polygons.foreach_set("loop_start", np.arange(0, triangles.size, 3, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.validate()
    return mesh


def _dress(mesh: Any, rng: np.random.Generator) -> None:
    """Add a texture on senseless coordinates."""
    layer = mesh.uv_layers.new(name="UVMap")
    if layer is not None and len(mesh.loops):
        layer.uv.foreach_set("vector", rng.random(2 * len(mesh.loops)).astype(np.float32))
    image = bpy.data.images.new("noise", 32, 32)
    image.pixels.foreach_set(rng.random(32 * 32 * 4).astype(np.float32))
    image.pack()
    material = bpy.data.materials.new("bad")
    if not material.node_tree:
        material.use_nodes = True
    nodes = material.node_tree.nodes
    picture = nodes.new("ShaderNodeTexImage")
    picture.image = image
    shader = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    material.node_tree.links.new(picture.outputs["Color"], shader.inputs["Base Color"])
    mesh.materials.append(material)
