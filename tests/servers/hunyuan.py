# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of Hunyuan3D-2 and 2.1 on loopback: `python -m tests.servers.hunyuan --port 0 --scene success`."""

import base64
import binascii
import io
import math

from .base import HTML, Reply, VendorServer, serve
from .glb import glb

COMMON = {
    "image",
    "seed",
    "octree_resolution",
    "num_inference_steps",
    "guidance_scale",
    "texture",
    "face_count",
    "type",
}
KNOWN = {"2": COMMON, "2.1": COMMON | {"remove_background", "num_chunks"}}
KINDS = {
    "seed": int,
    "octree_resolution": int,
    "num_inference_steps": int,
    "guidance_scale": float,
    "texture": bool,
    "face_count": int,
    "remove_background": bool,
    "num_chunks": int,
    "type": str,
}
RANGES = {  # version 2.1 judges them; version 2 documents none
    "octree_resolution": (64, 512),
    "num_inference_steps": (1, 20),
    "guidance_scale": (0.1, 20),
    "face_count": (1000, 100000),
}
FAILED = {"text": "**NETWORK ERROR DUE TO HIGH TRAFFIC. PLEASE REGENERATE OR REFRESH THIS PAGE.**", "error_code": 1}
IDENTITY = ("authorization", "cookie", "x-api-key")


class HunyuanServer(VendorServer):
    """`version` is "2" or "2.1"; without `textures` a version 2 was started without --enable_tex.

    `hold` is a generation that does not end. A wrong picture or value is 422 in 2.1, and in 2, which judges
    nothing before it works, a failed generation. What no server documents is a complaint in both.
    """

    name = "hunyuan"
    scenes = (
        "success",
        "failed",
        "error",
        "hold",
        "html",
        "words",
        "empty",
        "truncated",
        "cut",
        "reset",
        "bad_gateway",
    )

    def __init__(self, *, version="2.1", textures=True, **options):
        super().__init__(**options)
        self.version = version
        self.textures = textures

    def reply(self, request):
        for name in IDENTITY:
            if name in request.headers:
                self.complain(f"{name}: nobody asks who is there")
        if request.path == "/health" and self.version == "2.1":
            return self.only("GET", request) or Reply.of_json({"status": "healthy", "worker_id": "a1b2c3"})
        if request.path == "/generate":
            return self.only("POST", request) or self.generate(request)
        return Reply.of_json({"detail": "Not Found"}, status=404)

    def only(self, method, request):
        if request.method != method:
            return Reply.of_json({"detail": "Method Not Allowed"}, status=405)
        return None

    def generate(self, request):
        wrong = self.judge(request)
        if wrong:
            self.complain(f"{wrong['loc']}: {wrong['msg']}")
            return Reply.of_json({"detail": [wrong]}, status=422) if self.version == "2.1" else self.failed()
        if self.version == "2" and request.json.get("texture") and not self.textures:
            return self.failed()
        return self.scene(self.next_scene())

    def scene(self, name):
        """Return what a request that was in order meets."""
        model, headers = glb(), {"Content-Type": "model/gltf-binary"}
        return {
            "success": lambda: Reply(200, model, headers),
            "failed": self.failed,
            "error": lambda: Reply.of_json({"status": "error", "message": "CUDA out of memory"}, status=500),
            "hold": lambda: Reply(200, model, headers, hold=True),
            "html": lambda: Reply(200, HTML, {"Content-Type": "text/html"}),
            "words": lambda: Reply.of_json({"note": "no model today"}),
            "empty": lambda: Reply(200, b"", headers),
            "truncated": lambda: Reply(200, model[: len(model) // 2], headers),
            "cut": lambda: Reply(200, model, headers, cut=len(model) // 2),
            "reset": lambda: Reply(reset=True),
            "bad_gateway": lambda: Reply(502, HTML, {"Content-Type": "text/html"}),
        }[name]()

    def failed(self):
        return Reply.of_json(FAILED, status=404)

    def judge(self, request):
        """Return what is wrong with a request as pydantic says it, or nothing."""
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _wrong("", "the body is not application/json")
        try:
            body = request.json
        except ValueError:
            return _wrong("", "the body is not JSON")
        if not isinstance(body, dict) or not isinstance(body.get("image"), str):
            return _wrong("image", "Field required")
        for name, value in body.items():
            if name not in KNOWN[self.version]:
                return _wrong(name, f"version {self.version} does not document it")
            if name in KINDS and not _fits(name, value):
                return _wrong(name, f"Input should be a valid {KINDS[name].__name__} within {RANGES.get(name, 'all')}")
        return _judge_image(body["image"])


def _wrong(name, text):
    return {"loc": ["body", *([name] if name else [])], "msg": text, "type": "value_error"}


def _fits(name, value):
    kind = KINDS[name]
    if kind in (bool, str):
        return isinstance(value, kind)
    if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else int):
        return False
    low, high = RANGES.get(name, (0, math.inf))
    return low <= value <= high


def _judge_image(text):
    from PIL import Image

    try:
        data = base64.b64decode(text, validate=True)
        with Image.open(io.BytesIO(data)) as image:
            image.load()
    except binascii.Error:
        return _wrong("image", "not raw base64; a data address is not taken")
    except (OSError, SyntaxError):
        return _wrong("image", "the image could not be read")
    return None


if __name__ == "__main__":
    serve(HunyuanServer)
