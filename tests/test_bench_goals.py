# SPDX-License-Identifier: GPL-3.0-or-later
"""The judgement of the benchmarks: ratios of pairs, the best of three repeats, lines; and the models that they load."""

import json
import math
from dataclasses import replace

import pytest

pytest.importorskip("resource", reason="this system does not tell a process's memory")

from bench import child, judging, models, run
from bench.judging import Measured
from bench.plan import Plan
from img3d_addon.core.files.preflight import preflight
from tools import bench as tool, pythons
from tools.talk import Stop

PLAN = Plan(goals=("P1", "P2"), sizes=("200k",), pairs=3, quick=True, blender="4.5")
GOOD = Measured(goal="P1", what="append/read", case="200k 2K", most=2.0, a=[3.0, 10.0, 4.0], b=[2.0, 10.0, 4.0])
BAD = replace(GOOD, a=[9.0, 30.0, 12.0])
WORSE = replace(GOOD, a=[8.0, 90.0, 16.0])


def test_a_ratio_is_the_median_of_the_pairs():
    assert judging.ratios(GOOD) == [1.5, 1.0, 1.0]
    assert judging.figure(GOOD) == 1.0
    slow = replace(GOOD, a=[300.0, 10.0, 400.0], b=[200.0, 10.0, 400.0])  # both sides of a pair in a slow moment
    assert judging.figure(slow) == judging.figure(GOOD)
    with pytest.raises(ValueError, match="longer"):
        judging.ratios(replace(GOOD, a=[1.0]))


def test_without_a_yardstick_the_largest_counts():
    only = Measured(goal="P5", what="longest callback", case="1M", most=100.0, a=[70.0, 101.0, 60.0])
    assert judging.ratios(only) == []
    assert judging.figure(only) == 101.0
    assert not judging.is_ok(only)
    assert judging.is_ok(replace(only, most=101.0))


def test_every_further_figure_has_its_own_limit():
    assert judging.is_ok(replace(GOOD, also={"p99": (900.0, 1000.0)}))
    late = replace(GOOD, also={"p99": (1500.0, 1000.0)})
    assert judging.excess(late) == 1.5
    assert not judging.is_ok(late)


def test_what_is_wrong_is_not_a_matter_of_time():
    wrong = replace(GOOD, wrong=["imported: ssl"])
    assert judging.excess(wrong) == math.inf
    assert judging.best([wrong, BAD]) is BAD


def test_a_size_without_a_goal_misses_none():
    free = replace(WORSE, most=math.inf)
    assert judging.is_ok(free)
    assert judging.line(free, "4.5").endswith("ratio=4 [4..9] (no goal)")


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.995, 100), (1.0, 100), (0.0, 1)])
def test_quantile(share, value):
    assert judging.quantile([*range(100, 0, -1)], share) == value


def test_a_known_miss_is_accepted_until_it_grows():
    known = replace(BAD, accepted=1.5)
    assert not judging.is_ok(known)
    assert judging.is_accepted(known)
    assert judging.line(known, "4.5").endswith("ratio=3 [3..4.5] goal<=2 MISSED, as is known")
    assert not judging.is_accepted(replace(known, accepted=1.4))
    assert not judging.is_accepted(replace(known, wrong=["imported: ssl"]))


def test_the_line():
    assert judging.line(GOOD, "5.2.3") == ("P1 append/read 200k 2K 5.2.3 n=3 A=4ms B=4ms ratio=1 [1..1.5] goal<=2 ok")
    only = Measured(
        goal="P9", what="peak", case="x", most=8.0, unit="MB", a=[0.25, 123.4], also={"p99": (9.0, 8.5)}, wrong=["ssl"]
    )
    assert judging.line(only, "4.2.9") == (
        "P9 peak x 4.2.9 n=2 A=61.8MB largest=123MB goal<=8MB p99=9MB goal<=8.5MB MISSED (ssl)"
    )


def test_all_of_it_is_json():
    found = json.loads(json.dumps(judging.as_json(replace(BAD, also={"p99": (1.0, 2.0)}, notes={"order": "first"}))))
    assert (found["figure"], found["ok"], found["also"]) == (3.0, False, {"p99": [1.0, 2.0]})
    assert found["a"] == [9.0, 30.0, 12.0]


class Bench:
    """Gives one result after the other, and keeps what it was asked for."""

    GOALS = ("P1", "P2")

    def __init__(self, *results):
        self.results = list(results)
        self.asked = []

    def measure(self, plan):
        self.asked.append(sorted(plan.goals))
        return self.results.pop(0)


def test_noise_passes_and_a_regression_stays():
    second = replace(GOOD, goal="P2")
    noise = Bench([BAD, second], [WORSE], [GOOD])
    found = run.until_met(noise, PLAN, repeats=3)
    assert found == [GOOD, second]
    assert noise.asked == [["P1", "P2"], ["P1"], ["P1"]]
    assert run.missed(found) == []
    regression = Bench([WORSE, second], [BAD], [WORSE])
    found = run.until_met(regression, PLAN, repeats=3)
    assert found == [BAD, second]
    assert run.missed(found) == ["P1 200k 2K"]


def test_what_is_met_is_not_repeated():
    bench = Bench([GOOD])
    assert run.until_met(bench, PLAN, repeats=3) == [GOOD]


@pytest.mark.parametrize(("words", "result", "status"), [([], BAD, 0), (["--check"], BAD, 1), (["--check"], GOOD, 0)])
def test_only_check_fails(words, result, status, monkeypatch, tmp_path, capsys):
    bench = Bench(*[[result]] * 3)
    monkeypatch.setattr(run, "BENCHES", (bench,))
    monkeypatch.setattr(run, "ask", lambda function: "4.5.15")
    assert run.main([*words, "--only", "P1", "--json", str(tmp_path / "all.json")]) == status
    said = capsys.readouterr().out
    assert ("missed: P1 200k 2K" if result is BAD else "no goal is missed") in said
    assert said.count("P1 append/read") == len(bench.asked)
    assert json.loads((tmp_path / "all.json").read_text())["goals"][0]["goal"] == "P1"


def test_words_that_mean_nothing_are_refused(capsys):
    for words in (["--only", "P77"], ["--sizes", "3M"]):
        with pytest.raises(SystemExit):
            run.main(words)
    assert "P77: there are P1" in capsys.readouterr().err


def test_every_goal_has_a_bench():
    assert [*run.ALL] == [f"P{number}" for number in range(1, 13)]


def test_a_sample_is_a_process_without_keys_or_proxies(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("IMG3D_STABILITY_URL", "http://127.0.0.1:9")
    found = child.surroundings(tmp_path)
    assert found["IMG3D_HOME"] == str(tmp_path / "home")
    assert not {"HTTPS_PROXY", "IMG3D_STABILITY_URL"} & set(found)
    with pytest.raises(SystemExit, match="nothing_of_the_kind"):
        child.ask("judging.nothing_of_the_kind")


def test_a_model_is_whole_and_made_once(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "CACHE", tmp_path)
    path = models.model("10k", texture=256)
    preflight(path, "glb")
    head = json.loads(path.read_bytes()[20 : 20 + int.from_bytes(path.read_bytes()[12:16], "little")])
    charts, cells = models.SIZES["10k"]
    assert head["accessors"][0]["count"] == 3 * 4 * charts**2 * cells**2
    assert head["accessors"][1]["count"] == 2 * charts**2 * (cells + 1) ** 2
    assert len(head["images"]) == 3
    before = path.stat().st_mtime_ns
    assert models.model("10k", texture=256) == path
    assert path.stat().st_mtime_ns == before


def test_the_words_for_build_py(monkeypatch):
    ran = []
    monkeypatch.setattr(tool, "_run", lambda *words: ran.append(words) or len(ran) - 1)
    default = pythons.default_blender()
    assert tool.main(["--quick"]) == 0
    assert tool.main(["offline", "--pairs", "2"]) == 1
    assert tool.main(["--blender", "all", "--check"]) == 4
    assert ran == [
        (default, "bench.run", ["--quick"]),
        (default, "bench.offline", ["--pairs", "2"]),
        *((blender, "bench.run", ["--check"]) for blender in pythons.BLENDERS),
    ]
    with pytest.raises(Stop, match="Which Blender"):
        tool.main(["--blender", "1.0"])
