# SPDX-License-Identifier: GPL-3.0-or-later
"""The functions for scripts: `generate` waits for the objects, `submit` returns at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy
from bpy.types import Image, Object

from ..core.errors import BadInput, BadResult, ImportFailed
from ..core.files.given import check_file
from ..core.jobs.checks import provider_named
from ..core.provider import Provider
from ..core.values import Balance, Order, Price
from . import pump, session
from .after import check, check_quads
from .full_textures import full_textures
from .handle import JobHandle, into_scene
from .keywords import KEYWORDS, ours
from .picture import name_of, picture_file
from .restoring import restore_texture

__all__ = [
    "JobHandle",
    "balance",
    "check_key",
    "estimate",
    "full_textures",
    "generate",
    "import_result",
    "job",
    "jobs",
    "providers",
    "quad_remesh",
    "restore_texture",
    "submit",
]

_MODEL = re.compile(r"[./\\]")  # in the path of a model file, and in no id


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
    Options of ours, such as `size` in metres or `quad` in faces, are the names in `keywords.KEYWORDS`; all others are
    the provider's parameters under its own names. Where a provider has a parameter of the same name, it is the
    provider's; ours goes into `after={...}` then.
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


def import_result(source: JobHandle | str | Path, **options: Any) -> list[Object]:
    """Put a finished model into the scene at hand and return the new objects, the root first; costs nothing.

    `source`: a job, its id or the start of it, or a model file of any kind that Blender reads (a text with a dot or a
    slash in it is a path). Options are those of ours that `generate` takes; a job's own are the default.
    Raises `BadInput` when there is no such job, model or option, `ImportFailed` when no object can be made of it.
    """
    if isinstance(source, str) and not _MODEL.search(source):
        source = job(source)
    if isinstance(source, JobHandle):
        return source.import_result(**options)
    from .importing import JobFacts

    after = check(ours(options))
    path = _absolute(source)
    if not path.is_file():
        raise BadInput(f"There is no model file {path}", advice="Check the path.")
    try:
        return into_scene(path, after, JobFacts(id="", provider="", name=path.stem))
    except (BadResult, ImportFailed) as error:  # whose usual advice is for the result of a job
        usual = error.advice in (BadResult.advice, ImportFailed.advice)
        raise ImportFailed(error.message, advice="Look at the file." if usual else error.advice) from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror})", advice="Check the path.") from error


def providers() -> dict[str, Provider]:
    """Return all services by name, `offline` first; each tells its label, parameters, limits and account settings."""
    return dict(session.providers())


def quad_remesh(item: Object, faces: int = 5000, *, texture: int = 0, keep_original: bool = True) -> Object:
    """Rebuild any mesh as about so many quads, its textures baked anew; wait for it and return the new object.

    `texture` is the side of the baked textures in pixels, 0 for one that suits. The original is hidden, or removed
    without `keep_original`. `BadInput` or `ImportFailed` leaves it as it was.
    """
    from . import remeshing
    from .quads import QuadSettings

    settings = QuadSettings(faces=faces, texture=texture, keep_original=keep_original, compare=True)
    return remeshing.remesh(bpy.context, item, settings)


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


def _order(
    image: str | Path | Image,
    provider: str,
    *,
    name: str,
    account: Mapping[str, str] | None,
    after: Mapping[str, Any] | None,
    options: Mapping[str, Any],
) -> Order:
    params, own = _split(options, provider)
    checked = check({**own, **ours(after or {})})
    check_quads(checked)
    path, own = _picture(image)
    return Order(provider=provider, image=path, params=params, name=name or own, after=checked, account=account or {})


def _split(options: Mapping[str, Any], provider: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part keywords into the provider's and ours."""
    declared = {param.name for param in provider_named(provider, session.providers()).params}
    own = {name: value for name, value in options.items() if name in KEYWORDS and name not in declared}
    return {name: value for name, value in options.items() if name not in own}, ours(own)


def _picture(image: str | Path | Image) -> tuple[Path, str]:
    if isinstance(image, Image):
        scene: Any = bpy.context.scene
        folder = session.scratch_folder()
        return picture_file(image, scene, folder), name_of(image)
    path = _absolute(image)
    return path, path.stem


def _absolute(path: str | Path) -> Path:
    return Path(bpy.path.abspath(str(path))).expanduser().absolute()
