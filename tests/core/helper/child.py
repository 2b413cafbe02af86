# SPDX-License-Identifier: GPL-3.0-or-later
"""A child that does as it is told, good and bad: the other end of `core/helper` without Blender."""

import ctypes
import json
import os
import runpy
import signal
import sys
import time
from pathlib import Path

PROGRAM = Path(__file__).parents[3] / "img3d_addon" / "blender" / "helper" / "child.py"


def main():
    os.write(1, b"Blender 5.2.2 LTS (a greeting)\n")
    parts = runpy.run_path(str(PROGRAM))  # its lifeline and its own stdout are what is tried here
    out = parts["_own_stdout"]()
    if "--lifeline" in sys.argv:
        parts["_end_with"](int(sys.argv[sys.argv.index("--lifeline") + 1]))
    if "refuse" in sys.argv:
        sys.stderr.write("no display, no permission\n")
        return 7
    parts["_tell"](out, {"ready": True})
    for line in sys.stdin:
        if line.strip():
            answer(parts["_tell"], out, json.loads(line))
    return 0


def answer(tell, out, request):
    tell(out, {"fraction": 0.25, "message": "begun"})
    what = request["task"]
    if what == "crash":
        os.write(2, b"a last word\n")
        os.kill(os.getpid(), signal.SIGSEGV)
    elif what == "hang":  # in C, with Python's lock held
        Path(request["pid"]).write_text(str(os.getpid()))
        ctypes.PyDLL(None).sleep(3600)
    elif what == "sleep":
        time.sleep(request["seconds"])
    elif what == "noise":
        os.write(1, b"Info: something\n")
        os.write(1, b"from C, without an end of line")
    elif what == "garbage":
        out.write("this is no message\n")
        out.flush()
    elif what == "refuse":
        tell(out, {"error": {"kind": "bad_input", "message": "The file has no mesh."}})
        return
    tell(out, {"result": {"pid": os.getpid(), "task": what}})
    if what == "end after it":
        os._exit(0)


sys.exit(main())
