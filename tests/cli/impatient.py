# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line with services that are asked again at once, and without helpers where a test says so.

`python -m tests.cli.impatient COMMAND ...`
"""

import os
import sys

from img3d_addon.blender.cli import main
from img3d_addon.blender.cli.batch import pool
from img3d_addon.core.helper.helper import Helper
from img3d_addon.providers import load

for provider in load().values():
    type(provider).poll_every = 0.02

if os.environ.get("IMG3D_TEST_NO_HELPER"):
    pool._new_helper = lambda: Helper((sys.executable, "-c", "raise SystemExit('no second Blender here')"))

if __name__ == "__main__":
    status = main(sys.argv[1:], module=True)
    sys.stderr.flush()
    os._exit(status)
