# SPDX-License-Identifier: GPL-3.0-or-later
"""README.md and docs/ say what is true: links, quoted messages, commands, states, drawing, version, generated parts."""

import ast
import functools
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import build
from img3d_addon import providers
from img3d_addon.core.jobs.job import MOVES
from img3d_addon.core.params import parse_all
from tests.test_layers import FILES, PACKAGE, imports
from tools import docs, drawing, site
from tools.talk import Stop

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *(ROOT / name for name in site.PAGES if "/" in name)])
PROVIDERS = providers.load()

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`(python3 build\.py [^`]+)`")
ELSEWHERE = ("openjd", "deadline", "curl")  # programs of others; tests/farm plays what they run

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(page):
    return page.read_text(encoding="utf-8")


def anchors(page):
    """Return the anchors of a page's headings, as GitHub and MyST make them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@every_page
def test_its_links_lead_somewhere(page):
    lost = []
    for target in LINK.findall(FENCE.sub("", text_of(page))):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


@functools.cache
def sentences():
    """Return every text in the code on one line, with … for what is filled in."""
    found = []
    for path in (*ROOT.glob("img3d_addon/**/*.py"), *ROOT.glob("tools/*.py")):
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{[^}]*\}", "…", node.value))
    return "\n".join(" ".join(text.split()) for text in found)


def test_quoted_messages_are_in_the_code():
    told, quoted = sentences(), []
    for page in (ROOT / "README.md", ROOT / "docs" / "troubleshooting.md"):
        for table in re.findall(r"^\| it says \|.*\n\|---\|---\|\n((?:\|.*\n)+)", text_of(page), re.MULTILINE):
            quoted += [row.split("|")[1].strip() for row in table.splitlines()]
    assert len(quoted) > 30
    assert [words for words in quoted if not re.search(_pattern(words), told)] == []


def _pattern(words):
    return "[^\n]*?".join(re.escape(part) for part in words.strip("… ").split("…"))


def test_names_of_the_interface_are_in_the_code():
    """What the pages for users print in italics is a label of ours, or of Blender."""
    pages = "".join(
        text_of(ROOT / "docs" / f"{name}.md") for name in ("guide", "offline", "services", "troubleshooting")
    )
    text = re.sub(r"^\s*\* ", "", pages, flags=re.MULTILINE)
    named = {words for stars, words in re.findall(r"(\*{1,3})([^\s*][^*\n]*)\1", text) if len(stars) != 2}
    labels = {line.casefold().rstrip(".") for line in sentences().splitlines()}
    labels |= {path.stem.casefold() for path in ROOT.glob("img3d_addon/**/presets/**/*.py")} | {"italics"}
    labels |= {"material preview", "rendered", "solid", "allow online access"}  # Blender's own
    assert len(named) > 30
    assert [name for name in named if not _is_label(name, labels)] == []


def _is_label(name, labels):
    return " > " in name or name.casefold().rstrip(".") in labels


def commands_in(page):
    """Yield each command line of a page, continued lines joined."""
    for language, block in FENCE.findall(text_of(page)):
        lines = block.replace("\\\n", " ").splitlines()
        if language == "text":  # the examples of --help, with words beside them
            yield from (line.strip().partition("  ")[0] for line in lines if line.startswith("  img3d "))
        elif language == "sh" and not block.startswith("curl"):
            yield from (line for line in lines if line.strip())
    yield from (line for line in INLINE.findall(text_of(page)) if not re.search(r"[A-Z]{4}", line))


COMMANDS = [(page, line) for page in PAGES for line in commands_in(page)]


def test_the_pages_have_commands():
    assert len(COMMANDS) > 40


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page.stem}: {line[:50]}" for page, line in COMMANDS])
def test_a_command_is_understood(page, line):
    words = [word for word in shlex.split(line) if not re.match(r"[A-Z_0-9]+=", word)]
    if words[0] in ELSEWHERE or words[:3] == ["blender", "--command", "extension"]:
        return
    if words[:2] == ["python3", "build.py"] and words[2] != "run":
        if words[2] not in build.PASSED_ON:
            build.parser().parse_args(words[2:])
        return
    _ours(words)


def _ours(words):
    """Read a command line of ours with the program's own parser, its files and parameters, too."""
    start = next(
        len(head)
        for head in (
            ["python3", "build.py", "run"],
            ["python", "-m", "img3d_addon"],
            ["blender", "--online-mode", "--command", "img3d"],
            ["blender", "--command", "img3d"],
            ["img3d"],
        )
        if words[: len(head)] == head
    )
    args = parse(words[start:], "img3d")
    if "acme_mesh" not in words:  # the worked example of an invented service
        name = getattr(args, "provider", None) or "offline"
        parse_all(PROVIDERS[name].params, getattr(args, "params", []))
    for path in (*getattr(args, "images", ()), *(getattr(args, "sources", ()))):
        assert path.parts[0] != "examples" or (ROOT / path).exists()


def parse(words, prog):
    from img3d_addon.blender.cli.parser import parse as parse_words

    return parse_words(words, prog)


def test_the_drawing_shows_every_package_and_import():
    found = {ring: set() for ring in ("core", "providers", "blender")}
    for path in FILES:
        me = _package(path.relative_to(PACKAGE).with_suffix("").parts)
        found.setdefault(me, set())
        for name, _top in imports(path):
            head, *parts = name.split(".")
            if head == "img3d_addon" and parts and _package(parts) != me:
                found[me].add(_package(parts))
    shown = drawing.graph_in(text_of(docs.DRAWING))
    assert shown == found, "run: python3 build.py docs"
    words = text_of(docs.DRAWING)
    assert all(f">{name}/" in words or f">{name}/*.py" in words for name in found)


def _package(parts):
    below = len(parts) > 1 and (PACKAGE / parts[0] / parts[1]).is_dir()
    return f"{parts[0]}/{parts[1]}" if below else parts[0]


def test_the_architecture_page_has_the_states_and_their_moves():
    rows = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| ([\w, ]+) \|$", text_of(ROOT / "docs" / "architecture.md"), re.MULTILINE
    )
    assert {state: set(moves.split(", ")) for state, moves in rows} == {name: set(to) for name, to in MOVES.items()}


def test_the_changelog_begins_with_the_version_of_the_manifest():
    version = tomllib.loads(text_of(ROOT / "blender_manifest.toml"))["version"]
    heads = re.findall(r"^## \[(.+?)\]", text_of(ROOT / "docs" / "changelog.md"), re.MULTILINE)
    assert [head for head in heads if head != "Unreleased"][0] == version


def test_what_is_generated_is_current():
    code = "from tools import docs; print(docs.stale(docs.parts()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]", "run: python3 build.py docs"


# --- the site


def test_the_pages_of_the_site_are_staged_and_listed(tmp_path):
    site.stage(tmp_path / "source")
    there = {page.stem for page in tmp_path.glob("source/*.md")}
    assert there == {page.stem for page in ROOT.glob("docs/*.md")} | {Path(name).stem for name in site.PAGES.values()}
    listed = runpy.run_path(str(ROOT / "docs" / "conf.py"))["PAGES"].values()
    assert there == {"index"}.union(*listed)


def test_a_page_that_loads_from_elsewhere_is_found(tmp_path):
    page = '<link rel="stylesheet" href="https://fonts.example/a.css"><a href="https://docs.example">to click</a>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "b.css").write_text("a { background: url(//cdn.example/b.png) }", encoding="utf-8")
    assert site.loads_from_elsewhere(tmp_path) == ["a.html: https://fonts.example/a.css", "b.css: //cdn.example/b.png"]


def test_a_link_to_nothing_stops_the_site(tmp_path):
    with pytest.raises(Stop, match="does not exist"):
        site.relinked("[a](gone.md)", "docs/index.md", tmp_path)
    assert site.relinked("[a](../bench/README.md#x)", "docs/index.md", tmp_path) == "[a](benchmarks.md#x)"


def test_the_map_for_developers_names_every_folder():
    rings = (folder for ring in ("core", "providers", "blender") for folder in (PACKAGE / ring).iterdir())
    folders = [*PACKAGE.iterdir(), *rings, *(ROOT / "tests").iterdir()]
    ours = sorted({folder.name for folder in folders if folder.is_dir() and next(folder.rglob("*.py"), None)})
    unsaid = {"fal", "__pycache__"}  # a provider that is a folder, and what Python makes
    words = text_of(ROOT / "CONTRIBUTING.md")
    assert [name for name in ours if name not in unsaid and f"{name}/`" not in words] == []
