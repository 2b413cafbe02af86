# SPDX-License-Identifier: GPL-3.0-or-later
"""The package: its manifest, pinned wheels, the same bytes twice, the repository. No network, no installed Blender."""

from __future__ import annotations

import hashlib
import json
import os
import re
import string
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools import environment, package, pip, pythons, repository, wheels
from tools.talk import ROOT, Stop

MANIFEST = ROOT / "blender_manifest.toml"
WHEEL = "pillow-10.3.0-cp311-cp311-win_amd64.whl"


@pytest.fixture(scope="module")
def here() -> environment.Environment:
    """Return this environment, whose Blender module has the tool that builds the zip."""
    found = environment.Environment(pythons.default_blender(), Path(sys.executable).parent.parent)
    try:
        folder = found.package_folder("bpy") / found.blender
    except subprocess.CalledProcessError:
        pytest.skip("this Python has no bpy, whose tool builds the zip")
    if not folder.is_dir():
        pytest.skip("this environment has another Blender than the newest for its Python")
    return found


@pytest.fixture
def made_up_wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a small file in the place of Pillow."""
    path = tmp_path / WHEEL
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("PIL/__init__.py", "")
    monkeypatch.setattr(package, "fetch_wheels", lambda env, name: [path])


# --- the manifest


def manifest() -> dict:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


def test_the_manifest_keeps_the_rules_of_blenders_platform() -> None:
    found = manifest()
    assert found["schema_version"] == "1.0.0"
    assert (found["id"], found["type"]) == ("img3d", "add-on")
    assert re.fullmatch(r"\d+\.\d+\.\d+", found["version"])
    assert found["blender_version_min"] == "4.2.0"
    assert found["license"] == ["SPDX:GPL-3.0-or-later"]
    assert all(re.match(r"\d{4} \S", line) for line in found["copyright"])
    assert found["website"].startswith("https://")
    assert "blender" not in found["name"].lower()
    # what the source manifest may not say: it depends on the zip
    assert not {"platforms", "wheels", "build", "blender_version_max"} & found.keys()


def test_what_blender_shows_is_short_and_ends_without_punctuation() -> None:
    found = manifest()
    shown = [found["tagline"], *found["permissions"].values()]
    assert [text for text in shown if not 0 < len(text) <= 64 or text[-1] in string.punctuation] == []


def test_permissions_are_what_the_code_uses() -> None:
    assert set(manifest()["permissions"]) == {"network", "files", "clipboard"}


def test_no_tag_is_unknown_to_the_oldest_blender(here: environment.Environment) -> None:
    scripts = here.package_folder("bpy") / here.blender / "scripts"
    known: dict = {}
    exec((scripts / "modules/_bpy_internal/extensions/tags.py").read_text(encoding="utf-8"), known)
    assert set(manifest()["tags"]) <= known["addons"]


# --- what is in the zip


def test_staging_lays_manifest_and_add_on_side_by_side(tmp_path: Path) -> None:
    folder = package.stage(tmp_path / "stage")
    assert (folder / "__init__.py").is_file()
    assert (folder / "core" / "params.py").is_file()
    assert {"blender_manifest.toml", "LICENSE", "README.md"} <= {path.name for path in folder.iterdir()}
    assert not list(folder.rglob("__pycache__"))
    assert not (folder / "img3d_addon").exists()


def test_wheels_go_into_the_manifest_before_its_tables() -> None:
    text = MANIFEST.read_text(encoding="utf-8")
    before, after = tomllib.loads(text), tomllib.loads(package.with_wheels(text, "linux-x64", ["a.whl", "b.whl"]))
    assert after == {**before, "platforms": ["linux-x64"], "wheels": ["./wheels/a.whl", "./wheels/b.whl"]}


@pytest.mark.usefixtures("made_up_wheels")
def test_the_same_tree_gives_the_same_bytes(
    here: environment.Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = []
    for name, epoch in (("first", ""), ("second", "")):
        monkeypatch.setattr(package, "DIST", tmp_path / name)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        built = package.build(here, "windows-x64")
        digests.append(hashlib.sha256(built.read_bytes()).hexdigest())
    assert digests[0] == digests[1]
    with zipfile.ZipFile(built) as found:
        names = found.namelist()
        assert tomllib.loads(found.read("blender_manifest.toml").decode())["platforms"] == ["windows-x64"]
    assert {"__init__.py", "blender_manifest.toml", "LICENSE", f"wheels/{WHEEL}"} <= set(names)
    assert [name for name in names if re.search(r"tests?/|__pycache__|\.pyc$|/\.|\.venv", name)] == []


def test_order_date_mode_and_system_of_the_files_leave_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str, order: list[str], date: tuple, mode: int, system: int) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as file:
            for entry in order:
                info = zipfile.ZipInfo(entry, date)
                info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, mode << 16, system
                file.writestr(info, entry * 50)
        package.settle(path)
        return path

    one = made("one.zip", ["a.py", "b/c.py"], (2020, 1, 2, 3, 4, 6), 0o100600, 3)
    other = made("other.zip", ["b/c.py", "a.py"], (2026, 9, 8, 7, 6, 4), 0o100755, 0)
    assert one.read_bytes() == other.read_bytes()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    dated = made("dated.zip", ["a.py"], (2020, 1, 2, 3, 4, 6), 0o100600, 3)
    with zipfile.ZipFile(dated) as file:
        assert file.getinfo("a.py").date_time == (2020, 9, 13, 12, 26, 40)


def test_what_blenders_tool_refuses_is_said_with_its_words(here: environment.Environment, tmp_path: Path) -> None:
    folder = package.stage(tmp_path / "stage")
    text = MANIFEST.read_text(encoding="utf-8").replace('"Mesh"', '"Meshes"')
    (folder / "blender_manifest.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Stop, match="refused to validate(.|\n)*Meshes"):
        package.blender_ext(here, "validate", str(folder))


# --- Pillow's wheels


@pytest.mark.parametrize("platform", wheels.PLATFORMS)
def test_every_platform_has_a_wheel_of_the_same_release_for_every_python(platform: str) -> None:
    found = wheels.pinned(platform)
    assert [wheel.python for wheel in found] == list(wheels.PYTHONS)
    assert all(set(wheel.tags) <= set(wheels.PLATFORMS[platform]) for wheel in found)
    assert {wheel.release for wheel in found} == {wheels.pinned("linux-x64")[0].release}
    assert all(re.fullmatch(r"[0-9a-f]{64}", wheel.sha256) for wheel in found)


def _index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, stated: bytes) -> list[str]:
    """Pin one wheel with the hash of `stated`, and let pip deliver b"wheel"; return the list of its orders."""
    monkeypatch.setattr(wheels, "LOCK", tmp_path / "wheels.sha256")
    wheels.LOCK.write_text(f"{hashlib.sha256(stated).hexdigest()}  {WHEEL}\n", encoding="utf-8")
    monkeypatch.setattr(wheels, "pinned", lambda platform: [wheels.Wheel(WHEEL, hashlib.sha256(stated).hexdigest())])
    asked: list[str] = []

    def download(python: Path, arguments: list[str], *, what: str = "") -> None:
        asked.append(what)
        folder = Path(arguments[arguments.index("--dest") + 1])
        (folder / WHEEL).write_bytes(b"wheel")

    monkeypatch.setattr(pip, "download", download)
    return asked


def test_a_wheel_that_is_there_needs_no_network_and_a_spoilt_one_is_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _index(tmp_path, monkeypatch, stated=b"wheel")
    kept = tmp_path / "kept"
    (path,) = wheels.fetch(Path(sys.executable), "windows-x64", kept=kept)
    assert asked == [WHEEL]
    wheels.fetch(Path(sys.executable), "windows-x64", kept=kept)
    assert asked == [WHEEL]
    path.write_bytes(b"whee")
    wheels.fetch(Path(sys.executable), "windows-x64", kept=kept)
    assert asked == [WHEEL, WHEEL]
    assert path.read_bytes() == b"wheel"
    assert os.listdir(kept) == [WHEEL]  # noqa: PTH208


def test_without_a_network_it_is_said_where_the_file_can_be_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels, "pinned", lambda platform: [wheels.Wheel(WHEEL, "0" * 64)])
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(Stop) as caught:
        wheels.fetch(Path(sys.executable), "windows-x64", kept=tmp_path / "kept")
    said = str(caught.value)
    assert said.startswith(f"pip could not install {WHEEL}: the package index has none")
    assert "Blender's module" not in said
    assert f"put the file {WHEEL} into {tmp_path / 'kept'} by hand" in said


def test_another_file_than_the_pinned_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _index(tmp_path, monkeypatch, stated=b"what was pinned")
    with pytest.raises(Stop, match=f"{WHEEL} with the SHA-256"):
        wheels.fetch(Path(sys.executable), "windows-x64", kept=tmp_path / "kept")
    assert not (tmp_path / "kept" / WHEEL).exists()


def test_pip_itself_refuses_a_wheel_with_another_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says it in one sentence; no index is asked."""
    name = "img3d_probe-1.0-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / name, "w") as made:
        made.writestr("img3d_probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: img3d_probe\nVersion: 1.0\n")
        made.writestr(
            "img3d_probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        made.writestr("img3d_probe-1.0.dist-info/RECORD", "")
    asked = tmp_path / "asked.txt"
    asked.write_text(f"img3d_probe==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    choice = [
        "--no-index",
        "--find-links",
        str(tmp_path),
        "--no-deps",
        "--require-hashes",
        "--dest",
        str(tmp_path / "got"),
    ]
    with pytest.raises(Stop, match="another file of that name than the one that was pinned"):
        pip.download(Path(sys.executable), [*choice, "-r", str(asked)], what=name)


# --- the repository


@pytest.mark.usefixtures("made_up_wheels")
def test_the_repository_lists_each_zip_with_its_hash_in_an_order_of_its_own(
    here: environment.Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "DIST", tmp_path / "dist")
    built = package.build(here, "windows-x64")
    manifests = {name: tmp_path / f"img3d-{name}.zip" for name in ("windows-x64", "macos-x64", "linux-x64")}
    for name, path in manifests.items():
        _for_platform(built, path, name)
    listed = []
    for number, order in enumerate((list(manifests.values()), list(manifests.values())[::-1])):
        index = repository.build(order, tmp_path / str(number), lambda *words: package.blender_ext(here, *words))
        listed.append((index.read_bytes(), index.with_name("index.html").read_bytes()))
    assert listed[0] == listed[1]
    data = json.loads(listed[0][0])["data"]
    assert [entry["platforms"] for entry in data] == [["linux-x64"], ["macos-x64"], ["windows-x64"]]
    for entry in data:
        path = tmp_path / "0" / entry["archive_url"]
        assert entry["archive_hash"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        assert entry["python_versions"] == ["3.11"]
        assert entry["permissions"] == manifest()["permissions"]
    page = listed[0][1].decode()
    assert all(f"{path.name}?repository=.%2Findex.json" in page for path in manifests.values())


def _for_platform(source: Path, target: Path, name: str) -> None:
    """Copy a zip with another platform in its manifest."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "blender_manifest.toml":
                data = data.replace(b'["windows-x64"]', f'["{name}"]'.encode())
            new.writestr(entry, data)


def test_an_unknown_platform_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "build.py"), "package", "--platform", "amiga"],
        capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "no platform 'amiga'; there are linux-x64" in done.stderr
