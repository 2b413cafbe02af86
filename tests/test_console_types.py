# SPDX-License-Identifier: GPL-3.0-or-later
"""What a type checker tells somebody who writes a script against img3d."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .console_page import examples

pytest.importorskip("pyright", reason="pyright is only in the developers' environment")

ROOT = Path(__file__).parent.parent
TOLD = """
from pathlib import Path
import img3d_addon as img3d
from bpy.types import Object

made: list[Object] = img3d.generate(Path("chair.png"), size=2)
job: img3d.JobHandle = img3d.submit("chair.png")
objects: list[Object] = job.import_result() + img3d.import_result(job) + img3d.import_result("a.glb")
states: list[str] = [one.state for one in img3d.jobs()] + [img3d.job("1").state]
share: float | None = job.progress
price = img3d.estimate("chair.png")
amount: float = price.amount if price else img3d.balance("fal").amount
labels: list[str] = [one.label for one in img3d.providers().values()]
error: type[img3d.errors.Img3dError] = img3d.CreditsError
"""
WRONG = """
import img3d_addon as img3d

img3d.genrate("chair.png")
img3d.generate(7)
img3d.submit("chair.png").stat
len(img3d.estimate("chair.png"))
"""


def told(tmp_path, **files):
    """Return the complaints of pyright in its strict mode, as (file, line)."""
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    settings = {"typeCheckingMode": "strict", "reportMissingModuleSource": False, "extraPaths": [str(ROOT)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == len(files), done.stdout
    found = [one for one in report["generalDiagnostics"] if one["severity"] == "error"]
    return {(Path(one["file"]).stem, one["range"]["start"]["line"]): one["message"] for one in found}


def test_right_names_and_types_are_taken_and_wrong_ones_told(tmp_path):
    page = "".join(code for _line, code in examples())
    page = page.replace("context.preferences.system.use_online_access", "context")  # the stubs of bpy do not know it
    found = told(tmp_path, told=TOLD, wrong=WRONG, page=page)
    assert not {where: text for where, text in found.items() if where[0] != "wrong"}
    assert sorted(found) == [("wrong", 3), ("wrong", 4), ("wrong", 5), ("wrong", 6)], found
