# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the renders of models before and after a quad remesh, and feed it a hundred bad meshes.

    python -m bench.quads [NAME...] [--faces 5000] [--check]      a table, and sheets of pictures in dist/quads/
    python -m bench.quads --bad [--only N,M]                      how each bad mesh ended

Each model and each bad mesh gets a process of its own with a time limit: one that hangs or ends Blender is a finding.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHEETS = ROOT / "dist" / "quads"
LEAST_PSNR = 29.0
MARK = "quads: "
PIECE = 10  # bad meshes in one process
MODELS = ("mushroom", "duck", "rocket", "vase", "creature", "mug", "chair", "knot", "lantern", "plant", "statue")


def main() -> int:
    """Run what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.quads", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODELS)}")
    parser.add_argument("--faces", type=int, default=5000)
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--bad", action="store_true", help="the hundred bad meshes instead")
    parser.add_argument("--only", default="", help="numbers of bad meshes, with commas")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        return _child(json.loads(chosen.child))
    if chosen.bad:
        return _bad([int(number) for number in chosen.only.split(",") if number] or list(range(100)))
    unknown = set(chosen.names) - set(MODELS)
    if unknown:
        parser.error(f"no model is called {', '.join(sorted(unknown))}")
    failed = _models(chosen.names or list(MODELS), faces=chosen.faces)
    return int(bool(failed) and chosen.check)


def _models(names: list[str], *, faces: int) -> list[str]:
    _print(
        f"{'model':10} {'triangles':>9} {'quads':>6} {'%':>4} {'open':>4} {'overlaps':>8} {'seconds':>7}"
        "  PSNR of four sides, dB"
    )
    failed: list[str] = []
    for name in names:
        row = next(_ask({"model": name, "faces": faces}, limit=1200.0))
        if "said" in row:
            _print(f"{name:10} {row['said']}")
            failed.append(name)
            continue
        sides = " ".join(f"{value:5.1f}" for value in row["psnr"])
        good = row["quads"] == 1.0 and not row["open"] and not row["overlaps"] and min(row["psnr"]) >= LEAST_PSNR
        _print(
            f"{name:10} {row['triangles']:9} {row['faces']:6} {100 * row['quads']:4.0f} {row['open']:4} "
            f"{row['overlaps']:8} {row['seconds']:7.1f}  {sides}  {'ok' if good else 'MISSED'}"
        )
        for note in row["notes"]:
            _print(f"{'':10} {note}")
        failed += [] if good else [name]
    return failed


def _bad(numbers: list[int]) -> int:
    begun, failed = time.perf_counter(), 0
    todo = list(numbers)
    while todo:
        for row in _ask({"bad": todo[:PIECE]}, limit=60.0 * PIECE):
            number = todo.pop(0)  # where the process ended before its time, that was the one
            if "said" in row:
                _print(f"{number:3} {row['said']}")
                failed += 1
                continue
            _print(f"{number:3} {row['name']:22} {row['seconds']:6.1f} s  {row['end']}")
            failed += row["broken"]
    _print(f"{len(numbers)} meshes, {failed} of them without a clean end, {time.perf_counter() - begun:.0f} s")
    return int(failed > 0)


def _ask(task: dict[str, Any], *, limit: float) -> Iterator[dict[str, Any]]:
    """Yield the rows of a process of its own as they come, and {"said": ...} if it ends before the last one."""
    command = [sys.executable, "-m", "bench.quads", "--child", json.dumps(task)]
    other = ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        guard = threading.Timer(limit, child.kill)
        guard.start()
        for line in child.stdout or ():
            if line.startswith(MARK):
                yield json.loads(line.removeprefix(MARK))
            elif line.strip():
                other = line.strip()
        guard.cancel()
    if child.returncode:
        late = child.returncode == -9
        yield {"said": f"still at work after {limit:.0f} s" if late else f"status {child.returncode}: {other}"}


def _child(task: dict[str, Any]) -> int:
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    if "model" in task:
        _answer(_model(task["model"], faces=task["faces"]))
    else:
        for number in task["bad"]:
            bpy.ops.wm.read_factory_settings(use_empty=True)
            _answer(_bad_one(number))
    os._exit(0)  # 4.2 and 4.5 may crash or hang in their own end


def _model(name: str, *, faces: int) -> dict[str, Any]:
    from bench.quad_models import MODELS as MAKERS
    from img3d_addon.blender.quads import QuadSettings, rebuild
    from img3d_addon.blender.quads.apart import scene_apart
    from img3d_addon.blender.quads.compare import psnr, sides
    from img3d_addon.blender.quads.source import gather
    from img3d_addon.blender.quads.unwrap import overlapping
    from img3d_addon.core.steps import drained

    items = [item for item in MAKERS[name]() if item.type == "MESH"]
    begun = time.perf_counter()
    made = drained(rebuild(items, QuadSettings(faces=faces)))
    seconds = time.perf_counter() - begun
    with scene_apart() as apart:
        source = gather(apart, [*items, made.object])
        *before, after = source.copies
        pictures = list(sides(apart, [before, [after]]))
        after.hide_render = True
        wire = apart.add(after.data.copy())
        wire.matrix_world = after.matrix_world
        _wired(wire)
        wires = [picture.repeat(2, axis=0).repeat(2, axis=1) for [picture] in sides(apart, [[wire]], size=256)]
        apart.link(made.object)
        overlaps = len(overlapping(apart, made.object)) if made.object.data.uv_layers else 0
        apart.scene.collection.objects.unlink(made.object)
    _sheet(SHEETS / f"{name}-{faces}.png", _rows(pictures, wires))
    return {
        "triangles": sum(len(item.data.loops) - 2 * len(item.data.polygons) for item in items),
        "faces": made.after.faces,
        "quads": made.after.quads,
        "open": made.after.non_manifold,
        "overlaps": overlaps,
        "seconds": seconds,
        "psnr": [psnr(first, second) for first, second in pictures],
        "notes": made.notes,
    }


def _rows(pictures: Any, wires: Any) -> Any:
    """Return one picture: a row for each side, of the original, the result and its edges."""
    import numpy as np

    return np.concatenate([np.concatenate([*row, wire], axis=1) for row, wire in zip(pictures, wires, strict=True)])


def _wired(item: Any) -> None:
    import bpy

    item.data.materials.clear()
    for name, shade in (("face", 0.8), ("wire", 0.02)):
        material = bpy.data.materials.new(name)
        if not material.node_tree:
            material.use_nodes = True
        shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
        shader.inputs["Base Color"].default_value = (shade, shade, shade, 1.0)
        item.data.materials.append(material)
    modifier = item.modifiers.new("wire", "WIREFRAME")
    modifier.use_replace, modifier.material_offset, modifier.use_even_offset = False, 1, False
    modifier.thickness = 0.006 / item.matrix_world.to_scale().x


def _sheet(file: Path, pixels: Any) -> None:
    from PIL import Image

    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((pixels * 255.0 + 0.5).clip(0, 255).astype("uint8")).save(file)


def _bad_one(number: int) -> dict[str, Any]:
    from img3d_addon.blender.quads import QuadSettings, rebuild
    from img3d_addon.core.errors import Img3dError
    from img3d_addon.core.steps import drained
    from tests.blender.bad_meshes import bad_mesh, faults

    item, name, faces = bad_mesh(number)
    begun = time.perf_counter()
    wrong = ""
    try:
        made = drained(rebuild([item], QuadSettings(faces=faces, texture=256)))
    except Img3dError as error:
        end = f"refused: {error}"
    except Exception as error:  # noqa: BLE001 - what may not happen
        end = wrong = f"BROKEN: {type(error).__name__}: {error}"
    else:
        wrong = faults(made.object)
        end = wrong or f"{made.after.faces} quads. {' '.join(made.notes)}"
    return {
        "number": number,
        "name": name,
        "seconds": time.perf_counter() - begun,
        "end": end,
        "broken": int(bool(wrong)),
    }


def _answer(row: dict[str, Any]) -> None:
    _print(MARK + json.dumps(row))


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
