# SPDX-License-Identifier: GPL-3.0-or-later
"""P7: the processor time that enabling the add-on takes, against as many bare classes of the same kinds."""

from __future__ import annotations

import py_compile
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .child import ROOT, ask
from .judging import Measured
from .plan import Plan

__all__ = ["GOALS", "measure"]

GOALS = ("P7",)
HEAVY = ("requests", "urllib3", "ssl", "numpy", "PIL", "sqlite3")
MOST = 15.0  # milliseconds
KNOWN = 60.0  # times the goal: see README.md
KINDS = ("Operator", "Panel", "PropertyGroup", "AddonPreferences", "UIList", "Menu", "Header")
BODIES = {
    "Operator": 'bl_idname = "bare.n{n}"; bl_label = "n"',
    "Panel": 'bl_space_type = "VIEW_3D"; bl_region_type = "UI"; bl_label = "n"; draw = lambda self, context: None',
    "AddonPreferences": "bl_idname = __name__",
    "Menu": 'bl_label = "n"; draw = lambda self, context: None',
    "Header": 'bl_space_type = "VIEW_3D"; draw = lambda self, context: None',
}


def measure(plan: Plan) -> Iterator[Measured]:
    """Enable ours and the bare one in turn, each in a new process."""
    kinds = ask("startup.sample", kinds={})["kinds"]  # the first run also compiles what is not compiled yet
    ask("startup.sample", kinds=kinds)
    pairs = [(ask("startup.sample", kinds={}), ask("startup.sample", kinds=kinds)) for _ in range(plan.pairs)]
    ours = [one["ms"] for one, _ in pairs]
    heavy = sorted({name for one, _ in pairs for name in one["heavy"]})
    yield Measured(
        goal="P7",
        what="enable/bare classes",
        case=f"{sum(kinds.values())} classes",
        most=2.0,
        a=ours,
        b=[other["ms"] for _, other in pairs],
        also={"enable": (statistics.median(ours), MOST)},
        accepted=KNOWN,
        wrong=[f"imported: {', '.join(heavy)}"] if heavy else [],
        notes={"kinds": kinds},
    )


def sample(*, kinds: dict[str, int], folder: str) -> dict[str, Any]:
    """Enable ours, or with `kinds` an add-on of so many bare classes; return time, heavy modules, kinds of classes."""
    import bpy

    # addon_utils exists only once bpy is there, where that is a Python module.
    # isort: split
    import addon_utils

    name = "img3d_addon"
    sys.path.insert(0, str(ROOT))
    if kinds:
        name = "img3d_bench_bare"
        path = Path(folder) / f"{name}.py"
        path.write_text(_bare(kinds), encoding="utf-8")
        sys.path.insert(0, folder)
        py_compile.compile(str(path))
    before, registered = set(sys.modules), _registered(bpy)
    begun = time.thread_time()  # nothing waits here: a busy machine counts less in the processor's time
    if addon_utils.enable(name) is None:
        raise SystemExit(f"bench: {name} cannot be enabled")
    spent = 1000.0 * (time.thread_time() - begun)
    found = Counter(kind for kind, _ in _registered(bpy) - registered)
    return {"ms": spent, "heavy": sorted({*HEAVY} & {*sys.modules} - before), "kinds": found}


def _registered(bpy: Any) -> set[tuple[str, str]]:
    bases = [(kind, getattr(bpy.types, kind)) for kind in KINDS]
    return {(kind, one.__name__) for kind, base in bases for one in base.__subclasses__() if one.is_registered}


def _bare(kinds: dict[str, int]) -> str:
    """Return the source of an add-on with so many classes of each kind and nothing in them."""
    names, lines = [], ["import bpy", 'bl_info = {"name": "bare", "blender": (4, 2, 0), "category": "3D View"}']
    for kind, count in kinds.items():
        for _ in range(count):
            number = len(names)
            names.append(f"BARE_{kind}_{number}")
            lines += [f"class {names[-1]}(bpy.types.{kind}):", f"    {BODIES.get(kind, 'pass').format(n=number)}"]
    lines += [f"ALL = ({', '.join(names)},)", "def register():", "    for one in ALL: bpy.utils.register_class(one)"]
    lines += ["def unregister():", "    for one in ALL: bpy.utils.unregister_class(one)"]
    return "\n".join(lines) + "\n"
