# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions for scripts: `generate` waits for the objects, `submit` returns at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Image, Object

from ..core import errors
from ..core.errors import BadInput, Cancelled, Img3dError
from ..core.files.given import check_file
from ..core.jobs.checks import provider_named
from ..core.jobs.job import DONE, Job
from ..core.values import Balance, Order, Price
from . import pump, session
from .after import AFTER, check, check_quads
from .picture import name_of, picture_file
from .restoring import restore_texture

__all__ = [
    "KEYWORDS",
    "JobHandle",
    "balance",
    "check_key",
    "estimate",
    "generate",
    "job",
    "jobs",
    "restore_texture",
    "submit",
]

KEYWORDS: Mapping[str, str] = {
    **{param.name: param.name for param in AFTER if param.name not in ("remesh", "remesh_detail")},
    "remesh_modifier": "remesh",
    "remesh_modifier_detail": "remesh_detail",
}
"""Our own keywords, each with its name in `after.AFTER`; every other one is a parameter of the provider, and so is one
of these where the provider has a parameter of this name: ours is then given in `after`."""

_ENDS = frozenset({*DONE, "failed", "cancelled", "uncertain"})
_LOOK = 0.05  # seconds between two looks at a job
_ERRORS = {kind.kind: kind for kind in (getattr(errors, name) for name in errors.__all__)}


def generate(
    image: str | Path | Image,
    provider: str = "offline",
    *,
    name: str = "",
    account: Mapping[str, str] | None = None,
    after: Mapping[str, Any] | None = None,
    **options: Any,
) -> list[Object]:
    """Make an object of a picture in the scene at hand and return the new objects, the root first.

    `image`: a file, or a picture of the .blend. `account`: explicit keys by their declared names; never stored.
    Options of ours are `size` (metres), `facing`, `location`, `shading`, `texture`, `decimate`, `quad` (faces),
    `remesh_modifier` and `remesh_modifier_detail`; all others are the provider's parameters under its own names.
    Where a provider has a parameter of the same name, it is the provider's; ours goes into `after={...}` then.
    Blocks; an `Img3dError` says in a sentence what went wrong. Breaking off leaves the job resumable.
    """
    order = _order(image, provider, name=name, account=account, after=after, options=options)
    events = list(session.engine().drive(order))
    return JobHandle(events[-1].job).import_result()


def submit(
    image: str | Path | Image,
    provider: str = "offline",
    *,
    name: str = "",
    account: Mapping[str, str] | None = None,
    after: Mapping[str, Any] | None = None,
    **options: Any,
) -> JobHandle:
    """Start a job and return at once; arguments as for `generate`."""
    order = _order(image, provider, name=name, account=account, after=after, options=options)
    handle = JobHandle(session.engine().submit(order))
    pump.start()  # so that an open sidebar shows it
    return handle


def job(job_id: str) -> JobHandle:
    """Return one job of the journal; the start of its id is enough."""
    return JobHandle(session.engine().job(job_id).id)


def jobs() -> list[JobHandle]:
    """Return all jobs of the journal, newest first."""
    return [JobHandle(found.id) for found in session.engine().jobs()]


def estimate(image: str | Path | Image | None = None, provider: str = "offline", **options: Any) -> Price | None:
    """Return what a job with these options costs; None where the service does not say. Nothing is made.

    `image` is looked at only where the service prices the picture itself.
    """
    params, _after = _split(options, provider)
    path = None if image is None else _picture(image)[0]
    if path is not None:
        check_file(path)
    return session.engine().estimate(provider, params, image=path)


def balance(provider: str) -> Balance:
    """Ask what is left on the account of a service."""
    asked = provider_named(provider, session.providers())
    if not asked.has_balance:
        raise BadInput(f"{asked.label} has no balance to ask for")
    return session.engine().balance(provider)


def check_key(provider: str) -> str:
    """Test the key of a service by a call that costs nothing; return one sentence on whose it is."""
    asked = provider_named(provider, session.providers())
    if not asked.base_url:
        raise BadInput(f"{asked.label} has no key to test")
    return session.engine().check_key(provider)


class JobHandle:
    """One job, looked up anew at each question."""

    def __init__(self, job_id: str) -> None:
        self.id = job_id

    def __repr__(self) -> str:
        return f"<img3d job {self.id}: {self.state}>"

    @property
    def facts(self) -> Job:
        """All that the journal knows."""
        return session.engine().job(self.id)

    @property
    def state(self) -> str:
        """One of prepared, submitting, uncertain, remote, downloading, ready, imported, failed, cancelled."""
        return self.facts.state

    @property
    def progress(self) -> float | None:
        """The share of the present stage that is done, 0..1; None where it is not known."""
        found = self.facts
        return 1.0 if found.state in DONE else found.fraction

    @property
    def path(self) -> Path | None:
        """The model's file in the library, once it is there."""
        return self.facts.path

    @property
    def error(self) -> Img3dError | None:
        """What ended the job without a model."""
        found = self.facts
        if found.state in DONE or not (found.error or found.state == "cancelled"):
            return None
        if found.state == "cancelled":
            return Cancelled(f"The job {self.id} was cancelled")
        return _ERRORS.get(found.error_kind, Img3dError)(found.error, advice="")

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the model: True when it is there, False after `timeout` seconds; raises what ended the job."""
        end = None if timeout is None else time.monotonic() + timeout
        while (found := self.facts).owner_alive or found.state not in _ENDS:
            if not found.owner_alive:
                raise BadInput(f"Nobody works on the job {self.id}", advice="Call its resume().")
            if end is not None and time.monotonic() >= end:
                return False
            time.sleep(_LOOK)
        if error := self.error:
            raise error
        return True

    def cancel(self, *, wait: float = 10.0) -> str:
        """Stop it; returns a sentence on what that means for the bill.

        The service's own answer is waited for, `wait` seconds at most: a script that ended before would break it off.
        """
        return session.engine().cancel(self.id, wait=wait)

    def resume(self, *, again: bool = False) -> JobHandle:
        """Go on in the background; `again` is your word that an uncertain submit may be paid twice."""
        session.engine().resume(self.id, again=again)
        return self

    def import_result(self, **options: Any) -> list[Object]:
        """Put the model into the scene at hand and return the new objects, the root first.

        The options are those of ours that `generate` takes; by default what the job was made with.
        """
        from .importing import JobFacts, import_result

        after = _ours(options)
        found = self.facts
        if found.path is None:
            raise BadInput(f"The job {self.id} has no result yet", advice="Call its wait() first, or resume().")
        made = import_result(bpy.context, found.path, {**found.after, **after}, JobFacts.of(found))
        session.engine().mark_imported(self.id)
        if not bpy.app.background:
            bpy.ops.ed.undo_push(message="Image to 3D")
        return list(made.objects)


def _order(
    image: str | Path | Image,
    provider: str,
    *,
    name: str,
    account: Mapping[str, str] | None,
    after: Mapping[str, Any] | None,
    options: Mapping[str, Any],
) -> Order:
    params, ours = _split(options, provider)
    checked = check({**ours, **_ours(after or {})})
    check_quads(checked, provider_named(provider, session.providers()))
    path, own = _picture(image)
    return Order(provider=provider, image=path, params=params, name=name or own, after=checked, account=account or {})


def _split(options: Mapping[str, Any], provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part keywords into the provider's and ours."""
    declared = {param.name for param in provider_named(provider, session.providers()).params}
    ours = {name: value for name, value in options.items() if name in KEYWORDS and name not in declared}
    return {name: value for name, value in options.items() if name not in ours}, _ours(ours)


def _ours(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options of ours by their names in `after.AFTER`; `BadInput` for another one."""
    for name in options:
        if name not in KEYWORDS:
            raise BadInput(f"There is no option {name}", advice="There are: " + ", ".join(KEYWORDS) + ".")
    return {KEYWORDS[name]: value for name, value in options.items()}


def _picture(image: str | Path | Image) -> tuple[Path, str]:
    if isinstance(image, Image):
        scene: Any = bpy.context.scene
        folder = session.scratch_folder()
        return picture_file(image, scene, folder), name_of(image)
    path = Path(bpy.path.abspath(str(image))).expanduser().absolute()
    return path, path.stem
