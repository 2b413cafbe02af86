# SPDX-License-Identifier: GPL-3.0-or-later
"""A job's settings back in the sidebar, with its picture and the seed that was really used; and once more as a job."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ..core.errors import BadInput
from ..core.jobs.job import JobView
from ..core.params import Choice, Param
from ..core.values import Order
from . import pressing, pump, session
from .after import check
from .job_list import view_of
from .names import datablock_name
from .properties import SIDEBAR_AFTER, settings_of
from .reporting import JOB, reported
from .seeds import is_seed
from .spending import question

__all__ = ["order_again", "register", "reload_settings", "unregister"]


class IMG3D_OT_reload_settings(Operator):
    """The settings of one job."""

    bl_idname = "img3d.reload_settings"
    bl_label = "Reload Settings"
    bl_description = "Put provider, settings, seed, import options and picture of this job into the sidebar"
    bl_options = {"UNDO", "INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    def execute(self, context: Any) -> set[Any]:
        """Reload them and say what could not be."""

        def run() -> None:
            missing = reload_settings(context.scene, _known(self.job))
            if missing:
                self.report({"WARNING"}, f"Reloaded, but for {', '.join(missing)}")
            else:
                self.report({"INFO"}, "The settings of the job are in the sidebar")

        return reported(self, run)


class IMG3D_OT_try_again(Operator):
    """One job once more."""

    bl_idname = "img3d.try_again"
    bl_label = "Try Again"
    bl_description = "Make a new job of the same picture and settings, which is paid again where the provider charges"
    bl_options = {"INTERNAL"}

    job: StringProperty(**JOB)  # pyright: ignore[reportInvalidTypeForm]

    def invoke(self, context: Any, event: Any) -> set[Any]:
        """Ask before money is spent, by the rule of all buttons."""
        if pressing.is_second("try again"):
            self.report({"INFO"}, "Pressed twice, one job is made: press again for another")
            return {"CANCELLED"}
        asked: list[str] = []

        def run() -> None:
            view = _known(self.job)
            provider = session.providers().get(view.provider)
            asked.append(question(context, [(provider, view.params)]) if provider else "")

        if "CANCELLED" in reported(self, run):
            return {"CANCELLED"}
        if not asked[0]:
            return self.execute(context)
        return context.window_manager.invoke_confirm(
            self, event, title="Make this object again?", message=asked[0], confirm_text="Try Again"
        )

    def execute(self, context: Any) -> set[Any]:
        """Start it in the background."""

        def run() -> None:
            pump.watch(session.engine().submit(order_again(_known(self.job))), context.scene)
            pressing.note("try again")

        return reported(self, run)


CLASSES = (IMG3D_OT_reload_settings, IMG3D_OT_try_again)
register, unregister = bpy.utils.register_classes_factory(CLASSES)  # pyright: ignore[reportGeneralTypeIssues]


def reload_settings(scene: bpy.types.Scene, view: JobView) -> list[str]:
    """Put what a job was made with into the scene's settings; returns what is no more: labels, or "the picture"."""
    settings = settings_of(scene)
    provider = session.providers().get(view.provider)
    if provider is None:
        raise BadInput(f"The provider {view.provider} is no more", advice="Choose another one.")
    settings.provider = provider.name
    params = {**view.params}
    if view.seed is not None and "seed" in params:
        params["seed"] = view.seed
    missing = _store(getattr(settings, provider.name), provider.params, params)
    missing += _store(settings.after, SIDEBAR_AFTER, _of_sidebar(check(view.after), scene))
    picture = _picture(view)
    if picture is None:
        return [*missing, "the picture"]
    settings.picture = picture
    return missing


def order_again(view: JobView) -> Order:
    """Return the order of a job once more; `BadInput` when its picture is gone."""
    image = next((path for path in (view.image, view.picture) if path and path.is_file()), None)
    if image is None:
        raise BadInput(f"The picture of {view.name} is gone: {view.image}", advice="Choose it anew, then Generate.")
    return Order(provider=view.provider, image=image, params=view.params, name=view.name, after=view.after)


def _known(job: str) -> JobView:
    view = view_of(job)
    if view is None:
        raise BadInput("This job is not in the list any more", advice="Refresh the list.")
    return view


def _of_sidebar(after: Mapping[str, Any], scene: bpy.types.Scene) -> dict[str, Any]:
    """Return options of `after` as the sidebar has them: the other way round than `after_values`."""
    found = dict(after)
    amount, quads = found.pop("decimate"), found.pop("quad")
    if amount:
        found |= {"decimate_by": "ratio", "decimate_ratio": amount} if amount <= 1.0 else {"decimate_by": "faces"}
    if amount > 1.0:
        found["decimate_faces"] = int(amount)
    if quads:
        found |= {"quads": True, "quad_faces": quads}
    found["size"] /= scene.unit_settings.scale_length
    return found


def _store(group: Any, params: Iterable[Param], values: Mapping[str, Any]) -> list[str]:
    """Set each parameter to its value, else to its default; returns the labels of those that cannot be."""
    missing: list[str] = []
    for param in params:
        if is_seed(param) and param.name not in values:
            continue  # to set it would lock it
        value = values.get(param.name, param.default)
        is_text = isinstance(param, Choice) or isinstance(getattr(group, param.name), str)
        try:
            setattr(group, param.name, str(value) if is_text else value)
        except (TypeError, ValueError):  # a choice that is no more
            missing.append(param.title)
    return missing


def _picture(view: JobView) -> Any:
    """Return the image of a job: the user's file, else the picture that was sent, packed; None when both are gone."""
    images: Any = bpy.data.images
    scratch = session.scratch_folder()
    if view.image.is_file() and not view.image.is_relative_to(scratch):
        return images.load(str(view.image), check_existing=True)
    if view.picture is None or not view.picture.is_file():
        return None
    return _packed(view.picture, view.name)


def _packed(path: Path, name: str) -> Any:
    """Load a file of the library without leaving the library's place in the .blend."""
    from .importing.dress import forget_folder

    images: Any = bpy.data.images
    image = images.load(str(path))
    image.name = datablock_name(name)
    image.pack()
    forget_folder(image)
    return image
