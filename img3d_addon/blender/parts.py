# SPDX-License-Identifier: GPL-3.0-or-later
"""What is registered, and in which order: each has `register` and `unregister`."""

from __future__ import annotations

from . import (
    compare_operators,
    full_textures,
    gallery_operators,
    job_list,
    job_operators,
    notices,
    operators,
    pictures,
    placing,
    preferences,
    presets,
    properties,
    pump,
    quad_operators,
    questions,
    reloading,
    restoring,
    result_operators,
    setting_operators,
    showing,
    sidebar,
    translations,
)

__all__ = ["PARTS"]

PARTS = (
    translations,
    preferences,
    properties,
    job_list,
    operators,
    job_operators,
    result_operators,
    reloading,
    placing,
    gallery_operators,
    compare_operators,
    questions,
    setting_operators,
    presets,
    restoring,
    full_textures,
    quad_operators,
    pictures,
    sidebar,
    showing,
    notices,
    pump,
)
