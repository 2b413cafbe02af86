# SPDX-License-Identifier: GPL-3.0-or-later
"""`batch` as people and scripts use it: what goes in, what comes out, what it costs and what it says."""

import contextlib
import json
import os
import shutil
import sys

import pytest

from tests.servers.scenario import ScenarioServer
from tests.servers.stability import SPAR3D, StabilityServer
from tests.servers.vtrix import VtrixServer

from .many import KEY, QUICK, pictures, states, summary
from .program import EXAMPLES, SMALL, run, start, tree

SERVICE = ("--provider", "stability_spar3d")


@pytest.fixture
def server(monkeypatch):
    with StabilityServer() as made:
        monkeypatch.setenv("IMG3D_STABILITY_URL", made.url)
        monkeypatch.setenv("STABILITY_API_KEY", made.keys[0])
        yield made
        assert not made.complaints


def orders(server):
    return len(server.seen("POST", SPAR3D))


def batch(*words, **options):
    return run("--online-mode", "batch", *words, **options)


def test_a_folder_becomes_files_and_a_summary(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    done = batch(folder, "--out", out, *SERVICE, "--json")
    assert done.status == 0, done
    assert {"queued", "submitted", "downloaded", "imported", "written", "summary"} <= set(done.kinds)
    assert all({"row", "picture"} <= set(event) for event in done.events[:-1])
    written = [event for event in done.events if event["event"] == "written"]
    assert sorted(event["row"] for event in written) == [1, 2, 3]
    for event in written:
        assert os.path.isfile(event["path"])  # noqa: PTH113 - as the script reads it
        assert event["faces"] > 0
        assert event["cost"] == {"amount": 4, "unit": "credits", "usd": 0.04}
    end = done.events[-1]
    assert (end["written"], end["failed"], end["left"], end["cost"]) == (3, 0, 0, {"credits": 12})
    rows = summary(out)
    assert [(row["file"], row["state"], row["cost"], row["unit"]) for row in rows] == [
        (f"p{number:04}.glb", "written", 4, "credits") for number in range(3)
    ]
    assert sorted(end["files"]) == [str(out / "summary.csv"), str(out / "summary.json")]


def test_on_no_terminal_it_is_quiet_and_one_line_a_row(server, tmp_path):
    done = batch(pictures(tmp_path / "in", 2), "--out", tmp_path / "out", *SERVICE)
    assert done.status == 0, done
    assert not done.err
    lines = done.out.splitlines()
    assert sorted(line.split()[0] for line in lines[:2]) == ["p0000.glb", "p0001.glb"]
    assert lines[2] == "2 written, cost 8 credits"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of the system")
def test_on_a_terminal_a_bar_moves(server, tmp_path):
    server.delay = 0.5
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    shown = on_terminal("batch", folder, "--out", out, *SERVICE, "--jobs", "1")
    assert "[#" in shown
    assert "of 3, 1 under way" in shown
    assert "3 written, cost 12 credits" in shown


def on_terminal(*words):
    """Run the program on a terminal of its own and return what it showed."""
    mine, its = os.openpty()
    process = start("--online-mode", *words, stdin=its, stdout=its, stderr=its)
    os.close(its)
    shown = bytearray()
    with contextlib.suppress(OSError):  # the end of the terminal
        while found := os.read(mine, 4096):
            shown += found
    process.wait()
    os.close(mine)
    return shown.decode(errors="replace")


def test_what_was_done_is_not_done_again(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    assert batch(folder, "--out", out, *SERVICE).status == 0
    refused = batch(folder, "--out", out, *SERVICE)
    assert refused.status == 2
    assert "has an earlier batch in it" in refused.sentence
    assert "--resume" in refused.sentence
    (folder / "new.png").write_bytes((EXAMPLES / "coin.png").read_bytes())
    again = batch(folder, "--out", out, *SERVICE, "--resume", "--json")
    assert again.status == 0, again
    assert (again.events[-1]["written"], again.events[-1]["before"]) == (1, 3)
    assert orders(server) == 4
    other = batch(folder, "--out", out, *SERVICE, "-o", "seed=9", "--resume")
    assert other.status == 0
    assert orders(server) == 8  # other settings are another result


def test_what_a_kill_has_left_of_a_file_is_removed_once_it_is_old(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 1), tmp_path / "out"
    old, young, own = out / ".p0000-x.part", out / ".p0000-y.part", out / "my.part"
    for path in (old, young, own):
        path.mkdir(parents=True)
    for path in (old, own):
        os.utime(path, (0, 0))
    assert batch(folder, "--out", out, *SERVICE).status == 0
    assert [path.is_dir() for path in (old, young, own)] == [False, True, True]


@pytest.mark.bpy
def test_other_post_processing_costs_nothing(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 2), tmp_path / "out"
    assert batch(folder, "--out", out, *SERVICE).status == 0
    done = batch(folder, "--out", out, *SERVICE, "--resume", "--format", "obj", "--size", "2")
    assert done.status == 0, done
    assert (out / "p0000.obj").is_file()
    assert orders(server) == 2


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.bpy
def test_files_are_written_by_helpers_or_where_there_are_none_by_itself(server, tmp_path, alone):
    environ = {"IMG3D_TEST_NO_HELPER": "1"} if alone else {}
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    words = ("--online-mode", "batch", folder, "--out", out, *SERVICE, "--format", "stl", "--size", "1")
    done = run(*words, module="tests.cli.impatient", env=environ)
    assert done.status == 0, done
    assert [name for name in tree(out) if name.endswith(".stl")] == ["p0000.stl", "p0001.stl", "p0002.stl"]
    assert {row["faces"] for row in summary(out)} == {summary(out)[0]["faces"]}


def test_a_row_that_fails_does_not_stop_the_others(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    (folder / "p0001.png").write_text("I am no picture")
    (folder / "p0003.png").write_bytes(b"")
    server.play("success", "content_moderation")
    done = batch(folder, "--out", out, *SERVICE, "--jobs", "1", "--json")
    assert done.status == 1, done
    assert states(out) == ["written", "failed", "failed", "failed"]
    failed = {event["row"]: event["kind"] for event in done.events if event["event"] == "failed"}
    assert failed == {2: "bad_input", 3: "moderation", 4: "bad_input"}
    errors = [row["error"] for row in summary(out)]
    assert "p0001.png" in errors[1]
    assert "has no bytes" in errors[3]
    server.play("success")
    assert batch(folder, "--out", out, *SERVICE, "--resume").status == 1
    assert orders(server) == 2
    assert batch(folder, "--out", out, *SERVICE, "--retry-failed").status == 1
    assert orders(server) == 3
    assert states(out) == ["written", "failed", "written", "failed"]


def test_a_list_with_settings_of_its_own_for_each_row(server, tmp_path):
    pictures(tmp_path / "list" / "in", 3)
    rows = "picture,name,params.seed,params.remesh\nin/p0000.png,röd stol,7,quad\nin/p0001.png,,,\nin/gone.png,,x,\n"
    (tmp_path / "list" / "rows.csv").write_text(rows, encoding="utf-8-sig")
    done = batch(tmp_path / "list" / "rows.csv", "--out", tmp_path / "out", *SERVICE, "-o", "seed=3")
    assert done.status == 1, done
    assert [name for name in tree(tmp_path / "out") if name.endswith(".glb")] == ["p0001.glb", "röd stol.glb"]
    forms = [request.form()[0] for request in server.seen("POST", SPAR3D)]
    assert sorted((form["seed"], form.get("remesh", "none")) for form in forms) == [("3", "none"), ("7", "quad")]
    assert "rows.csv, line 4: seed = 'x' is not allowed" in done.err


def test_a_range_of_the_rows_has_files_of_its_own(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 5), tmp_path / "out"
    assert batch(folder, "--out", out, *SERVICE, "--range", "1:3").status == 0
    assert batch(folder, "--out", out, *SERVICE, "--range", "3:99").status == 0
    assert orders(server) == 4
    assert [row["row"] for row in summary(out, "-1-3")] == [2, 3]
    assert [row["row"] for row in summary(out, "-3-5")] == [4, 5]
    whole = batch(folder, "--out", out, *SERVICE, "--resume")
    assert whole.status == 0, whole
    assert orders(server) == 5
    assert states(out) == ["written"] * 5


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--range", "7:9"), "holds no row: there are 2"),
        (("--range", "a:b"), "is no range"),
        (("--jobs", "0"), "--jobs 0 is not possible"),
        (("--max-cost", "much"), "is no sum of money"),
        (("--format", "doc"), "--format doc cannot be written"),
        (("--library", "x.glb"), "is no .blend file"),
        (("--library", "x.blend", "--range", "0:1"), "run the same command without --range and with --resume"),
        (("-o", "sed=1"), "Did you mean 'seed'"),
        (("--provider", "stabilty_spar3d"), "Did you mean 'stability_spar3d'"),
        (("--size", "-1"), "takes a number above 0"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_sent(server, tmp_path, words, sentence):
    done = batch(pictures(tmp_path / "in", 2), "--out", tmp_path / "out", *SERVICE, *words)
    assert done.status == 2, done
    assert sentence in done.sentence
    assert not server.requests
    assert not (tmp_path / "out" / "summary.json").exists()


def test_without_key_online_access_or_pictures(server, tmp_path, monkeypatch):
    folder = pictures(tmp_path / "in", 2)
    assert run("batch", folder, "--out", tmp_path / "out", *SERVICE).status == 4
    monkeypatch.delenv("STABILITY_API_KEY")
    assert batch(folder, "--out", tmp_path / "out", *SERVICE).status == 3
    assert batch(tmp_path / "gone", "--out", tmp_path / "out").status == 2
    assert not server.requests


def test_a_dry_run_says_what_it_would_cost_and_does_nothing(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    (folder / "same.png").write_bytes((folder / "p0000.png").read_bytes())
    done = batch(folder, "--out", out, *SERVICE, "--dry-run")
    assert done.status == 0, done
    assert "4 rows: 3 to be made, 1 the same as another row, made once; 12 credits" in done.out
    assert "p0000.png -> p0000.glb  stability_spar3d  4 credits (0.04 USD)" in done.out
    over = batch(folder, "--out", out, *SERVICE, "--dry-run", "--max-cost", "8", "--json")
    assert over.status == 5
    assert [event["state"] for event in over.events if event["event"] == "planned"] == ["new"] * 3 + ["same"]
    assert (over.events[-1]["cost"], over.events[-1]["over"]) == ({"credits": 12}, True)
    assert not server.requests
    assert not out.exists()


def test_a_path_that_no_disk_takes_breaks_its_row_alone(tmp_path):
    pictures(tmp_path / "in", 1)
    (tmp_path / "in" / "rows.csv").write_text(f"picture\np0000.png\n{'x' * 400}.png\n", encoding="utf-8")
    done = run("batch", tmp_path / "in" / "rows.csv", "--out", tmp_path / "out", "--dry-run")
    assert done.status == 2, done
    assert "line 3: " in done.err
    assert "2 rows: 1 to be made, 1 broken; free" in done.out


def test_the_limit_stops_before_it_is_passed(server, tmp_path):
    folder, out = pictures(tmp_path / "in", 6), tmp_path / "out"
    done = batch(folder, "--out", out, *SERVICE, "--max-cost", "15", "--jobs", "6")
    assert done.status == 5, done
    assert orders(server) == 3
    assert states(out) == ["written"] * 3 + ["waiting"] * 3
    assert "The limit of 15 would be passed" in done.sentence
    assert "3 not done yet" in done.out
    assert batch(folder, "--out", out, *SERVICE, "--max-cost", "20", "--resume", "--dry-run").status == 5
    more = batch(folder, "--out", out, *SERVICE, "--max-cost", "0.20USD", "--resume")
    assert more.status == 5
    assert orders(server) == 5
    assert batch(folder, "--out", out, *SERVICE, "--resume").status == 0
    assert orders(server) == 6


def test_a_price_that_is_not_known_is_said_and_not_risked(tmp_path, monkeypatch):
    monkeypatch.setenv("VTRIX_API_KEY", KEY)
    folder = pictures(tmp_path / "in", 2)
    with VtrixServer() as server:
        monkeypatch.setenv("IMG3D_VTRIX_URL", server.url)
        words = ("--online-mode", "batch", folder, "--out", tmp_path / "out", "--provider", "vtrix_spark3d")
        dry = run(*words, "--dry-run", "--max-cost", "1")
        assert "price not known beforehand" in dry.out
        assert "--assume-price" in dry.err
        done = run(*words, "--max-cost", "1USD")
        assert done.status == 5, done
        assert "--assume-price" in done.sentence
        assert not server.commands
        told = run(*words, "--max-cost", "1USD", "--assume-price", "0.6USD", "--resume", module=QUICK)
        assert told.status in (0, 5), told
        assert len(server.commands) >= 1


def test_a_price_that_the_service_tells_for_a_picture_is_asked_for_each_row(tmp_path, monkeypatch):
    for name in ("API_KEY", "API_SECRET"):
        monkeypatch.setenv(f"SCENARIO_SDK_{name}", KEY if name == "API_KEY" else f"{KEY}-2")
    folder, out = pictures(tmp_path / "in", 3), tmp_path / "out"
    with ScenarioServer() as server:
        server.play("success_at_once")
        monkeypatch.setenv("IMG3D_SCENARIO_URL", server.url)
        words = ("--online-mode", "batch", folder, "--out", out, "--provider", "scenario_pixal3d")
        dry = run(*words, "--dry-run", module=QUICK)
        assert "3 to be made; 180 " in dry.out, dry
        done = run(*words, "--max-cost", "130", module=QUICK)
        assert done.status == 5, done
        assert states(out) == ["written", "written", "waiting"]
        assert not server.complaints


def test_help_teaches(tmp_path):
    done = run("batch", "--help")
    assert done.status == 0
    for words in ("--resume", "rows.csv", "params.seed", "summary.csv", "exit status: 0 all done"):
        assert words in done.out


@pytest.mark.bpy
def test_a_contact_sheet_and_a_library(server, tmp_path):
    from PIL import Image

    folder, out = pictures(tmp_path / "in & <b>", 3), tmp_path / "out"
    (folder / "p0001.png").write_text("I am no picture")
    library = tmp_path / "lib" / "assets.blend"
    words = (folder, "--out", out, *SERVICE, "--contact-sheet", "--library", library)
    done = batch(*words)
    assert done.status == 1, done
    with Image.open(out / "previews" / "p0000.glb.png") as preview:
        assert preview.size == (256, 256)
        assert preview.convert("RGBA").getextrema()[3] == (0, 255)  # an object before nothing
    with Image.open(out / "contact-sheet.png") as sheet:
        assert sheet.size[0] > 256
        assert len(sheet.convert("RGB").getcolors(1 << 24)) > 50
    page = (out / "contact-sheet.html").read_text(encoding="utf-8")
    assert 'src="previews/p0000.glb.png"' in page
    assert "failed: p0001.png" in page
    assert "<b>&" not in page
    assert library.is_file()
    assert "Image to 3D/Stability AI SPAR3D" in (library.parent / "blender_assets.cats.txt").read_text()
    stamp = library.stat().st_mtime_ns
    assert batch(*words, "--resume").status == 1
    assert library.stat().st_mtime_ns == stamp  # there was nothing to add
    assert not list(out.rglob("*.blend"))


def test_offline_on_all_cores_without_a_network(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("duck", "coin"):
        shutil.copy(EXAMPLES / f"{name}.png", folder)
    done = run("batch", folder, "--out", tmp_path / "out", *SMALL, "--json")
    assert done.status == 0, done
    assert states(tmp_path / "out") == ["written"] * 2
    told = [event["facts"] for event in done.events if event["event"] == "written"]
    assert {"suggested_mode", "segmentation"} <= set(told[0])
    again = run("batch", folder, "--out", tmp_path / "out", *SMALL, "--resume", "--json")
    assert json.loads(again.out.splitlines()[-1])["before"] == 2
