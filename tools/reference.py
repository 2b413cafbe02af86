# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference pages of docs/: functions, errors and commands, read from their signatures, docstrings and parsers."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from .talk import ROOT

BLENDER = ROOT / "img3d_addon" / "blender"
ERRORS = ROOT / "img3d_addon" / "core" / "errors.py"
_PROGRAM = "img3d"
_Function = ast.FunctionDef | ast.ClassDef


def functions() -> str:
    """Return every function of the package, and the job's properties and methods, with signature and docstring."""
    console = _tree(BLENDER / "console.py")
    text = ""
    for name in _exported(console):
        found = _definition(name, console, BLENDER)
        if isinstance(found, ast.FunctionDef):
            text += f"\n### `{name}`\n\n{_signature(found, name=f'img3d.{name}')}\n{_docstring(found)}"
    handle = next(node for node in _tree(BLENDER / "handle.py").body if isinstance(node, ast.ClassDef))
    return f"{text}\n## Jobs\n\n{_docstring(handle)}{''.join(_members(handle))}"


def _members(handle: ast.ClassDef) -> Iterator[str]:
    for node in handle.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            is_property = any(isinstance(item, ast.Name) and item.id == "property" for item in node.decorator_list)
            shown = _returned(node) if is_property else _signature(node, name=f"job.{node.name}")
            yield f"\n### `job.{node.name}`\n\n{shown}\n{_docstring(node)}"


def errors() -> str:
    """Return the table of all errors: kind, exit status, when it comes, and the step that it advises."""
    classes = {node.name: node for node in _tree(ERRORS).body if isinstance(node, ast.ClassDef)}
    rows = ["| error | is a | `kind` | exit status | comes when | advises |", "|---|---|---|---|---|---|"]
    for name, node in classes.items():
        base = next((item.id for item in node.bases if isinstance(item, ast.Name) and item.id in classes), "Exception")
        facts = {key: _inherited(classes, name, key) for key in ("kind", "exit_status", "advice")}
        cells = (f"`{name}`", f"`{base}`", f"`{facts['kind']}`", str(facts["exit_status"]))
        first = (ast.get_docstring(node) or "").partition("\n")[0]
        rows.append(f"| {' | '.join(cells)} | {first} | {facts['advice']} |")
    return "\n".join(rows) + "\n"


def _inherited(classes: dict[str, ast.ClassDef], name: str, key: str) -> object:
    while name in classes:
        for item in classes[name].body:
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name) and item.targets[0].id == key:
                return ast.literal_eval(item.value)
        name = next((base.id for base in classes[name].bases if isinstance(base, ast.Name)), "")
    return ""


def commands() -> str:
    """Return every command with its options, in groups, and its examples; needs `bpy`."""
    from img3d_addon.blender.cli.examples import help_of
    from img3d_addon.blender.cli.parser import COMMANDS, parser_of

    text = ""
    for name, words in COMMANDS.items():
        usage = f"{_PROGRAM} {name}"
        made = parser_of(name, _PROGRAM)
        text += f"\n## `{name}`\n\n{words[:1].upper()}{words[1:]}.\n"
        for group in made._action_groups:  # argparse has no public way to ask
            text += _options(group)
        if examples := help_of(name, usage).strip():
            text += f"\n```text\n{examples}\n```\n"
    return text


def _options(group: argparse._ArgumentGroup) -> str:
    actions = [action for action in group._group_actions if action.help != argparse.SUPPRESS and action.dest != "help"]
    if not actions:
        return ""
    title = "arguments" if group.title == "positional arguments" else group.title
    rows = [f"\n| {title} | |", "|---|---|"]
    for action in actions:
        words = " or ".join(f"`{_with_value(action, word)}`" for word in action.option_strings) or f"`{_value(action)}`"
        rows.append(f"| {words} | {_cell(action.help or '')} |".replace("FACES|RATIO", r"FACES\|RATIO"))
    return "\n".join(rows) + "\n"


def _with_value(action: argparse.Action, word: str) -> str:
    return word if action.nargs == 0 else f"{word} {_value(action)}"


def _value(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest.upper())
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ..."}.get(str(action.nargs), name)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*").replace("<", "&lt;")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _exported(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return ast.literal_eval(node.value)
    return []


def _definition(name: str, tree: ast.Module, folder: Path) -> _Function | None:
    """Return the function or class `name`, also where the module has it from one beside it."""
    for node in tree.body:
        if isinstance(node, _Function) and node.name == name:
            return node
        if isinstance(node, ast.ImportFrom) and node.level == 1 and name in {alias.name for alias in node.names}:
            path = folder.joinpath(*(node.module or "").split("."))
            file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            return _definition(name, _tree(file), file.parent)
    return None


def _signature(node: ast.FunctionDef, *, name: str) -> str:
    arguments = [item for item in node.args.posonlyargs + node.args.args if item.arg != "self"]
    node.args.args, node.args.posonlyargs = arguments, []
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"```text\n{name}({_wrapped(ast.unparse(node.args))}){returned}\n```\n"


def _wrapped(arguments: str) -> str:
    """Put each argument on a line of its own where they are too long for one."""
    spaced = re.sub(r"(?<=[\w\])])=", " = ", arguments)
    if len(spaced) < 80:
        return spaced
    parts = re.split(r", (?=\*|[a-z_]+:)", spaced)
    return "\n" + "".join(f"    {part},\n" for part in parts)


def _returned(node: ast.FunctionDef) -> str:
    return f"```text\njob.{node.name}: {ast.unparse(node.returns) if node.returns else ''}\n```\n"


def _docstring(node: _Function) -> str:
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    return f"{text}\n" if text else ""
