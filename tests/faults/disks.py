# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that is full when a test says so: a small file system in memory, or a limit on the program's files."""

import contextlib
import os
import resource
import subprocess

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

    def watch(self, world):
        """Nothing to do: the disk itself is full."""


class Limited:
    """Where nothing can be mounted: the system refuses to let the files of the programs grow."""

    def __init__(self, path):
        self.path = path
        self.worlds = []

    def watch(self, world):
        self.worlds.append(world)

    def fill(self, *_):
        self._limit(0)

    def free(self):
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size):
        for world in self.worlds:
            world.options["preexec_fn"] = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, -1))
            for child in world.children:
                if child.poll() is None:
                    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (size, -1))


@contextlib.contextmanager
def small_disk(path):
    """Yield a disk at `path`, of the better kind that this user may have."""
    path.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "img3d-test", str(path)]
    if os.geteuid() or subprocess.run(words, capture_output=True, check=False).returncode:
        yield Limited(path)
        return
    try:
        yield Small(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
