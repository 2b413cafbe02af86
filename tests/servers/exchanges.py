# SPDX-License-Identifier: GPL-3.0-or-later
"""Play a written exchange over real HTTP: each request must be the next one of the script, and gets its reply.

`tests/exchanges/<provider>.json` maps the name of a scene to

    call    "job" (submit, then poll to the end; the default), "balance", "check_key", "estimate", "cancel"
    params  what the job asks for; the rest are the declared defaults
    account settings of the account, such as a project, where they are not the declared defaults
    picture true for an "estimate" of a picture; it is uploaded first where the provider uploads
    task    for "cancel" the task as {"id", "data"}; "<url>" in it is the address of the server
    talk    a list of {"request": ..., "reply": ...}
    ends    {"model": {...}}, {"error": kind, "says": text}, {"balance": number}, {"text": words} or {"price": number}

A request has `method`, `path` and, where they matter, `query`, `headers` (those named; null: it must not be there),
`form` or `json` (exactly; "<image>" stands for the picture as base64, with or without a data address), `files` (names)
and `raw` ("<image>": the body is the picture itself). A reply has `status` (200), `headers`, and `json`, `text` or
`file` ("glb", "zip"). "<url>" is the address of the server, in requests and replies.
"""

import base64
import io
import json
from pathlib import Path

from .base import Reply, VendorServer
from .glb import archive, glb

FOLDER = Path(__file__).parent.parent / "exchanges"
FILES = {"glb": glb, "zip": archive}


def scenes_of(provider):
    """Return the scenes of one provider by name; none where nobody wrote them yet."""
    path = FOLDER / f"{provider}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


class ExchangeServer(VendorServer):
    """One scene; `complaints` tells what was not as written, `finished` whether all of it was asked for."""

    name = "exchange"
    scenes = ("success",)

    def __init__(self, talk, **options):
        super().__init__(**options)
        self._talk = json.loads(json.dumps(list(talk)).replace("<url>", self.url))
        self.instead = None  # a reply that everything meets from now on
        self.last = {}  # the reply as it is written

    @property
    def finished(self):
        return not self._talk

    def reply(self, request):
        if self.instead:
            return self.instead
        if not self._talk:
            self.complain(f"{request.method} {request.target} came after the end")
            return Reply.of_json({"message": "the exchange is over"}, status=418)
        turn = self._talk.pop(0)
        for text in _differences(request, turn["request"]):
            self.complain(text)
        self.last = turn.get("reply", {})
        return self._written(self.last)

    def _written(self, reply):
        headers = dict(reply.get("headers", {}))
        if "json" in reply:
            headers.setdefault("Content-Type", "application/json")
            body = json.dumps(reply["json"]).encode()
        elif "file" in reply:
            body = FILES[reply["file"]]()
        else:
            body = reply.get("text", "").encode()
        return Reply(reply.get("status", 200), body, headers)


def _differences(request, wanted):
    """Yield what of a request is not as it should be."""
    yield from _other_headers(request, wanted.get("headers", {}))
    found = {"method": request.method, "path": request.path, "query": request.query}
    if "json" in wanted:
        found["json"] = _without_image(request.json)
    if "raw" in wanted:
        found["raw"] = "<image>" if _is_picture(request.body) else f"{len(request.body)} bytes"
    if "form" in wanted or "files" in wanted:
        form, files = request.form()
        found |= {"form": form, "files": sorted(files)}
        yield from (f"{part.filename} is no picture" for part in files.values() if not _is_picture(part.data))
    for name, value in found.items():
        if name in wanted and value != wanted[name]:
            yield f"{request.path}: {name} is {value!r}, not {wanted[name]!r}"


def _other_headers(request, wanted):
    for name, value in wanted.items():
        came = request.headers.get(name.lower())
        if came != value:
            yield f"{request.path}: the header {name} is {came!r}, not {value!r}"


def _without_image(value):
    if isinstance(value, dict):
        return {name: _without_image(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_image(item) for item in value]
    if isinstance(value, str) and len(value) > 100:
        try:
            data = base64.b64decode(value.rpartition(",")[2], validate=True)
        except ValueError:
            return value
        return "<image>" if _is_picture(data) else value
    return value


def _is_picture(data):
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except (OSError, SyntaxError):
        return False
    return True
