# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line with a clock that is set from outside, and without long waits: `python -m tests.faults.child`.

IMG3D_TEST_CLOCK names a file with the seconds by which the clock of the system is wrong, read at each look at it.
IMG3D_TEST_BUSY is for how long a locked journal is waited for.
"""

import os
import sys
import time
from pathlib import Path

_right = time.time


def _wrong():
    try:
        return _right() + float(Path(os.environ["IMG3D_TEST_CLOCK"]).read_text())
    except (OSError, ValueError):  # it is being written just now
        return _right()


if "IMG3D_TEST_CLOCK" in os.environ:
    time.time = _wrong  # before anything takes it as a default

from img3d_addon.blender.cli import main  # noqa: E402
from img3d_addon.core.jobs import retry, schema  # noqa: E402
from img3d_addon.providers import load  # noqa: E402

from ..guard import forbid_network  # noqa: E402

retry.FIRST = 0.02
schema.BUSY = float(os.environ.get("IMG3D_TEST_BUSY", schema.BUSY))
for provider in load().values():
    type(provider).poll_every = 0.02
    if provider.base_url:
        type(provider).read_timeout = 3.0

if __name__ == "__main__":
    forbid_network()
    status = main(sys.argv[1:], module=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
