# SPDX-License-Identifier: GPL-3.0-or-later
"""What can happen at the address of a finished file, for services whose answers hold links. Standard library only."""

from .base import HTML, Reply
from .glb import archive, glb, obj

BINARY = {"Content-Type": "application/octet-stream"}
SCENES = (
    "success",
    "obj",
    "zip",
    "evil_zip",
    "empty_zip",
    "truncated",
    "nothing",
    "cut",
    "html",
    "words",
    "gone",
    "bad_gateway",
    "redirect",
    "redirect_file",
)


def deliver(scene, *, moved):
    """Return the answer of a store of files; `moved` is where "redirect" leads, which must then deliver."""
    model = glb()
    return {
        "success": lambda: Reply(200, model, BINARY),
        "obj": lambda: Reply(200, obj(), BINARY),
        "zip": lambda: Reply(200, archive(), BINARY),
        "evil_zip": lambda: Reply(200, archive({"../evil.obj": obj()}), BINARY),
        "empty_zip": lambda: Reply(200, archive({}), BINARY),
        "truncated": lambda: Reply(200, model[: len(model) // 2], BINARY),
        "nothing": lambda: Reply(200, b"", BINARY),
        "cut": lambda: Reply(200, model, BINARY, cut=len(model) // 2),
        "html": lambda: Reply(200, HTML, {"Content-Type": "text/html"}),
        "words": lambda: Reply.of_json({"message": "the file is not here"}),
        "gone": lambda: Reply.of_json({"message": "AccessDenied"}, status=403),
        "bad_gateway": lambda: Reply(502, HTML, {"Content-Type": "text/html"}),
        "redirect": lambda: Reply(302, b"", {"Location": moved}),
        "redirect_file": lambda: Reply(302, b"", {"Location": "file:///etc/hostname"}),
    }[scene]()
