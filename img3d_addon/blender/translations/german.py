# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in German, by the English text; {placeholders} stay as they are."""

from __future__ import annotations

__all__ = ["BUTTONS", "TEXTS"]

TEXTS = {
    "Image to 3D": "Bild zu 3D",
}

BUTTONS = {
    "Generate": "Erzeugen",
}
