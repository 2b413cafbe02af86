# SPDX-License-Identifier: GPL-3.0-or-later
"""What each model behind fal.ai takes, from the contract alone; `judge` finds what is wrong with an input."""

import base64
import io

MOST_PICTURE = 6_000_000  # bytes of base64: "a few MB", above which the contract wants an upload
SEED = ("whole", 0, 2**63)
ABOVE_ZERO = ("whole", 1, 10_000)

STAGES = {
    "guidance_strength": ("number", 0, 10),
    "guidance_rescale": ("number", 0, 1),
    "sampling_steps": ("whole", 1, 50),
}
RESCALE_T = ("number", 1, 6)
PIXAL3D = {
    **{f"{stage}_{name}": rule for stage in ("ss", "shape_slat", "tex_slat") for name, rule in STAGES.items()},
    "shape_slat_rescale_t": RESCALE_T,
    "tex_slat_rescale_t": RESCALE_T,
    "mesh_scale": ("number", 0.1, 4),
    "max_num_tokens": ("whole", 4096, 131072),
    "decimation_target": ("whole", 5000, 2000000),
    "resolution": ("one", 1024, 1536),
    "texture_size": ("one", 1024, 2048, 4096),
    "remesh": ("flag",),
    "seed": SEED,
}
TRELLIS = {"resolution": ("one", 512, 1024, 1536), "seed": SEED}
TRIPO = {
    "texture": ("flag",),
    "pbr": ("flag",),
    "quad": ("flag",),
    "model_seed": SEED,
    "orientation": ("one", "default", "align_image"),
}
MESHY = {
    "topology": ("one", "quad", "triangle"),
    "target_polycount": ("whole", 100, 300000),
    "decimation_mode": ("whole", 1, 4),
    "should_remesh": ("flag",),
    "should_texture": ("flag",),
    "enable_pbr": ("flag",),
    "texture_prompt": ("text", 600),
    "texture_resolution": ("one", "2k", "4k", "8k"),
    "pose_mode": ("one", "a-pose", "t-pose"),
    "image_enhancement": ("flag",),
    "remove_lighting": ("flag",),
    "auto_size": ("flag",),
    "origin_at": ("one", "bottom", "center"),
    "moderation": ("flag",),
}
RODIN = {
    "prompt": ("text", 10_000),
    "geometry_file_format": ("one", "glb", "usdz", "fbx", "obj", "stl"),
    "material": ("one", "PBR", "Shaded", "All", "None"),
    "quality": ("one", "high", "medium", "low", "extra-low"),
    "seed": ("whole", 0, 65535),
    "use_original_alpha": ("flag",),
    "TAPose": ("flag",),
    "bbox_condition": ("list", ABOVE_ZERO, 3),
    "addons": ("list", ("one", "HighPack"), 1),
    "hd_texture": ("flag",),
}
RODIN_2 = {**RODIN, "mesh_mode": ("one", "Raw", "Quad"), "quality_override": ("whole", 500, 1_000_000)}
RODIN_25 = [f"Gen-2.5-{level}" for level in ("Extreme-Low", "Low", "Medium", "High", "Extreme-High")]

# id: (picture field, whether it is a list, options)
MODELS = {
    "fal-ai/triposr": (
        "image_url",
        False,
        {
            "output_format": ("one", "glb", "obj"),
            "do_remove_background": ("flag",),
            "foreground_ratio": ("number", 0.5, 1),
            "mc_resolution": ("whole", 32, 1024),
        },
    ),
    "fal-ai/pixal3d": ("image_url", False, PIXAL3D),
    "fal-ai/trellis": ("image_url", False, TRELLIS),
    "fal-ai/trellis-2": ("image_url", False, TRELLIS),
    "fal-ai/hunyuan-3d/v3.1/pro/image-to-3d": (
        "input_image_url",
        False,
        {"face_count": ("whole", 40000, 1500000), "generate_type": ("one", "Normal", "LowPoly", "Geometry")},
    ),
    "fal-ai/hunyuan-3d/v3.1/rapid/image-to-3d": ("input_image_url", False, {"enable_geometry": ("flag",)}),
    "fal-ai/hyper3d/rodin": (
        "input_image_urls",
        True,
        {**RODIN, "tier": ("one", "Regular", "Sketch", "Detail", "Smooth")},
    ),
    "fal-ai/hyper3d/rodin/v2": ("input_image_urls", True, {**RODIN_2, "tier": ("one", "Gen-2")}),
    "fal-ai/hyper3d/rodin/v2.5": ("input_image_urls", True, {**RODIN_2, "tier": ("one", *RODIN_25)}),
    "tripo3d/h3.1/image-to-3d": ("image_url", False, {**TRIPO, "face_limit": ("whole", 1000, 2000000)}),
    "tripo3d/p1/image-to-3d": ("image_url", False, {**TRIPO, "face_limit": ("whole", 48, 20000)}),
    "fal-ai/meshy/v6/image-to-3d": ("image_url", False, MESHY),
    "fal-ai/bytedance/seed3d/image-to-3d": ("image_url", False, {}),
}


def judge(model, value):
    """Return (field, words, kind) of the first thing that is wrong with the input of a model, or None."""
    picture, many, options = MODELS[model]
    if not isinstance(value, dict):
        return "", "Input should be a valid dictionary", "dict_type"
    if picture not in value:
        return picture, "Field required", "missing"
    for name, given in value.items():
        if name != picture and name not in options:
            return name, "Extra inputs are not permitted", "extra_forbidden"
        words = "" if name == picture else wrong(options[name], given)
        if words:
            return name, words, "value_error"
    faces = value.get("quality_override", 1000)
    if value.get("mesh_mode") == "Quad" and not 1000 <= faces <= 200_000:
        return "quality_override", "Input should be from 1000 to 200000 with quads", "value_error"
    return judge_pictures(picture, value[picture], many)


def wrong(rule, given):
    """Return what is wrong with one option, or an empty text."""
    kind, *limits = rule
    if kind == "one":
        return (
            "" if any(type(given) is type(item) and given == item for item in limits) else f"Input is none of {limits}"
        )
    if kind == "flag":
        return "" if isinstance(given, bool) else "Input should be a valid boolean"
    if kind == "text":
        return (
            "" if isinstance(given, str) and 0 < len(given) <= limits[0] else "Input should be a text of some letters"
        )
    if kind == "list":
        inner, length = limits
        good = isinstance(given, list) and len(given) == length
        return (
            next(filter(None, (wrong(inner, item) for item in given)), "")
            if good
            else f"Input should be {length} items"
        )
    types = (int,) if kind == "whole" else (int, float)
    good = isinstance(given, types) and not isinstance(given, bool) and limits[0] <= given <= limits[1]
    return "" if good else f"Input should be a {kind} number from {limits[0]} to {limits[1]}"


def judge_pictures(field, given, many):
    if many != isinstance(given, list) or (many and not given):
        return field, f"Input should be a valid {'list' if many else 'string'}", "type_error"
    for text in given if many else [given]:
        words = wrong_picture(text)
        if words:
            return field, words, "image_load_error"
    return None


def wrong_picture(text):
    from PIL import Image

    head, comma, data = str(text).partition(",")
    if not (comma and head.startswith("data:image/") and head.endswith(";base64")):
        return "the picture is no data URI"
    if len(data) > MOST_PICTURE:
        return f"{len(data)} letters of base64 are more than a few MB"
    try:
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            image.load()
            kind = (image.format or "").lower()
    except (OSError, SyntaxError, ValueError):
        return "Failed to load the image. Please ensure the image file is not corrupted and is in a supported format."
    return "" if head == f"data:image/{kind};base64" else f"a {kind} that is called {head!r}"
