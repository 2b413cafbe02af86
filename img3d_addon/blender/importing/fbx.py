# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's FBX importers: a built-in one since 4.5, before that an add-on which the user may have switched off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...core.errors import ImportFailed

__all__ = ["ADD_ON", "fbx_add_on", "has_operator"]

ADD_ON = "io_scene_fbx"


def has_operator(operator: Any) -> bool:
    """Whether this Blender has the operator, which `bpy.ops` alone does not tell."""
    try:
        operator.get_rna_type()
    except KeyError:
        return False
    return True


@contextmanager
def fbx_add_on() -> Iterator[None]:
    """Have the add-on enabled for the block, the preferences left alone; `ImportFailed` when there is none."""
    import addon_utils  # known once bpy is there

    _known, was_enabled = addon_utils.check(ADD_ON)
    problems: list[BaseException] = []
    note: Any = problems.append  # the stubs give the handler no argument
    if not was_enabled and addon_utils.enable(ADD_ON, default_set=False, handle_error=note) is None:
        raise ImportFailed(
            f"This Blender cannot read FBX files: its add-on {ADD_ON} is missing or does not start",
            advice="Choose GLB at the service, or use a Blender with that add-on, such as one from blender.org; "
            "the file is kept.",
        ) from (problems[0] if problems else None)
    try:
        yield
    finally:
        if not was_enabled:
            addon_utils.disable(ADD_ON, default_set=False)
