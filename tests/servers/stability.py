# SPDX-License-Identifier: GPL-3.0-or-later
"""Stability AI's 3D interface on loopback: `python -m tests.servers.stability --port 0 --scene success`."""

import base64
import io
import os
import secrets
from pathlib import Path

from .base import HTML, Reply, VendorServer, serve
from .glb import glb

SPAR3D = "/v2beta/3d/stable-point-aware-3d"
SF3D = "/v2beta/3d/stable-fast-3d"
BOTH = {"texture_resolution": ("512", "1024", "2048"), "remesh": ("none", "quad", "triangle")}
CHOICES = {SPAR3D: {**BOTH, "target_type": ("none", "vertex", "face")}, SF3D: BOTH}
NUMBERS = {
    SPAR3D: {
        "foreground_ratio": (1, 2),
        "target_count": (100, 20000),
        "guidance_scale": (1, 10),
        "seed": (0, 4294967294),
    },
    SF3D: {"foreground_ratio": (0.1, 1), "vertex_count": (-1, 20000)},
}
WHOLE = ("target_count", "seed", "vertex_count")
MODEL = "IMG3D_TEST_MODEL"  # a file that is delivered in place of a small model
COSTS = {SPAR3D: 4, SF3D: 10}  # the second is hearsay
CLIENT_HEADERS = ("stability-client-id", "stability-client-user-id", "stability-client-version")
ERRORS = {
    "bad_request": (400, "bad_request", "image: the image could not be read"),
    "unauthorized": (401, "unauthorized", "missing or invalid authorization"),
    "payment_required": (402, None, "You lack sufficient credits to make this request."),
    "content_moderation": (403, "content_moderation", "Your request was flagged by our content moderation system"),
    "forbidden": (403, "forbidden", "Your account may not use this model"),
    "not_found": (404, "not_found", "The requested path does not exist"),
    "payload_too_large": (413, "payload_too_large", "Request is larger than 10MiB"),
    "public_figure": (422, "public_figure", "The image may not show a public figure"),
    "rate_limited": (429, "rate_limit_exceeded", "You have exceeded the rate limit of 150 requests within 10 seconds"),
    "internal_error": (500, "internal_error", "An unexpected error occurred"),
}


class StabilityServer(VendorServer):
    """Checks everything that the contract says of a request; `min_side` is 640 as the live service, or 64 as its page.

    `credits` falls with each success and with nothing else.
    """

    name = "stability"
    scenes = (
        "success",
        "success_json",
        "filtered",
        "rate_limited_told",
        "bad_gateway",
        "html",
        "words",
        "empty",
        "truncated",
        "cut",
        "reset",
        "hold",
        "echo_key",
        *ERRORS,
    )

    def __init__(self, *, min_side=640, **options):
        super().__init__(**options)
        self.min_side = min_side
        self.credits = 412.5

    def reply(self, request):
        if request.headers.get("authorization") not in {f"Bearer {key}" for key in self.keys}:
            return self.error("unauthorized")
        route = (request.method, request.path)
        if route == ("GET", "/v1/user/balance"):
            return Reply.of_json({"credits": self.credits})
        if route == ("GET", "/v1/user/account"):
            return Reply.of_json({"id": "user-1", "email": "artist@example.com", "organizations": []})
        if request.method == "POST" and request.path in COSTS:
            return self.generate(request)
        return self.error("not_found")

    def generate(self, request):
        wrong = self.judge(request)
        if wrong:
            self.complain(wrong)
            return self.error("bad_request", words=wrong)
        if len(request.body) > 10 << 20:
            return self.error("payload_too_large")
        return self.scene(self.next_scene(), request)

    def scene(self, name, request):
        """Return what a request that was in order meets."""
        if name in ERRORS:
            return self.error(name)
        model = Path(os.environ[MODEL]).read_bytes() if MODEL in os.environ else glb()
        headers = {"Content-Type": "model/gltf-binary", "x-request-id": secrets.token_hex(8)}
        odd = {
            "rate_limited_told": lambda: self.error("rate_limited", retry_after=7),
            "bad_gateway": lambda: Reply(502, HTML, {"Content-Type": "text/html"}),
            "html": lambda: Reply(200, HTML, {"Content-Type": "text/html"}),
            "words": lambda: Reply.of_json({"note": "no model today"}),
            "empty": lambda: Reply(200, b"", headers),
            "truncated": lambda: Reply(200, model[: len(model) // 2], headers),
            "cut": lambda: Reply(200, model, headers, cut=len(model) // 2),
            "reset": lambda: Reply(reset=True),
            "filtered": lambda: Reply(200, model, {**headers, "finish-reason": "CONTENT_FILTERED"}),
            "echo_key": lambda: self.error("bad_request", words=f"bad header {request.headers['authorization']}"),
        }
        if name in odd:
            return odd[name]()
        self.credits -= COSTS[request.path]
        if name == "success_json":
            return Reply.of_json({"model": base64.b64encode(model).decode(), "finish_reason": "SUCCESS"})
        seed = request.form()[0].get("seed", "0")
        headers |= {"finish-reason": "SUCCESS", "seed": seed if seed != "0" else "1234567"}
        return Reply(200, model, headers, hold=name == "hold")

    def judge(self, request):
        """Return what is wrong with a request, in the service's words, or an empty text."""
        for header in CLIENT_HEADERS:
            if len(request.headers.get(header, "")) > 256:
                return f"{header}: at most 256 characters"
        try:
            fields, files = request.form()
        except ValueError as error:
            return f"body: {error}"
        if set(files) != {"image"}:
            return "image: exactly one file part named image is required"
        return self.judge_fields(fields, CHOICES[request.path], NUMBERS[request.path]) or self.judge_image(
            files["image"]
        )

    def judge_fields(self, fields, choices, numbers):
        for name, text in fields.items():
            if name in choices and text not in choices[name]:
                return f"{name}: must be one of {', '.join(choices[name])}"
            if name in numbers and not _is_number(text, *numbers[name], whole=name in WHOLE):
                return f"{name}: must be a number from {numbers[name][0]} to {numbers[name][1]}"
            if name not in choices and name not in numbers:
                return f"{name}: unknown field"
        return ""

    def judge_image(self, part):
        from PIL import Image

        try:
            with Image.open(io.BytesIO(part.data)) as image:
                image.load()
                width, height, kind = image.width, image.height, (image.format or "").lower()
        except (OSError, SyntaxError):
            return "image: the image could not be read"
        if kind not in ("png", "jpeg", "webp") or part.mime != f"image/{kind}" or not part.filename:
            return f"image: a {kind} that is called {part.filename!r}, {part.mime!r}"
        if min(width, height) < self.min_side:
            return f"image: Image width and height must be at least {self.min_side}"
        if not 4096 <= width * height <= 4_194_304:
            return "image: the number of pixels must be between 4096 and 4194304"
        return ""

    def error(self, name, *, words=None, **headers):
        status, word, text = ERRORS[name]
        body = {"id": secrets.token_hex(8), "name": word or "payment_required", "errors": [words or text]}
        return Reply.of_json(body, status=status, **headers)


def _is_number(text, low, high, *, whole):
    try:
        number = int(text) if whole else float(text)
    except ValueError:
        return False
    return low <= number <= high


if __name__ == "__main__":
    serve(StabilityServer)
