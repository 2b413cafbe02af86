# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/adding-a-provider.md, followed step by step in a copy of the tree, down to a job over HTTP."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.servers.asking import KEY
from tests.servers.base import Reply, VendorServer
from tests.servers.glb import glb

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "adding-a-provider.md"
FILE = re.compile(r"^`([\w/.]+)`", re.MULTILINE)
BLOCK = re.compile(r"^```(?:python|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
JUDGES = (
    "tests/test_contract.py",
    "tests/test_contract_tasks.py",
    "tests/test_declarations.py",
    "tests/test_layers.py",
)
RUN = """
import sys
from contextlib import closing
from pathlib import Path
from img3d_addon import providers
from img3d_addon.core.jobs.engine import Engine
from img3d_addon.core.settings import Settings
from img3d_addon.core.values import Order

folder = Path(sys.argv[1])
with closing(Engine(Settings(home=folder / "home", online=True), providers.load())) as engine:
    order = Order(provider="acme_mesh", image=folder / "duck.png", params={"detail": "high"})
    job = engine.job(list(engine.drive(order))[-1].job)
    print(job.state, job.cost, job.path.read_bytes()[:4])
"""


class Acme(VendorServer):
    """The service of the page's first step."""

    name = "acme"
    scenes = ("success",)

    def reply(self, request):
        if request.path == "/model.glb":
            return Reply(200, glb(), {"Content-Type": "model/gltf-binary"})
        if request.headers.get("x-acme-key") != KEY:
            return Reply.of_json({"message": "unknown key"}, status=401)
        if request.method == "POST":
            return Reply.of_json({"id": "t-1"}, status=202)
        return Reply.of_json({"status": "done", "model": f"{self.url}/model.glb", "credits": 3})


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return a copy of the tree with the page's two files in it."""
    copy = tmp_path_factory.mktemp("acme")
    skipped = shutil.ignore_patterns("__pycache__", "window", "blender", "cli", "farm", "*.png", "*.jpg")
    shutil.copytree(ROOT / "img3d_addon" / "core", copy / "img3d_addon" / "core", ignore=skipped)
    shutil.copytree(ROOT / "img3d_addon" / "providers", copy / "img3d_addon" / "providers", ignore=skipped)
    shutil.copy(ROOT / "img3d_addon" / "__init__.py", copy / "img3d_addon")
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=skipped)
    for name in ("pyproject.toml", "blender_manifest.toml"):
        shutil.copy(ROOT / name, copy)
    page = PAGE.read_text(encoding="utf-8")
    for block in BLOCK.finditer(page):
        name, text = FILE.findall(page, 0, block.start())[-1], block[1]
        assert not (copy / name).exists()
        (copy / name).write_text(text, encoding="utf-8")
    assert len(BLOCK.findall(page)) == 2
    return copy


def _run(tree, *words, **environ):
    done = subprocess.run(
        [sys.executable, *map(str, words)], cwd=tree, env={**os.environ, "PYTHONPATH": str(tree), **environ},
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-1000:]}"
    return done.stdout


def test_the_projects_tests_take_the_provider_of_the_page(tree):
    report = tree / "report.xml"
    _run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "acme_mesh", f"--junitxml={report}", *JUDGES)
    suite = next(ElementTree.parse(report).iter("testsuite"))
    assert int(suite.get("tests")) > 40, "the page says how many there are"
    assert suite.get("skipped") == "0"


def test_a_job_goes_through_the_provider_of_the_page(tree):
    shutil.copy(ROOT / "examples" / "duck.png", tree)
    with Acme() as server:
        out = _run(tree, "-c", RUN, tree, IMG3D_ACME_URL=server.url, ACME_API_KEY=KEY)
        order = next(request for request in server.requests if request.method == "POST")
    assert out.split() == ["ready", "3", "credits", "b'glTF'"]
    assert (order.json["detail"], order.json["seed"]) == ("high", 0)
    assert order.json["image"].startswith("data:image/")


def test_the_files_of_the_page_are_clean(tree):
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.is_file():
        pytest.skip("ruff comes with the development environment")
    path = tree / "img3d_addon" / "providers" / "acme_mesh.py"
    for words in (("check", path), ("format", "--check", path)):
        done = subprocess.run([ruff, *words], cwd=tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
