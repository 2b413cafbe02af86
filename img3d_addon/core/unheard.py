# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of a service that are in none of its documents, logged once each. No bpy."""

from __future__ import annotations

import functools
import logging

from .http.refusals import one_line

__all__ = ["unheard"]

log = logging.getLogger(__name__)


def unheard(label: str, status: str) -> str:
    """Note a status word that is taken for "running"; return it as it can be shown."""
    word = one_line(status, 40)
    _log(label, word)
    return word.replace("_", " ").replace("-", " ")


@functools.lru_cache(maxsize=64)
def _log(label: str, word: str) -> None:
    log.warning("%s: the unknown status %r is taken for running", label, word)
