# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in German, by the English text; {placeholders} stay as they are."""

from __future__ import annotations

from . import buttons, interface, services, settings, states

__all__ = ["BUTTONS", "TEXTS"]

TEXTS = {**interface.TEXTS, **settings.TEXTS, **services.TEXTS, **states.TEXTS}
BUTTONS = buttons.BUTTONS
