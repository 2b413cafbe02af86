# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of one run: Blender's own in Blender, one made from the environment where bpy is a Python module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...core.settings import Settings, default_home

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["opened"]

_ADVICE = "Put --online-mode first, as in: python -m img3d_addon --online-mode generate ..."


@contextlib.contextmanager
def opened(*, module: bool, online: bool, workers: int | None = None) -> Iterator[Engine]:
    """Give the engine of this run, with so many jobs at once, and stop it afterwards; its jobs are kept."""
    from ...core.jobs.engine import Engine
    from ...providers import load

    settings = _settings(module=module, online=online)
    engine = Engine(settings if workers is None else replace(settings, workers=workers), load())
    try:
        yield engine
    finally:
        engine.close()


def _settings(*, module: bool, online: bool) -> Settings:
    """Return the preferences of this Blender; as a Python module, bpy has none, and is not needed for them."""
    if module:
        return Settings(home=default_home(), online=online, offline_advice=_ADVICE)
    from .. import session

    return session.settings()
