# SPDX-License-Identifier: GPL-3.0-or-later
"""What Vtrix' contract allows in the body of a create request, and what it answers to the rest."""

import base64
import binascii
import io
import re

MODEL = "spark_3d"
LEVELS = ("high", "medium", "low")
FILES = ("glb", "obj", "usd", "usdz")
SHORT = {"sl": "subdivisionlevel", "ff": "fileformat"}
COMMANDS = {"subdivisionlevel": (LEVELS, "003020003"), "fileformat": (FILES, "003020004")}
DATA = re.compile(r"data:image/(jpg|jpeg|png|webp|bmp);base64,(?=.)")  # in lower case only
MOST_BYTES = 10_000_000  # "10 MB", counted the stricter way, and of the base64 text
MOST_PIXELS = 4096 * 4096  # this many are too many


class Wrong(Exception):
    """A request that the service refuses; `code` is empty where its page names none."""

    def __init__(self, text, code=""):
        super().__init__(text)
        self.code = code


def content_of(body):
    """Return ("wrapper" or "flat", the list of content items)."""
    if not isinstance(body, dict) or body.get("model") != MODEL:
        raise Wrong(f"model: must be {MODEL}")
    if set(body) == {"model", "content"}:
        return "flat", body["content"]
    if set(body) != {"model", "input"}:
        raise Wrong(f"body: the fields are {sorted(body)}")
    match body["input"]:
        case [{"params": {"content": content, **others}, **beside}] if not others and not beside:
            return "wrapper", content
    raise Wrong("input: must be a list of one object with params.content")


def commands_of(content):
    """Return the commands of a content list that is in order, with defaults, by their long names."""
    if not isinstance(content, list):
        raise Wrong("content: must be a list")
    texts = [item for item in content if isinstance(item, dict) and item.get("type") == "text"]
    images = [item for item in content if isinstance(item, dict) and item.get("type") == "image_url"]
    if not texts:
        raise Wrong("content: a text item is required", "003020001")
    if not images:
        raise Wrong("content: an image item is required", "003020002")
    if len(content) != 2 or set(texts[0]) != {"type", "text"} or set(images[0]) != {"type", "image_url"}:
        raise Wrong("content: one text item and one image_url item, and nothing else")
    commands = _commands(texts[0]["text"])
    if set(images[0]["image_url"]) != {"url"}:
        raise Wrong("image_url: must hold url and nothing else", "003020005")
    _judge_image(images[0]["image_url"]["url"])
    return commands


def _commands(text):
    found = {}
    words = text.split(" ")
    if len(words) % 2:
        raise Wrong(f"text: {text!r} is no list of commands with a value each")
    for name, value in zip(words[::2], words[1::2], strict=True):
        long = name.removeprefix("--")
        long = SHORT.get(long, long)
        if not name.startswith("--") or long not in COMMANDS:
            raise Wrong(f"text: unknown command {name!r}")
        allowed, code = COMMANDS[long]
        if value not in allowed:
            raise Wrong(f"{long}: must be one of {', '.join(allowed)}", code)
        if long in found:
            raise Wrong(f"{long} is given twice")
        found[long] = value
    return {"subdivisionlevel": "medium", "fileformat": "glb", **found}


def _judge_image(url):
    start = DATA.match(url)
    if not start:
        raise Wrong(f"image_url: {url[:30]!r} is no data address of a picture", "003020005")
    if len(url) > MOST_BYTES:
        raise Wrong(f"image_url: {len(url)} characters are more than 10 MB")
    try:
        data = base64.b64decode(url[start.end() :], validate=True)
    except binascii.Error:
        raise Wrong("image_url: this is no base64", "003020005") from None
    _judge_picture(data, start[1])


def _judge_picture(data, called):
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            width, height, kind = image.width, image.height, (image.format or "").lower()
    except (OSError, SyntaxError):
        raise Wrong("image_url: the picture cannot be decoded") from None
    if kind != called.replace("jpg", "jpeg"):
        raise Wrong(f"image_url: a {kind} that is called {called}")
    if width * height >= MOST_PIXELS:
        raise Wrong(f"image_url: {width} x {height} are too many pixels")
    if not 0.4 < width / height < 2.5:
        raise Wrong(f"image_url: the aspect ratio of {width} x {height} is not within 0.4 and 2.5")
