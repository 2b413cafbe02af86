# SPDX-License-Identifier: GPL-3.0-or-later
"""AIML API's TripoSR on loopback: `python -m tests.servers.aiml --port 0 --scene success`."""

import base64
import io
import re
import secrets
from collections import deque

from . import deliveries
from .base import HTML, Reply, VendorServer, serve
from .glb import glb

GENERATE = "/v1/images/generations"
BILLING = "/v2/billing"
LEGACY = "/v1/billing/balance"
CREDITS = 182_000  # of 2,000,000 in a dollar
ERRORS = {
    "validation": (400, "Body validation error"),
    "unauthorized": (401, "Invalid API key. Generate one on your account page"),
    "no_credits": (403, "You have run out of credits. Please top up your balance"),
    "not_allowed": (403, "This key is not allowed to use the model"),
    "unknown_model": (404, "Model with this id was not found"),
    "too_many": (429, "Too many requests"),
    "internal_error": (500, "Internal server error"),
    "bad_gateway_said": (502, "Upstream is not reachable"),
    "unavailable": (503, "Service unavailable"),
    "timeout": (504, "Generation timeout"),
}
SHAPES = ("", "_nested", "_detail")
NUMBERS = {"foreground_ratio": (0.5, 1), "mc_resolution": (32, 1024)}
FORMATS = ("glb", "obj")
KNOWN = {"model", "image_url", "output_format", "do_remove_background", *NUMBERS}
MODELS = (
    "success",
    "created",
    "data_url",
    "data_url_only_older",
    "b64_json",
    "both_places",
    "first_is_lost",
    "deep",
    "nulls_but_deep",
    "no_meta",
    "odd_meta",
)


class AimlServer(VendorServer):
    """Checks everything that the contract says of a request.

    `refuses_data`: data URIs are answered with 400. `has_v2`: the newer call for the bill exists. `credits` falls with
    each model and with nothing else.
    """

    name = "aiml"
    scenes = (
        *MODELS,
        "data_null",
        "data_null_meta_null",
        "queued",
        "too_many_told",
        "bad_gateway",
        "html",
        "words",
        "empty",
        "hold",
        "reset",
        "cut",
        "echo_key",
        "redirect",
        *(f"{name}{shape}" for name in ERRORS for shape in SHAPES),
    )

    def __init__(self, *, refuses_data=False, has_v2=True, elsewhere="http://127.0.0.1:9", **options):
        super().__init__(**options)
        self.refuses_data = refuses_data
        self.has_v2 = has_v2
        self.elsewhere = elsewhere
        self.credits = 24_680_000
        self._files = deque(["success"])

    def play_file(self, *scenes):
        """Let the next downloads meet `scenes`, one each; the last one stays."""
        assert set(scenes) <= set(deliveries.SCENES), scenes
        self._files = deque(scenes)

    def reply(self, request):
        if request.path.startswith("/flamingo/"):
            return self.file(request)
        if any(key in request.target for key in self.keys):
            self.complain(f"{request.path}: the key is in the address")
        if request.headers.get("authorization") not in {f"Bearer {key}" for key in self.keys}:
            return self.error("unauthorized", request)
        route = (request.method, request.path)
        if route == ("GET", BILLING) and self.has_v2:
            return Reply.of_json({"current_balance": self.credits / 2_000_000, "currency": "USD"})
        if route == ("GET", LEGACY):
            return Reply.of_json({"balance": self.credits, "lowBalance": False, "lowBalanceThreshold": 10000})
        if route == ("POST", GENERATE):
            return self.generate(request)
        if route != ("GET", BILLING):
            self.complain(f"{request.method} {request.path}: there is no such call")
        return self.error("unknown_model", request)

    def generate(self, request):
        wrong = self.judge(request)
        if wrong:
            self.complain(wrong)
            return self.error("validation", request, words=wrong)
        if self.refuses_data and request.json["image_url"].startswith("data:"):
            issue = {"code": "invalid_string", "validation": "url", "message": "Invalid url", "path": ["image_url"]}
            return self.error("validation", request, errors=[issue])
        return self.scene(self.next_scene(), request)

    def judge(self, request):
        """Return what is wrong with a request, or an empty text."""
        if request.headers.get("content-type") != "application/json":
            return "the body is no JSON"
        try:
            body = request.json
        except ValueError as error:
            return f"the body is no JSON: {error}"
        unknown = sorted(set(body) - KNOWN)
        if unknown or body.get("model") != "triposr":
            return f"unknown fields {unknown} or model {body.get('model')!r}"
        wrong = [name for name, value in body.items() if not self.fits(name, value)]
        return "; ".join(f"{name}: {str(body[name])[:40]!r} does not fit" for name in wrong)

    def fits(self, name, value):
        if name in NUMBERS:
            low, high = NUMBERS[name]
            kinds = (int,) if name == "mc_resolution" else (int, float)
            return type(value) in kinds and low <= value <= high
        if name == "do_remove_background":
            return isinstance(value, bool)
        if name == "image_url":
            return isinstance(value, str) and (_is_picture(value) or bool(re.fullmatch(r"https?://[^\s/]+/\S*", value)))
        return name == "model" or value in FORMATS

    def scene(self, name, request):
        """Return what a request that was in order meets."""
        stem, shape = next((name.removesuffix(end), end) for end in reversed(SHAPES) if name.endswith(end))
        if stem in ERRORS:
            return self.error(stem, request, shape=shape)
        key = request.headers["authorization"]
        odd = {
            "too_many_told": lambda: self.error("too_many", request, retry_after=9),
            "bad_gateway": lambda: Reply(502, HTML, {"Content-Type": "text/html"}),
            "html": lambda: Reply(200, HTML, {"Content-Type": "text/html"}),
            "words": lambda: Reply.of_json({"note": "no model today"}),
            "empty": lambda: Reply(200, b"", {"Content-Type": "application/json"}),
            "hold": lambda: Reply(hold=True),
            "reset": lambda: Reply(reset=True),
            "cut": lambda: Reply(200, b'{"model_mesh": {"url": ""}}', {"Content-Type": "application/json"}, cut=12),
            "queued": lambda: Reply.of_json({"id": "gen-1", "status": "queued", "meta": None}),
            "data_null": lambda: Reply.of_json({"data": None, "meta": {"usage": {"credits_used": 0}}}),
            "data_null_meta_null": lambda: Reply.of_json({"data": None, "meta": None}),
            "echo_key": lambda: self.error("validation", request, words=f"bad header {key}"),
            "redirect": lambda: Reply(307, b"", {"Location": f"{self.elsewhere}{GENERATE}?key={key.split()[-1]}"}),
        }
        return odd[name]() if name in odd else self.model(name, request)

    def model(self, name, request):
        """Return a success in one of the shapes that the documents promise, or fear."""
        self.credits -= CREDITS
        url = f"{self.url}/flamingo/files/b/{secrets.token_hex(4)}_model.{request.json.get('output_format', 'glb')}"
        lost = f"{self.url}/flamingo/files/lost.glb"
        mesh = {"url": url, "content_type": "application/octet-stream", "file_name": "model.glb", "file_size": 1291912}
        entry = {"url": url, "b64_json": None}
        meta = {"meta": {"usage": {"credits_used": CREDITS}}}
        newer = {"model_mesh": mesh, "timings": {"prepare": 3.68}, "remeshing_dir": None, "requestId": "019d2ee5-1"}
        packed = {"url": None, "b64_json": base64.b64encode(glb()).decode()}
        deep = {"output": {"images": ["https://example.com/a.png"], "files": [{"href": f"{url}?Signature=a%2Bb"}]}}
        body = {
            "data_url": {"data": [entry], **meta},
            "data_url_only_older": {"model_mesh": None, "data": [None, entry], **meta},
            "b64_json": {"data": [packed], **meta},
            "both_places": {**newer, "data": [{"url": lost, "b64_json": packed["b64_json"]}], **meta},
            "first_is_lost": {**newer, "model_mesh": {**mesh, "url": lost}, "data": [entry], **meta},
            "deep": {**deep, **meta},
            "nulls_but_deep": {"model_mesh": None, "data": None, "meta": None, **deep},
            "no_meta": {"model_mesh": mesh, "meta": None},
            "odd_meta": {"model_mesh": mesh, "meta": {"usage": {"credits_used": "many"}}},
        }.get(name, {**newer, **meta})
        return Reply.of_json(body, status=201 if name == "created" else 200, x_inference_id="inf-7")

    def file(self, request):
        """Deliver a file; the address is not the service's own business, and wants none of its headers."""
        if "authorization" in request.headers:
            self.complain(f"{request.path}: a result address was asked with the key")
            return Reply.of_json({"message": "only one auth mechanism allowed"}, status=400)
        if request.path.endswith("lost.glb"):
            return Reply.of_json({"message": "no such file"}, status=404)
        if request.path.endswith("/moved.glb"):
            return deliveries.deliver("success", moved="")
        with self._lock:
            scene = self._files.popleft() if len(self._files) > 1 else self._files[0]
        if scene == "success" and request.path.endswith(".obj"):
            scene = "obj"
        return deliveries.deliver(scene, moved=f"{self.url}/flamingo/files/moved.glb")

    def error(self, name, request, *, words=None, errors=None, shape="", **headers):
        status, text = ERRORS[name]
        text = words or text
        own = {
            "message": text,
            "path": request.path,
            "requestId": "019d2ee5-2",
            "statusCode": status,
            "timestamp": "2026-03-27T10:00:00.000Z",
        }
        if errors:
            own["errors"] = errors
        body = {"": own, "_nested": {"error": {"message": text}}, "_detail": {"detail": text}}[shape]
        return Reply.of_json(body, status=status, x_inference_id="inf-8", **headers)


def _is_picture(text):
    """Tell whether a text is a data URI of a picture of the kind that it names."""
    from PIL import Image

    found = re.fullmatch(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})", text)
    try:
        with Image.open(io.BytesIO(base64.b64decode(found[2], validate=True))) as image:
            image.load()
            return (image.format or "").lower() == found[1]
    except (OSError, SyntaxError, ValueError, TypeError):
        return False


if __name__ == "__main__":
    serve(AimlServer)
