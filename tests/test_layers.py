# SPDX-License-Identifier: GPL-3.0-or-later
"""The rings: core <- providers <- blender, read from every import statement."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "img3d_addon"
RINGS = ("core", "providers", "blender")
FILES = sorted(path for ring in RINGS for path in (PACKAGE / ring).rglob("*.py"))


def ring_of(path: Path) -> int:
    return RINGS.index(path.relative_to(PACKAGE).parts[0])


def imports(path: Path):
    """Yield (module, is_top_level) of each import; relative ones as paths below the package."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ("img3d_addon", *parts)[: -node.level] if node.level else ()
            name = ".".join((*base, node.module or "")).strip(".")
            yield name, id(node) in top
            if node.level:
                yield from ((f"{name}.{alias.name}", id(node) in top) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_its_own_ring_and_earlier_ones(path):
    for name, _top in imports(path):
        head, _, rest = name.partition(".")
        if head == "img3d_addon" and rest.split(".")[0] in RINGS:
            assert RINGS.index(rest.split(".")[0]) <= ring_of(path), f"{path} imports {name}"
        assert head != "img3d_addon" or rest, f"{path} imports the package itself"
        if ring_of(path) < 2:
            assert head not in {"bpy", "bmesh", "mathutils", "gpu"}, f"{path} imports {name}"


def test_core_and_providers_work_with_bpy_forbidden():
    code = (
        "import sys; sys.modules['bpy'] = None\n"
        "import pkgutil, importlib, img3d_addon.core, img3d_addon.providers\n"
        "for package in (img3d_addon.core, img3d_addon.providers):\n"
        "    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_first_line_says_what_the_module_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert docstring, f"{path} has no docstring"
    if ring_of(path) < 2:
        assert docstring.rstrip().endswith("No bpy.") or "No bpy." in docstring.splitlines()[0], path
