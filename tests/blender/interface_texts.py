# SPDX-License-Identifier: GPL-3.0-or-later
"""All texts of the interface with Blender's contexts: what is registered, and literals that are drawn or reported."""

import ast
from pathlib import Path

import bpy

from img3d_addon import blender
from img3d_addon.blender.translations import BUTTONS, TEXTS

FOLDER = Path(blender.__file__).parent
KINDS = ("Operator", "Panel", "PropertyGroup", "AddonPreferences", "UIList", "Menu", "FileHandler")
DRAWN = {"label": TEXTS, "prop": TEXTS, "menu": TEXTS, "progress": TEXTS, "popover": TEXTS, "operator": BUTTONS}
TAKEN = {"text": 0, "translated": 0, "poll_message_set": 0, "report": 1, "draw_text": 1}  # which argument is the text
CONFIRMED = ("title", "message", "confirm_text")
ELSEWHERE = ("cli", "helper", "importing", "quads")  # no interface of their own


def classes():
    """Return our registered classes."""
    found = [one for kind in KINDS for one in _all_below(getattr(bpy.types, kind))]
    return [one for one in found if one.__name__.startswith("IMG3D_") and getattr(one, "is_registered", True)]


def properties(one):
    """Return the properties that a class adds to its kind."""
    owned = set(one.bl_rna.base.properties.keys()) if one.bl_rna.base else set()
    return [found for found in one.bl_rna.properties if found.identifier not in {*owned, "rna_type", "name"}]


def registered():
    """Return (context, text) of labels, tooltips and choices."""
    for one in classes():
        operator = issubclass(one, bpy.types.Operator)
        yield BUTTONS if operator else TEXTS, getattr(one, "bl_label", "")
        if operator:
            yield TEXTS, one.bl_description
        for found in properties(one):
            if found.is_hidden:
                continue
            yield TEXTS, found.name
            yield TEXTS, found.description
            for item in found.enum_items_static if found.type == "ENUM" else ():
                yield TEXTS, item.name
                yield TEXTS, item.description


def literals():
    """Return (context, text) of what the code draws, reports and asks in one literal."""
    for path in sorted(FOLDER.rglob("*.py")):
        if path.relative_to(FOLDER).parts[0] in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node)


def texts():
    """Return all (context, text) that a translator has to look at."""
    return {(context, text) for context, text in (*registered(), *literals()) if any(map(str.isalpha, text))}


def _of_call(node):
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    words = {word.arg: word.value for word in node.keywords}
    if name in DRAWN and "text" in words:
        yield from ((DRAWN[name], text) for text in _strings(words["text"]))
    if name in TAKEN and len(node.args) > TAKEN[name]:
        yield from ((TEXTS, text) for text in _strings(node.args[TAKEN[name]]))
    if name in ("invoke_confirm", "confirm"):
        for word in CONFIRMED:
            yield from ((TEXTS, text) for text in _strings(words.get(word)))


def _strings(node):
    """Return the literals that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body)
        yield from _strings(node.orelse)


def _all_below(one):
    for below in one.__subclasses__():
        yield below
        yield from _all_below(below)
