# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests on Blender as a Python module: 4.2 crashes at exit after any glTF work, so the process ends without an exit."""

import os
import sys

import pytest


def pytest_collection_modifyitems(config, items):
    """Mark what lies in this folder."""
    here = os.path.dirname(__file__)  # noqa: PTH120
    for item in items:
        if str(item.path).startswith(here + os.sep):
            item.add_marker(pytest.mark.bpy)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """End at once with pytest's own status; after a run that had no `bpy` in it, end as usual."""
    status = getattr(config, "img3d_status", None)
    if "bpy" in sys.modules and status is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(status))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Keep the status for `pytest_unconfigure`, which is not told."""
    session.config.img3d_status = exitstatus
