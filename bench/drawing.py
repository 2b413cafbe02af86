# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the panels of jobs take to draw with 200 jobs in the list, in this thread's own time.

Blender calls `draw` in a window only, so a layout that swallows everything stands for Blender's: what is measured is
what is ours. `tests/window/drive_jobs.py` measures the same with Blender's own layout.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

__all__ = ["LIMIT", "measured"]

JOBS, TIMES = 200, 50
LIMIT = 0.005  # seconds
SORTS = ("NEWEST", "NAME", "STATE", "COST", "PROVIDER")


class Swallow:
    """A layout: whatever is called on it returns another one; lists are filtered and their rows drawn."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, _name: str) -> Any:
        return lambda *_words, **_more: Swallow(self._context)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def template_list(self, _kind: str, _id: str, data: Any, name: str, *_words: Any, **_more: Any) -> None:
        """Do what Blender does with a list: filter and sort all of it, draw the rows that there is room for."""
        from img3d_addon.blender.sidebar.jobs import IMG3D_UL_jobs as kind

        own = SimpleNamespace(bitflag_filter_item=1 << 30, filter_name="object")
        filter_items: Any = kind.filter_items
        draw_item: Any = kind.draw_item
        filter_items(own, self._context, data, name)
        for row in list(getattr(data, name))[:12]:
            draw_item(own, self._context, Swallow(self._context), data, row, 0, data, "at")


def measured() -> dict[str, float]:
    """Return the seconds that the slowest of many drawings took, by what was drawn."""
    import bpy

    import img3d_addon
    from img3d_addon.blender import job_list
    from img3d_addon.blender.sidebar import compare, gallery, jobs

    img3d_addon.register()
    try:
        _show_many()
        job_list.sync()
        context: Any = SimpleNamespace(
            region=SimpleNamespace(width=400),
            preferences=SimpleNamespace(system=SimpleNamespace(ui_scale=1.0)),  # there is none without a window
            window_manager=bpy.context.window_manager,
            scene=bpy.context.scene,
        )
        found: dict[str, float] = {}
        for sort in SORTS:
            context.window_manager.img3d_jobs.sort = sort
            found[f"jobs by {sort.lower()}"] = _slowest(lambda: jobs.draw_jobs(Swallow(context), context))
        for panel in (gallery.IMG3D_PT_gallery, compare.IMG3D_PT_compare):
            draw: Any = panel.draw
            own = SimpleNamespace(layout=Swallow(context))
            found[panel.bl_label.lower()] = _slowest(partial(draw, own, context))
        return found
    finally:
        img3d_addon.unregister()


def _show_many() -> None:
    from img3d_addon.blender import session
    from img3d_addon.core.jobs.job import Job
    from img3d_addon.core.values import Price

    states = ("imported", "failed", "cancelled", "ready", "remote", "uncertain")
    providers = tuple(session.providers())
    session.engine()._registry.add_found(
        Job(
            id=f"{number:014}",
            provider=providers[number % len(providers)],
            name=f"object {number}",
            image=Path("chair.png"),
            state=states[number % len(states)],
            params={},
            after={},
            created=1e9 + number,
            updated=1e9 + number,
            path=Path("made.glb"),
            error="The service said no. " * 10,
            cost=Price(amount=number % 7, unit="credits"),
        )
        for number in range(JOBS)
    )


def _slowest(draw: Any) -> float:
    """Return the best of three worst times: what the machine does beside must not count."""
    worst: list[float] = []
    for _ in range(3):
        times: list[float] = []
        for _ in range(TIMES):
            begun = time.thread_time()
            draw()
            times.append(time.thread_time() - begun)
        worst.append(max(times))
    return min(worst)


def main() -> int:
    """Print the times; the exit status is 1 when one is over the limit."""
    with tempfile.TemporaryDirectory(prefix="img3d-bench-") as home:
        os.environ["IMG3D_HOME"] = home
        found = measured()
    for name, seconds in found.items():
        sys.stdout.write(f"{name}: {seconds * 1000:.2f} ms\n")
    return int(max(found.values()) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
