# SPDX-License-Identifier: GPL-3.0-or-later
"""The same picture at several providers, and their results side by side in a row with labels.

What belongs together is kept beside each result, so that a job that is resumed another day finds its row. The row is
laid out again with each result that arrives, in the order of the providers; one that never comes leaves no gap, nor
does one that the artist has hidden or emptied.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bpy
from mathutils import Vector

from ..core.errors import Img3dError, OutputError
from ..core.jobs.job import JobView
from ..core.provider import Provider
from ..core.values import Order
from . import session
from .job_list import view_of
from .names import datablock_name
from .picture import name_of, take
from .properties import after_values, settings_of, values
from .seeds import renewed

if TYPE_CHECKING:
    from .importing import Imported

__all__ = ["ROW", "line_up", "planned", "settle", "start"]

ROW = "img3d_compare"
"""Custom property of the collection that holds a row: the id of its first job."""

_AT = "img3d_compare_at"
_LABEL = "img3d_label"
_FILE = "compare.json"
_GAP = 0.3  # between two results, as a share of the widest
_TILT = math.radians(30)  # of a label: it is read from the front and from above, and hides little


def planned(scene: bpy.types.Scene, providers: Iterable[Provider]) -> list[tuple[Provider, Mapping[str, Any]]]:
    """Return each provider with the parameters that the scene has for it; `BadInput` says what is wrong with them."""
    settings = settings_of(scene)
    found: list[tuple[Provider, Mapping[str, Any]]] = []
    for provider in providers:
        params = values(getattr(settings, provider.name), provider.params)
        provider.check(params)
        found.append((provider, params))
    return found


def start(scene: bpy.types.Scene, providers: Sequence[Provider]) -> list[str]:
    """Make a job of the scene's picture at each provider; returns their ids, in order. Raises as `Engine.submit`.

    Everything is checked before the first one is made.
    """
    settings = settings_of(scene)
    name, after = name_of(settings.picture), after_values(settings)
    orders: list[Order] = []
    for provider, checked in planned(scene, providers):
        params = renewed(getattr(settings, provider.name), provider.params, checked)
        taken = take(settings.picture, scene, session.scratch_folder())  # each job writes its own file
        orders.append(
            Order(provider=provider.name, image=taken.path, pixels=taken.pixels, params=params, name=name, after=after)
        )
    jobs: list[str] = []
    try:
        for order in orders:
            jobs.append(session.engine().submit(order))
        _remember(jobs, name)
    except Img3dError:
        for job in jobs:
            session.engine().cancel(job)
        raise
    return jobs


def settle(context: Any, job: str, made: Imported) -> None:
    """Bring what was just imported into its row, if it belongs to one and has no place there yet."""
    row = _row_of(job)
    if row is None:
        return
    scene = context.view_layer.id_data
    home = _collection(scene, row)
    if home is not None and any(item.get("img3d_job") == job for item in home.all_objects):
        return  # imported again, for another purpose
    if home is None:
        home = _new_collection(scene, row, at=made.root.location)
    _move(made, home)
    _label(home, made, view_of(job))
    context.view_layer.update()  # sizes are read from it, and places by whoever comes next
    line_up(home, row["jobs"])
    context.view_layer.update()


def line_up(home: Any, jobs: Sequence[str]) -> None:
    """Lay the row out from left to right in the order of `jobs`, their labels before them."""
    roots = {item["img3d_job"]: item for item in home.all_objects if "img3d_image" in item}
    labels = {item[_LABEL]: item for item in home.all_objects if _LABEL in item and item.type == "FONT"}
    extents = {job: _extent(roots[job]) for job in jobs if job in roots}
    there = [(job, roots[job], extent) for job, extent in extents.items() if extent]
    widest = max((high.x - low.x for _job, _root, (low, high) in there), default=0.0)
    size = _label_size(
        labels.values(), widest, tallest=max((max(*(high - low)) for _, _, (low, high) in there), default=0)
    )
    at = Vector(home[_AT])
    left: float | None = None
    for job, root, (low, high) in there:
        width = high.x - low.x
        left = at.x - width / 2 if left is None else left
        root.location += Vector((left - low.x, at.y - (low.y + high.y) / 2, at.z - low.z))
        if job in labels:
            _put_label(labels[job], Vector((left + width / 2, at.y - (high.y - low.y) / 2, at.z)), size)
        left += width + _GAP * widest


def _remember(jobs: Sequence[str], name: str) -> None:
    for job in jobs:
        folder = session.engine().folder(job)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / _FILE).write_text(json.dumps({"jobs": jobs, "name": name}), encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{folder} cannot be written ({error.strerror or error})") from error


def _row_of(job: str) -> dict[str, Any] | None:
    try:
        found = json.loads((session.engine().folder(job) / _FILE).read_text(encoding="utf-8"))
        return {"jobs": [str(one) for one in found["jobs"]], "name": str(found["name"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _collection(scene: bpy.types.Scene, row: Mapping[str, Any]) -> Any:
    return next((one for one in scene.collection.children_recursive if one.get(ROW) == row["jobs"][0]), None)


def _new_collection(scene: bpy.types.Scene, row: Mapping[str, Any], *, at: Vector) -> Any:
    home: Any = bpy.data.collections.new(datablock_name(f"Compare {row['name']}"))
    home[ROW], home[_AT] = row["jobs"][0], at.to_tuple()
    home.color_tag = "COLOR_04"
    scene.collection.children.link(home)
    return home


def _move(made: Imported, home: Any) -> None:
    """Take the result out of the collection of results, with those collections that it has of its own."""
    from .importing.collection import MARK

    items = (*made.objects, *made.levels)
    results: set[Any] = {one for one in bpy.data.collections if one.get(MARK)}
    own = {one for item in items for one in item.users_collection}
    left: set[Any] = set()
    for old in results:
        for item in set(items) & set(old.objects):
            home.objects.link(item)
            old.objects.unlink(item)
            left.add(old)
        for child in own & set(old.children):
            home.children.link(child)
            old.children.unlink(child)
            left.add(old)
    bpy.data.batch_remove([old for old in left if not old.all_objects and not old.children])


def _label(home: Any, made: Imported, view: JobView | None) -> None:
    provider = session.providers().get(made.root["img3d_provider"])
    words = (provider.label if provider else made.root["img3d_provider"]).partition(" (")[0]
    facts = f"{made.faces:,} faces"
    if view and view.cost and view.cost.amount:
        facts += f", {view.cost.amount:g} {view.cost.unit}"
    curve: Any = bpy.data.curves.new(datablock_name(f"{words} label"), "FONT")
    curve.body = f"{words}\n{facts}"
    curve.align_x, curve.align_y = "CENTER", "BOTTOM"
    label = bpy.data.objects.new(curve.name, curve)
    label[_LABEL] = made.root["img3d_job"]
    home.objects.link(label)


def _label_size(labels: Iterable[Any], widest: float, *, tallest: float) -> float:
    """Return the height of the letters: the same for all, so that the longest line has room before its object."""
    longest = max((len(line) for label in labels for line in label.data.body.splitlines()), default=1)
    # a character is about half as wide as it is high
    return min(0.12 * tallest, (1 + _GAP) * 2.0 * widest / max(longest, 1)) or 1.0


def _put_label(label: Any, front: Vector, size: float) -> None:
    label.data.size = size
    label.rotation_euler = (_TILT, 0.0, 0.0)
    label.location = front - Vector((0.0, 3.0 * size, 0.0))


def _extent(root: Any) -> tuple[Vector, Vector] | None:
    """Return the lowest and the highest corner of what can be seen of a result; None when that is nothing."""
    shown = [item for item in (root, *root.children_recursive) if item.type == "MESH" and not item.hide_viewport]
    corners = [item.matrix_world @ Vector(corner) for item in shown for corner in item.bound_box]
    if not corners:
        return None
    low, high = ([pick(corner[axis] for corner in corners) for axis in range(3)] for pick in (min, max))
    return Vector(low), Vector(high)
