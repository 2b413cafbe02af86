# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that is full when a test says so: a small file system in memory, which root may mount."""

import contextlib
import os
import subprocess

import pytest

SIZE = 96 << 20  # more than is held for an answer


class Small:
    """A mounted file system."""

    def __init__(self, path):
        self.path = path
        self.filler = path / "filler"

    def fill(self, *_):
        """Take every byte that is left."""
        size = 1 << 24
        with self.filler.open("ab") as file:
            while size >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)
                except OSError:
                    size //= 2

    def free(self):
        self.filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(path):
    """Yield a disk at `path`; where none can be mounted, the test is skipped and says why."""
    path.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "img3d-test", str(path)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: run the tests of full disks as root")
    try:
        yield Small(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
