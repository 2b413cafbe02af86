# SPDX-License-Identifier: GPL-3.0-or-later
"""The version is the manifest's, in a checkout and where it is installed."""

import subprocess
import sys

import pytest

from img3d_addon.core.version import version
from tools import package


def test_a_checkout_knows_its_version():
    assert version() == package.version()


@pytest.mark.parametrize("with_manifest", [True, False])
def test_an_installed_copy_knows_its_version(tmp_path, with_manifest):
    folder = package.stage(tmp_path / "img3d")
    if not with_manifest:
        (folder / "blender_manifest.toml").unlink()
    code = "from img3d.core.version import version; print(version())"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (package.version() if with_manifest else "unknown")
