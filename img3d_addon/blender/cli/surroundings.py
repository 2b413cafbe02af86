# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of one run: Blender's own in Blender, one made from the environment where bpy is a Python module."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...core.settings import Settings, default_home

if TYPE_CHECKING:
    from ...core.jobs.engine import Engine

__all__ = ["opened"]

_ADVICE = "Put --online-mode first, as in: python -m img3d_addon --online-mode generate ..."


@contextlib.contextmanager
def opened(*, module: bool, online: bool) -> Iterator[Engine]:
    """Give the engine of this run and stop it afterwards; its jobs are kept.

    As a Python module, bpy has no preferences of the user: nothing of it is needed before a result is imported.
    """
    if not module:
        from .. import session

        try:
            yield session.engine()
        finally:
            session.close()
        return
    from ...core.jobs.engine import Engine
    from ...providers import load

    engine = Engine(Settings(home=default_home(), online=online, offline_advice=_ADVICE), load())
    try:
        yield engine
    finally:
        engine.close()
