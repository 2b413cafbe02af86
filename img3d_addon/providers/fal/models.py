# SPDX-License-Identifier: GPL-3.0-or-later
"""The models behind fal.ai: their pictures' field, their options, and what narrows an option. No bpy.

Each has a page at https://fal.ai/models/<id>/api.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

__all__ = ["ROWS", "Between", "Row"]


@dataclass(frozen=True)
class Between:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"a number from {self.low:.16g} to {self.high:.16g}"


@dataclass(frozen=True)
class OneOf:
    """Some of the choices of an option."""

    words: tuple[str | int, ...]

    def __contains__(self, value: object) -> bool:
        return value in self.words

    def __str__(self) -> str:
        return "one of " + ", ".join(map(str, self.words))


@dataclass(frozen=True)
class All:
    """Everything that the option's own declaration allows."""

    def __contains__(self, value: object) -> bool:
        return True


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model. `takes` maps the names of its options to the values that it allows.

    `price` are prices that were seen, for orientation: the service's own price list is asked.
    """

    id: str
    label: str
    image: str = "image_url"
    many: bool = False  # whether the field is a list of pictures
    takes: Mapping[str, Container[object]] = field(default_factory=dict[str, Container[object]])
    price: str = ""

    @property
    def app(self) -> str:
        """The part of the id under which requests are kept: owner and name, without a sub-path."""
        return "/".join(self.id.split("/")[:2])


ANY = All()
_STAGE = {
    "guidance_strength": Between(0, 10),
    "guidance_rescale": Between(0, 1),
    "sampling_steps": Between(1, 50),
}
_PIXAL3D = {
    "resolution": OneOf((1024, 1536)),
    "texture_size": ANY,
    "seed": ANY,
    "decimation_target": ANY,
    "remesh": ANY,
    "mesh_scale": Between(0.1, 4),
    "max_num_tokens": Between(4096, 131072),
    **{f"{stage}_{name}": value for stage in ("ss", "shape_slat", "tex_slat") for name, value in _STAGE.items()},
    "shape_slat_rescale_t": Between(1, 6),
    "tex_slat_rescale_t": Between(1, 6),
}
_TRELLIS = {"resolution": OneOf((512, 1024, 1536)), "seed": ANY}
_TRIPO = dict.fromkeys(("texture", "pbr", "quad", "model_seed", "orientation"), ANY)
_MESHY = {
    **dict.fromkeys(("topology", "target_polycount", "should_remesh", "should_texture", "enable_pbr"), ANY),
    "decimation_mode": Between(1, 4),
    **dict.fromkeys(("texture_prompt", "texture_resolution", "pose_mode", "image_enhancement"), ANY),
    **dict.fromkeys(("remove_lighting", "auto_size", "origin_at", "moderation"), ANY),
}
_RODIN = {
    **dict.fromkeys(("prompt", "geometry_file_format", "material", "quality"), ANY),
    "seed": Between(0, 65535),
    **dict.fromkeys(("use_original_alpha", "TAPose", "bbox_condition", "addons", "hd_texture"), ANY),
}
_RODIN_2 = {**_RODIN, "mesh_mode": ANY, "quality_override": Between(500, 1_000_000)}
_RODIN_25 = tuple(f"Gen-2.5-{level}" for level in ("Extreme-Low", "Low", "Medium", "High", "Extreme-High"))

ROWS: Mapping[str, Row] = {
    row.id: row
    for row in (
        Row(
            id="fal-ai/triposr",
            label="TripoSR",
            takes=dict.fromkeys(
                ("output_format", "do_remove_background", "foreground_ratio", "mc_resolution"),
                ANY,
            ),
            price="0.07 USD",
        ),
        Row(id="fal-ai/trellis-2", label="TRELLIS 2", takes=_TRELLIS, price="about 0.25 to 0.35 USD"),
        Row(id="fal-ai/trellis", label="TRELLIS", takes=_TRELLIS, price="0.02 USD"),
        Row(
            id="fal-ai/pixal3d",
            label="Pixal3D",
            takes=_PIXAL3D,
            price="0.30 USD with a texture of 1024, 0.42 USD with 2048 or 4096",
        ),
        Row(
            id="fal-ai/hunyuan-3d/v3.1/pro/image-to-3d",
            label="Hunyuan3D 3.1 Pro",
            image="input_image_url",
            takes={"face_count": Between(40_000, 1_500_000), "generate_type": ANY},
        ),
        Row(
            id="fal-ai/hunyuan-3d/v3.1/rapid/image-to-3d",
            label="Hunyuan3D 3.1 Rapid",
            image="input_image_url",
            takes={"enable_geometry": ANY},
        ),
        Row(
            id="fal-ai/hyper3d/rodin",
            label="Hyper3D Rodin",
            image="input_image_urls",
            many=True,
            takes={"tier": OneOf(("Regular", "Sketch", "Detail", "Smooth")), **_RODIN},
        ),
        Row(
            id="fal-ai/hyper3d/rodin/v2",
            label="Hyper3D Rodin Gen-2",
            image="input_image_urls",
            many=True,
            takes={"tier": OneOf(("Gen-2",)), **_RODIN_2},
        ),
        Row(
            id="fal-ai/hyper3d/rodin/v2.5",
            label="Hyper3D Rodin Gen-2.5",
            image="input_image_urls",
            many=True,
            takes={"tier": OneOf(_RODIN_25), **_RODIN_2},
        ),
        Row(
            id="tripo3d/h3.1/image-to-3d",
            label="Tripo H3.1",
            takes={"face_limit": Between(1000, 2_000_000), **_TRIPO},
        ),
        Row(
            id="tripo3d/p1/image-to-3d",
            label="Tripo P1",
            takes={"face_limit": Between(48, 20_000), **_TRIPO},
        ),
        Row(id="fal-ai/meshy/v6/image-to-3d", label="Meshy 6", takes=_MESHY),
        Row(id="fal-ai/bytedance/seed3d/image-to-3d", label="ByteDance Seed3D"),
    )
}
