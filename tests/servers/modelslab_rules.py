# SPDX-License-Identifier: GPL-3.0-or-later
"""What ModelsLab's contract says of the fields in a request; each judge returns what is wrong, or an empty text."""

import base64
import io
import math
import re

MOST_DATA_URI = 5_000_000  # characters: "5 MB"
LARGEST_WHOLE = 2**63 - 1
REQUIRED = ("key", "output_format")
FLAGS = ("render", "multi_image")
WHOLE = {
    "resolution": (1, 512),
    "ss_sampling_steps": (1, 50),
    "slat_sampling_steps": (1, 50),
    "chunk_size": (1, 12000),
    "seed": (0, LARGEST_WHOLE),
}
NUMBERS = {"ss_guidance_strength": (0, math.inf), "slat_guidance_strength": (0, 10), "mesh_simplify": (0.9, 0.98)}
WORDS = {"output_format": ("glb", "obj", "stl", "ply"), "temp": ("yes", "no")}
TEXTS = ("webhook", "track_id")
PICTURES = {"standard": ("image", "init_image"), "enterprise": ("image",)}
KNOWN = {"key", *FLAGS, *WHOLE, *NUMBERS, *WORDS, *TEXTS}


def judge_data_uri(body):
    """Judge a request to base64_to_url: the key and one picture as a data URI of at most 5 MB."""
    from PIL import Image

    if set(body) != {"key", "base64_string"}:
        return f"the fields are {sorted(body)}"
    text = body["base64_string"]
    if not isinstance(text, str) or len(text) > MOST_DATA_URI:
        return "base64_string: no text, or more than 5 MB"
    found = re.fullmatch(r"data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/]+={0,2})", text)
    if not found:
        return f"base64_string: no data URI of a picture: {text[:40]!r}"
    try:
        with Image.open(io.BytesIO(base64.b64decode(found[2], validate=True))) as image:
            image.load()
            kind = (image.format or "").lower()
    except (OSError, SyntaxError, ValueError):
        return "base64_string: the picture cannot be read"
    return "" if kind == found[1] else f"base64_string: a {kind} that is called {found[1]}"


def judge_parameters(body, *, line, image_field, pictures):
    """Judge an order; `pictures` are the addresses that base64_to_url gave out."""
    missing = [name for name in REQUIRED if name not in body]
    unknown = sorted(set(body) - KNOWN - set(PICTURES[line]))
    if missing or unknown:
        return f"missing {missing}, unknown {unknown}"
    wrong = [name for name, value in body.items() if name in KNOWN and not _fits(name, value)]
    if wrong:
        return "; ".join(f"{name} = {body[name]!r} does not fit" for name in wrong)
    return _judge_picture(body, line, image_field, pictures)


def _judge_picture(body, line, image_field, pictures):
    names = [name for name in PICTURES[line] if name in body]
    if not names:
        return "there is no picture"
    if len({body[name] for name in names}) > 1:
        return "the two picture fields differ"
    if image_field and line == "standard" and image_field not in names:
        return f"The {image_field} field is required."
    return "" if body[names[0]] in pictures else f"{names[0]}: not an address that base64_to_url gave out"


def _fits(name, value):
    if name in FLAGS:
        return isinstance(value, bool)
    if name in WHOLE:
        return type(value) is int and WHOLE[name][0] <= value <= WHOLE[name][1]
    if name in NUMBERS:
        return type(value) in (int, float) and NUMBERS[name][0] <= value <= NUMBERS[name][1]
    if name in WORDS:
        return value in WORDS[name]
    return value is None if not isinstance(value, str) else bool(value)
