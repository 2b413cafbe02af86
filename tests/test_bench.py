# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark measures what it says: stages that add up, memory of the child, ratios to a paired run."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="this system does not tell a child's memory")

from bench import offline as bench

SMALL = bench.Case("extrude", "alpha", 512, faces=1000)


def test_stages_add_up_to_the_work_of_a_child(tmp_path):
    found = bench.run(bench.draw(tmp_path, "alpha", 512), SMALL.options())
    assert list(found.stages) == ["read", "find", "measure", "build", "front", "back", "write"]
    assert found.stages["back"] == 0.0  # one chart for both sides
    assert all(seconds > 0.0 for stage, seconds in found.stages.items() if stage != "back")
    assert sum(found.stages.values()) < found.work + 0.01  # a busy machine pauses between them, too
    assert found.work < found.whole
    assert found.cpu > 0.05
    assert 200 < found.faces < 3000


def test_memory_is_the_child_s_own(tmp_path):
    code = (
        "import sys; from pathlib import Path; from bench import offline as bench; folder = Path(sys.argv[1])\n"
        "options = bench.Case('extrude', 'alpha', 1024).options()\n"
        "print(bench.floor(folder), bench.run(bench.draw(folder, 'alpha', 1024), options).peak)\n"
        "big = bytearray(200_000_000); bench.floor(folder)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    least, peak = map(int, done.stdout.split())
    assert 10e6 < least < 80e6
    assert 20e6 < peak - least < 144e6  # the goal for 1024 pixels
    assert "this process is larger than its children" in done.stderr


def test_a_case_is_measured_in_turn_with_the_reference(tmp_path, monkeypatch):
    asked = []

    def run(picture, options):
        asked.append((picture.name, options["mode"]))
        work = 1.0 if len(asked) % 2 else 3.0
        stages = dict.fromkeys(bench.STAGES, 0.1)
        return bench.Run(stages=stages, work=work, whole=4.0, cpu=2.0, peak=90_000_000, faces=1234)

    monkeypatch.setattr(bench, "run", run)
    found = bench.measure(SMALL, tmp_path, pairs=2)
    assert asked == [("alpha-512.png", "extrude"), *[("alpha-512.png", "extrude"), ("alpha-1024.png", "inflate")] * 2]
    assert (found["ratio"], found["ratios"]) == (3.0, [3.0, 3.0])
    assert bench.row(found, 40_000_000).endswith(
        "| 1,234 |" + " 100 |" * 7 + " 3000 | 4000 | 2000 | 50 | 3.00 | 3.00 .. 3.00 |"
    )


def test_every_mode_and_background_is_there():
    cases = bench.cases((512, 2048))
    assert {case.mode for case in cases} == {"inflate", "relief", "extrude", "revolve"}
    assert {case.background for case in cases} == {"alpha", "plain", "photo"}
    assert len(cases) == len(set(cases)) == 12


def test_inputs_have_the_size_and_background_they_say(tmp_path):
    from PIL import Image

    for background, mode in (("alpha", "RGBA"), ("plain", "RGB"), ("photo", "RGB")):
        with Image.open(bench.draw(tmp_path, background, 64)) as image:
            assert (image.size, image.mode) == ((64, 64), mode)
