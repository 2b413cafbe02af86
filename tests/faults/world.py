# SPDX-License-Identifier: GPL-3.0-or-later
"""One home folder, one service, and the command line as a program of its own between them."""

import json
import os
import signal

from img3d_addon.providers import load

from ..cli.program import DUCK, finish, start
from ..servers.asking import KEY, keys_of
from .servers import SERVERS

ALL = os.environ.get("IMG3D_FAULTS") == "all"
CHILD = "tests.faults.child"
STATUSES = (0, 1, 2, 3, 4, 5)


class World:
    """`home` and `out` may lie on disks that fail; `provider` is the service of `server`, or the offline one."""

    def __init__(self, provider, folder, *, home=None, out=None):
        self.provider = provider
        self.folder = folder
        self.home = home or folder / "home"
        self.out = (out or folder / "out") / "duck.glb"
        self.server = SERVERS[provider]().start() if provider in SERVERS else None
        self.environ = {"IMG3D_HOME": str(self.home)}
        self.options = {}  # for Popen, such as the user
        self.children = []
        if self.server:
            served = load()[provider]
            self.environ |= {f"IMG3D_{served.vendor}_URL": self.server.url, **keys_of(served, key=KEY)}

    @property
    def submits(self):
        return self.server.submits if self.server else 0

    def at(self, step, fault, *, lasting=False):
        """Let `fault` happen when the request of `step` has been taken."""
        self.server.faults[step] = fault
        self.server.lasting = lasting

    def start(self, *words, **environ):
        child = start(*words, module=CHILD, env={**self.environ, **environ}, **self.options)
        self.children.append(child)
        return child

    def run(self, *words, **environ):
        """Run a command to its end: it says one sentence where it fails, and there is no traceback."""
        done = finish(self.start(*words, **environ), timeout=60)
        assert done.status in STATUSES, done
        assert "Traceback" not in done.out + done.err, done
        assert KEY not in done.out + done.err
        if done.status:
            sentence = done.err.splitlines()[-1] if "--verbose" in words else done.sentence
            assert sentence.endswith((".", "!", '"')), done
        return done

    def generate_words(self, *more):
        small = ("-o", "faces=500", "-o", "texture_size=512") if not self.server else ("--online-mode",)
        first, rest = (small, ()) if self.server else ((), small)
        return (*first, "generate", DUCK, "--provider", self.provider, *rest, "--out", self.out, *more)

    def generate(self, *more, **environ):
        return self.run(*self.generate_words(*more), **environ)

    def jobs(self):
        """Return the jobs of the journal, as a new process tells them."""
        return [event for event in map(json.loads, self.run("jobs", "--json").out.splitlines()) if "state" in event]

    def resume(self):
        return self.run("--online-mode", "resume", "--all")

    def is_written(self):
        return self.out.is_file() and self.out.read_bytes()[:4] == b"glTF"

    def ends_in_the_result(self):
        """Check that, the fault being over, `resume` alone ends in the file, and that one order was paid."""
        done = self.resume()
        assert done.status == 0, done
        assert self.is_written(), (done, self.jobs())
        assert self.submits == (1 if self.server else 0)
        assert [job["state"] for job in self.jobs()] == ["imported"]

    def starts_anew(self):
        """Check that nothing was paid, nothing stands in the way, and the same command now works."""
        assert self.submits == 0
        done = self.generate()
        assert done.status == 0, done
        assert self.is_written()
        assert self.submits == (1 if self.server else 0)

    def is_in_doubt(self):
        """Check that an answer that is lost for good is told as such and is not paid again by itself."""
        done = self.resume()
        assert done.status == 0, done
        assert "--submit-again" in done.err
        assert [job["state"] for job in self.jobs()] == ["uncertain"]
        assert self.submits == 1

    def close(self):
        for child in self.children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
        if self.server:
            self.server.stop()
            assert self.server.complaints == []
