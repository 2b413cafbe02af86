# SPDX-License-Identifier: GPL-3.0-or-later
"""What the heavy half of an import leaves to the light one: plain values that pass from process to process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ...core.jobs.job import Job, JobView
from ...providers import load as load_providers
from ..after import check

__all__ = ["JobFacts", "Prepared"]


@dataclass(frozen=True, kw_only=True)
class JobFacts:
    """What the objects are told about where they come from. `facing` is the provider's."""

    id: str
    provider: str
    name: str
    image: str = ""
    facing: str = "-Y"
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def of(cls, job: Job | JobView) -> JobFacts:
        """Take the facts from a row of the journal, or from what is shown of it."""
        provider = load_providers().get(job.provider)
        return cls(
            id=job.id,
            provider=job.provider,
            name=job.name,
            image=str(job.image),
            facing=provider.facing if provider else "-Y",
            settings={"params": dict(job.params), "after": check(job.after), "seed": job.seed},
        )


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Loaded objects in no scene: sized, turned and rebuilt, but not placed.

    `names` are those of the objects, the root first; `foot` is the bottom centre of the whole and `longest` its
    longest side, in Blender units; `triangles` are those to decimate, after a Remesh modifier where one is asked for;
    `facts` is what steps have to tell, by their names.
    """

    names: tuple[str, ...]
    foot: tuple[float, ...]
    longest: float
    triangles: int
    faces: int
    vertices: int
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, names: tuple[str, ...]) -> Prepared:
        """Read plain values; `names` are what the objects are called in this process."""
        return cls(**{**values, "names": names, "foot": tuple(values["foot"])})
