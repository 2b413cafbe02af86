# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and tooltips follow Blender's own way of writing, and the translations fit the texts that there are."""

import re
from string import Formatter

import pytest

from img3d_addon import blender
from img3d_addon.blender import translations
from img3d_addon.blender.translations import BUTTONS, TEXTS, german

from . import interface_texts

SMALL = {"a", "an", "and", "as", "at", "by", "for", "from", "in", "it", "its", "of", "on", "or", "the", "to", "with"}
UNTITLED = {"fal.ai (many models)", "Vtrix spark_3d (Seed3D)", "Offline (no key, on this computer)"}
NAMES = re.compile(r"[a-z.]*[A-Z0-9_.(].*")
"""Words that are written as their owners do, such as .blend and spark_3d."""


@pytest.fixture(scope="module", autouse=True)
def registered():
    """Have the add-on registered for all tests here."""
    blender.register()
    yield
    blender.unregister()


def _operators():
    return [one for one in interface_texts.classes() if issubclass(one, interface_texts.bpy.types.Operator)]


def _shown_properties():
    found = [(one, prop) for one in interface_texts.classes() for prop in interface_texts.properties(one)]
    return [(one, prop) for one, prop in found if not prop.is_hidden and prop.type not in ("POINTER", "COLLECTION")]


def _is_title(label):
    words = label.split()
    return all(word in SMALL or word[:1].isupper() or NAMES.fullmatch(word) or not word[0].isalpha() for word in words)


def test_each_operator_says_in_one_sentence_what_it_does():
    said = {one.bl_idname: one.bl_description for one in _operators()}
    assert len(said) > 20
    wrong = {name: text for name, text in said.items() if not text[:1].isupper() or ". " in text or text[-1] in ".!?"}
    assert not wrong


def test_each_setting_has_a_tooltip_without_a_full_stop():
    shown = _shown_properties()
    assert len(shown) > 100
    wrong = [f"{one.__name__}.{prop.identifier}: {prop.description!r}" for one, prop in shown if _is_bad(prop)]
    assert not wrong


def _is_bad(prop):
    return not prop.description[:1].isupper() or prop.description[-1] in ".!?"


def test_labels_are_written_as_blender_writes_them():
    labels = [one.bl_label for one in interface_texts.classes() if getattr(one, "bl_label", "")]
    labels += [prop.name for _, prop in _shown_properties()]
    assert len(labels) > 150
    assert [label for label in labels if label not in UNTITLED and not _is_title(label)] == []


def test_german_has_the_same_placeholders_and_no_full_stop_that_english_lacks():
    for english, own in (*german.TEXTS.items(), *german.BUTTONS.items()):
        assert _placeholders(own) == _placeholders(english), english
        assert own.endswith(".") == english.endswith(".") or own.endswith("..."), english


def test_german_covers_what_everybody_sees():
    known = {(TEXTS, text) for text in german.TEXTS} | {(BUTTONS, text) for text in german.BUTTONS}
    buttons = {found for found in interface_texts.texts() if found[0] == BUTTONS}
    panels = {(TEXTS, one.bl_label) for one in interface_texts.classes() if one.__name__.startswith("IMG3D_PT_")}
    drawn = set(interface_texts.literals())
    wanted = buttons | panels | {found for found in drawn if any(map(str.isalpha, found[1]))}
    missing = sorted(wanted - known)
    assert len(missing) < 0.1 * len(wanted), missing


def test_a_text_is_translated_before_it_is_filled_in(monkeypatch):
    class German:
        def pgettext_iface(self, message):
            return german.TEXTS[message]

    monkeypatch.setattr(translations, "_blender", German())
    assert translations.text("{name} is in {scene}", name="duck", scene="Bühne") == "duck ist in Bühne"
    assert translations.text("Import Options") == "Importoptionen"


def _placeholders(text):
    return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)
