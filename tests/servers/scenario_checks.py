# SPDX-License-Identifier: GPL-3.0-or-later
"""What Scenario's interface demands of requests, from its contract. Standard library and Pillow only."""

import base64
import binascii
import io

# name -> (least, most) of the numbers of model_pixal3d
NUMBERS = {
    "ssGuidanceStrength": (0, 10),
    "ssGuidanceRescale": (0, 1),
    "ssSamplingSteps": (1, 50),
    "shapeSlatGuidanceStrength": (0, 10),
    "shapeSlatGuidanceRescale": (0, 1),
    "shapeSlatSamplingSteps": (1, 50),
    "shapeSlatRescaleT": (1, 6),
    "texSlatGuidanceStrength": (0, 10),
    "texSlatGuidanceRescale": (0, 1),
    "texSlatSamplingSteps": (1, 50),
    "texSlatRescaleT": (1, 6),
    "meshScale": (0.1, 4),
    "maxNumTokens": (4096, 131072),
    "decimationTarget": (5000, 2000000),
    "seed": (0, 2**53),
}
CHOICES = {"generationResolution": (1024, 1536), "resolution": (1024, 2048, 4096)}
BOOLEANS = ("remesh",)
QUERIES = {"projectId", "originalAssets"}
QUERIES_OF_GENERATE = {"projectId", "dryRun", "ipDetection"}
MOST_BASE64 = 6_000_000  # characters; the documents say "below 6 MB"
MOST_BODY = 10_000_000
LEAST_PART = 5_000_000
TARGETS = ("gif", "heif", "jpeg", "jpg", "png", "svg", "webp", "avif", "tif", "tiff", "glb", "fbx", "obj", "mp3", "mp4")
UPLOAD_KINDS = ("3d", "asset", "audio", "avatar", "image", "model", "text", "video")


def object_of(request):
    """Return the JSON object of a request, or None when its body is none."""
    try:
        body = request.json
    except ValueError:
        return None
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
    return body if is_json and isinstance(body, dict) else None


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def judge_query(request, allowed):
    """Return what is wrong with the query, or an empty text."""
    unknown = set(request.query) - allowed
    if unknown:
        return f"query: unknown {', '.join(sorted(unknown))}"
    if request.query.get("dryRun", "true") not in ("true", "api"):
        return "dryRun: must be true or api"
    return ""


def judge_inputs(body, images):
    """Return what is wrong with the inputs of model_pixal3d; `images` are the ids of uploaded images."""
    if not isinstance(body.get("image"), str) or body["image"] not in images:
        return f"image: {body.get('image')!r} is not the id of an image asset"
    for name, value in body.items():
        wrong = name != "image" and judge_input(name, value)
        if wrong:
            return f"{name}: {wrong}"
    return ""


def judge_input(name, value):
    if name in NUMBERS:
        low, high = NUMBERS[name]
        return "" if is_number(value) and low <= value <= high else f"must be a number from {low} to {high}"
    if name in CHOICES:
        return "" if is_number(value) and value in CHOICES[name] else f"must be one of {CHOICES[name]}"
    if name in BOOLEANS:
        return "" if isinstance(value, bool) else "must be a boolean"
    return "unknown input"


def judge_asset(body):
    """Return (what is wrong with an upload as base64, its bytes)."""
    unknown = set(body) - {"image", "name", "hide", "parentId", "collectionIds"}
    if unknown or not isinstance(body.get("name"), str) or not body["name"]:
        return f"name: is required; unknown: {sorted(unknown)}", b""
    if not isinstance(body.get("hide", False), bool):
        return "hide: must be a boolean", b""
    text = body.get("image")
    if not isinstance(text, str):
        return "image: must be base64", b""
    mime = ""
    if text.startswith("data:"):
        mime, mark, text = text[5:].partition(";base64,")
        if not mark:
            return "image: a data URL without base64", b""
    if len(text) >= MOST_BASE64:
        return "image: must be smaller than 6 MB; use a multipart upload", b""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return "image: is not base64", b""
    return judge_image(data, mime), data


def judge_upload(body):
    """Return what is wrong with the order of a multipart upload, or an empty text."""
    types = {"fileName": str, "contentType": str, "kind": str, "parts": int | float, "fileSize": int | float}
    unknown = set(body) - {*types, "assetOptions"}
    if unknown:
        return f"unknown: {sorted(unknown)}"
    for name, kind in types.items():
        if not isinstance(body.get(name), kind) or isinstance(body[name], bool) or not body[name]:
            return f"{name}: is required"
    if body["kind"] not in UPLOAD_KINDS:
        return "kind: unknown"
    if not 1 <= body["parts"] <= 10_000 or body["parts"] != int(body["parts"]):
        return "parts: must be a count"
    return ""


def judge_parts(given, parts):
    """Return what is wrong with the parts that came, by number."""
    numbers = range(1, int(given["parts"]) + 1)
    if sorted(parts) != list(numbers):
        return f"parts: {sorted(parts)} of {given['parts']} came"
    if any(len(parts[number]) < LEAST_PART for number in numbers[:-1]):
        return "parts: all but the last must have 5 MB"
    if sum(map(len, parts.values())) != given["fileSize"]:
        return "fileSize: is not what came"
    return ""


def judge_image(data, mime=""):
    """Return what is wrong with a picture that is said to be `mime`, or an empty text."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            kind = (image.format or "").lower()
    except (OSError, SyntaxError):
        return "image: cannot be read"
    if kind not in ("png", "jpeg", "webp", "avif", "tiff", "gif") or mime not in ("", f"image/{kind}"):
        return f"image: a {kind} that is called {mime!r}"
    return ""
